import { AppError } from '../../lib/errors';
import { isOverflow } from './json';

/** 0: done, and the answer is yes; 1: refused, or the answer is no; 2: called wrongly, or a file cannot be read; 70: a bug. */
export const EXIT = { ok: 0, refused: 1, misused: 2, bug: 70 } as const;

/** The call itself is wrong: an option that there is not, a file too many. The message is a sentence. */
export class Misuse extends Error {}

/** A file that is not there, or cannot be read or written: no help text would help. */
export class FileTrouble extends Misuse {}

/** Input that was refused, with the input's name in front where there is one. */
export class Refusal extends AppError {}

/** Runs `work`; what it refuses is told with the name of the input that it is about. Bugs pass as they are. */
export async function about<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal) throw new Refusal(refusal.code, `${name}: ${refusal.message}`, { cause: error });
    throw error;
  }
}

/** What an error refuses, with a code and a sentence; undefined for a bug. Nesting beyond the stack is the input's doing. */
export function refusalOf(error: unknown): { code: string; message: string } | undefined {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  if (isOverflow(error)) return { code: 'too-deep', message: 'This is nested deeper than can be read.' };
  return undefined;
}
