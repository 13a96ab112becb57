import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { WORKER_MALLOC, WORKER_NODE_ARGS } from '../build/node-args';

const ROOT = join(import.meta.dirname, '../..');

export type WorkerProcess = { child: ChildProcess; stop(signal?: NodeJS.Signals): Promise<void> };

/** A build worker as `npm start` runs it; resolves when it takes jobs. */
export async function startWorker(env: Record<string, string>): Promise<WorkerProcess> {
  const child = spawn(process.execPath, [...WORKER_NODE_ARGS, join(ROOT, 'workers/build/start.mjs')], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', LOG_LEVEL: 'warn', ...WORKER_MALLOC, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit');
  await Promise.race([once(child, 'message'), gone.then(([code]) => Promise.reject(new Error(`the worker ended with ${String(code)} before it was ready`)))]);
  return {
    child,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await gone;
    },
  };
}
