import { join } from 'node:path';
import { env } from '@/lib/env';
import { AppError, isAppError } from '@/lib/errors';
import { stockStore } from '../store/stock';
import { makeDemoSnaps } from './make-snaps';

/** What this machine cannot do, as against what went wrong: `npm start` goes on without demo snaps. */
const CANNOT = 3;
const CANNOT_CODES = ['platform-unsupported', 'tool-missing', 'packages-unreachable'];

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new AppError('stopped', `Making the demo snaps was stopped by ${signal}.`)));

const { IMPRINT_DATA: dataDir, IMPRINT_DEMO_ARCHITECTURES: architectures } = env();
let revisions = 0;
for (const architecture of architectures) {
  try {
    const snaps = await makeDemoSnaps({
      architecture,
      cacheDir: join(dataDir, 'demo-snaps'),
      workDir: join(dataDir, 'tmp'),
      onProgress: (sentence) => console.log(sentence),
      signal: stop.signal,
    });
    revisions += (await stockStore(dataDir, snaps)).length;
  } catch (error) {
    if (!isAppError(error)) throw error;
    console.error(`No demo snaps for ${architecture}: ${error.message}`);
    process.exitCode = CANNOT_CODES.includes(error.code) ? CANNOT : 1;
    break;
  }
}
if (process.exitCode === undefined) console.log(`The embedded store has ${revisions} snap revisions.`);
