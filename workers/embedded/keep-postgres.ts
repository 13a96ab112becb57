import { AppError } from '@/lib/errors';
import { startPostgres } from '@/lib/tools/embedded-postgres';
import type { RunningPostgres } from '@/lib/tools/embedded-postgres';

const LOOK_MS = 2000;

/** Starts the embedded server again, on its port, when it ends by itself (out of memory, a stray kill). Returns how to stop looking. */
export function keepPostgres(server: RunningPostgres, dataDir: string, logFile: string, say: (line: string) => void, onFailed: (error: AppError) => void): () => void {
  let busy = false;
  let watching = true;
  const look = async () => {
    if (busy || isAlive(server.pid)) return;
    busy = true;
    say('[postgres] ended by itself; starting it again');
    try {
      const again = await startPostgres({ dataDir, port: server.port, logFile });
      if (watching) Object.assign(server, again);
      else await again.stop();
    } catch (cause) {
      onFailed(new AppError('postgres-failed', `The embedded PostgreSQL ended and could not be started again. Its log is ${logFile}.`, { cause }));
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  return () => {
    watching = false;
    clearInterval(timer);
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
