import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Pooler = { /** Of the same database, through the pooler. */ url: string; stop: () => Promise<void> };

/** For tests: Debian's PgBouncer in transaction mode before the database of `url`, with two connections to it. */
export async function startPooler(url: string): Promise<Pooler> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const database = pathname.slice(1);
  const folder = await mkdtemp(join(tmpdir(), 'imprint-pgbouncer-'));
  await chmod(folder, 0o755);
  const own = await freePort();
  const user = decodeURIComponent(username);
  await writeFile(join(folder, 'users'), `"${user}" "${decodeURIComponent(password)}"\n`);
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: String(own),
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: join(folder, 'users'),
    pool_mode: 'transaction',
    default_pool_size: '2',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const server = `${database} = host=${hostname} port=${port} dbname=${database} user=${user} password=${password}`;
  await writeFile(join(folder, 'pgbouncer.ini'), ['[databases]', server, '[pgbouncer]', ...lines, ''].join('\n'));
  // It refuses to run as root.
  const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn('/usr/sbin/pgbouncer', [...account, join(folder, 'pgbouncer.ini')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const said: string[] = [];
  const up = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      if (line.includes('process up')) resolve();
    });
    void ended.then(() => reject(new Error(`pgbouncer ended: ${said.join('\n')}`)));
  });
  await up;
  const pooled = new URL(url);
  pooled.port = String(own);
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  return { url: pooled.href, stop };
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};
