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

const dataDir = env().IMPRINT_DATA;
try {
  const snaps = await makeDemoSnaps({
    cacheDir: join(dataDir, 'demo-snaps'),
    workDir: join(dataDir, 'tmp'),
    onProgress: (sentence) => console.log(sentence),
    signal: stop.signal,
  });
  await stockStore(dataDir, snaps);
  console.log(`The embedded store has ${snaps.length} snap revisions.`);
} catch (error) {
  if (!isAppError(error)) throw error;
  console.error(error.message);
  process.exitCode = CANNOT_CODES.includes(error.code) ? CANNOT : 1;
}
