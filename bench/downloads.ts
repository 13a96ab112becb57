import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Bytes a second that a client which throws them away is given. */
export async function speedOf(url: string): Promise<number> {
  const { stdout } = await run('curl', ['--silent', '--fail', '--output', '/dev/null', '--write-out', '%{speed_download}', url]);
  return Number(stdout);
}

export type Server = { url: string; stop(): Promise<void> };

/** The yardstick: nginx with its usual settings, serving the files of `root` on a free port. Everything it writes lies in `dir`. */
export async function startNginx(dir: string, root: string): Promise<Server> {
  const port = await freePort();
  await mkdir(dir, { recursive: true });
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(dir, name)};`).join(' ');
  const config = `daemon off; user root; worker_processes 1; pid ${join(dir, 'pid')}; error_log ${join(dir, 'error.log')};
events {} http { access_log off; sendfile on; tcp_nopush on; ${temp} server { listen 127.0.0.1:${port}; root ${root}; } }\n`;
  const file = join(dir, 'nginx.conf');
  await writeFile(file, config);
  const child = spawn('nginx', ['-c', file, '-e', join(dir, 'error.log')], { stdio: ['ignore', 'inherit', 'inherit'] });
  const gone = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([run('curl', ['--silent', '--retry', '20', '--retry-connrefused', '--retry-delay', '1', '--output', '/dev/null', url]), gone.then(([code]) => Promise.reject(new Error(`nginx ended with ${String(code)}`)))]);
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** The web process without its pages. */
export async function startWeb(environment: Record<string, string>): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'web-process.ts')], {
    cwd: join(import.meta.dirname, '..'),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', LOG_LEVEL: 'warn', PORT: String(port), IMPRINT_URL: url, ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit');
  await Promise.race([once(child, 'message'), gone.then(([code]) => Promise.reject(new Error(`the web process ended with ${String(code)}`)))]);
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
