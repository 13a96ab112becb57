import { AppError } from '@/lib/errors';
import { startPostgres } from '@/lib/tools/embedded-postgres';
import type { RunningPostgres } from '@/lib/tools/embedded-postgres';

const LOOK_MS = 2000;

/**
 * Starts the embedded server again, on its port, when it ends by itself (out of memory, a stray kill).
 * Returns how to stop looking: when that is done, `server` is what runs or ran last.
 */
export function keepPostgres(server: RunningPostgres, dataDir: string, logFile: string, say: (line: string) => void, onFailed: (error: AppError) => void): () => Promise<void> {
  let restarting: Promise<void> | undefined;
  const restart = async () => {
    say('[postgres] ended by itself; starting it again');
    try {
      Object.assign(server, await startPostgres({ dataDir, port: server.port, logFile }));
    } catch (cause) {
      onFailed(new AppError('postgres-failed', `The embedded PostgreSQL ended and could not be started again. Its log is ${logFile}.`, { cause }));
    }
  };
  const look = () => {
    if (restarting || isAlive(server.pid)) return;
    restarting = restart().finally(() => (restarting = undefined));
  };
  const timer = setInterval(look, LOOK_MS);
  return async () => {
    clearInterval(timer);
    await restarting;
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
