import { AppError } from '@/lib/errors';
import type { DemoSnapsErrorCode } from './errors';
import { run } from './run';

/** The packages are Debian's, for amd64. Throws AppError `platform-unsupported`. */
export async function assertPlatform(signal?: AbortSignal): Promise<void> {
  const architecture = await run('dpkg-deb', ['--version'], { signal }).then(
    () => run('dpkg', ['--print-architecture'], { signal }),
    (cause: unknown) => {
      if (!(cause instanceof AppError) || cause.code !== 'tool-missing') throw cause;
      throw unsupported('this system has no dpkg', cause);
    },
  );
  if (architecture.toString().trim() !== 'amd64') throw unsupported(`this one is ${architecture.toString().trim()}`);
}

const unsupported = (what: string, cause?: unknown): AppError<DemoSnapsErrorCode> =>
  new AppError('platform-unsupported', `The demo snaps are made of Debian packages for amd64, but ${what}. Everything else works; a real Snap Store serves any machine.`, { cause });
