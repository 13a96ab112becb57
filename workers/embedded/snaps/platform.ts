import { AppError } from '@/lib/errors';
import type { DemoSnapsErrorCode } from './errors';
import { run } from './run';

/** The packages are Debian's, for amd64. Throws AppError `platform-unsupported`. */
export async function assertPlatform(signal?: AbortSignal): Promise<void> {
  const architecture = await run('dpkg', ['--print-architecture'], { signal }).catch((cause: unknown) => {
    throw cause instanceof AppError && cause.code === 'tool-missing' ? unsupported('this system has no dpkg', cause) : cause;
  });
  const word = architecture.toString().trim();
  if (word !== 'amd64') throw unsupported(`this machine is ${word}`);
}

const unsupported = (what: string, cause?: unknown): AppError<DemoSnapsErrorCode> =>
  new AppError('platform-unsupported', `The demo snaps are made of Debian packages for amd64, but ${what}. Everything else works; a real Snap Store serves any machine.`, { cause });
