import { AppError } from '@/lib/errors';
import { HOST } from './architecture';
import type { DemoSnapsErrorCode } from './errors';
import { run } from './run';

/** The programs that make the snaps are Debian's. Throws AppError `platform-unsupported`. */
export async function assertPlatform(signal?: AbortSignal): Promise<void> {
  const architecture = await run('dpkg', ['--print-architecture'], { signal }).catch((cause: unknown) => {
    throw cause instanceof AppError && cause.code === 'tool-missing' ? unsupported('this system has no dpkg', cause) : cause;
  });
  const word = architecture.toString().trim();
  if (word !== HOST) throw unsupported(`this machine is ${word}`);
}

const unsupported = (what: string, cause?: unknown): AppError<DemoSnapsErrorCode> =>
  new AppError('platform-unsupported', `The demo snaps are made of Debian packages on ${HOST}, but ${what}. Everything else works; a real Snap Store serves any machine.`, { cause });
