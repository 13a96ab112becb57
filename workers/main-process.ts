import { isAppError } from '@/lib/errors';
import { systemSentence } from './system-sentence.mjs';

/** Runs a process of its own to its end; what somebody can act on is said in a sentence, a bug with its stack. */
export async function runProcess(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${isAppError(error) ? error.message : (systemSentence(error) ?? stack)}\n`);
    process.exit(1);
  }
}
