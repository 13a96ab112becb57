import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { startPostgres } from '@/lib/tools/embedded-postgres';
import type { RunningPostgres } from '@/lib/tools/embedded-postgres';
import { buildWeb } from './build-web';
import { Child } from './child';
import type { ChildSpec } from './child';
import { choosePorts, claim, readAccounts, readSecrets, writeDemoBrands } from './first-start';
import { childVariables, dataDirOf, embeddedParts, urlOf } from './settings';
import type { Variables } from './settings';
import { stockDemo } from './stock-demo';
import { keepPostgres } from './keep-postgres';
import { WORKER_MALLOC, WORKER_NODE_ARGS } from '../build/node-args';

export type Console = { url: string; dataDir: string; demo: boolean; stop(): Promise<void>; kill(): void };
export type ConsoleOptions = { root: string; env: Variables; say: (line: string) => void; signal: AbortSignal; onFailed: (error: AppError) => void };

/** Everything that one machine needs, in order: what the environment names is used, the rest runs here. On failure or abort nothing is left running. */
export async function runConsole({ root, env: given, say, signal, onFailed }: ConsoleOptions): Promise<Console> {
  const dataDir = dataDirOf(given);
  const logDir = join(dataDir, 'logs');
  const parts = embeddedParts(given);
  const children: Child[] = [];
  let postgres: RunningPostgres | undefined;
  let unwatch = async () => {};

  const stop = async () => {
    await unwatch();
    // Those who write first, then what they write to.
    await Promise.all(children.filter(({ spec }) => spec.name === 'web' || spec.name === 'worker').map((child) => child.stop()));
    await Promise.all(children.map((child) => child.stop()));
    await postgres?.stop();
  };
  const halt = new AbortController();
  const halted = AbortSignal.any([signal, halt.signal]);
  const start = async (spec: ChildSpec) => {
    halted.throwIfAborted();
    const child = new Child(spec, { root, logDir, show: say, onGivenUp: onFailed });
    children.push(child);
    const stopChild = () => void child.stop();
    halted.addEventListener('abort', stopChild);
    await child.start();
    halted.removeEventListener('abort', stopChild);
  };

  try {
    await mkdir(logDir, { recursive: true });
    const secrets = await readSecrets(dataDir);
    const ports = await choosePorts(dataDir, parts.filter((part) => part !== 'postgres'));
    const brandsFile = given.IMPRINT_BRANDS || (await writeDemoBrands(dataDir, parts.includes('store')));
    const variablesFor = (databaseUrl: string) => childVariables(given, { dataDir, secrets, brandsFile, ports, databaseUrl });
    // For those that keep nothing in the database; and before anything is started: what the environment says must hold together.
    const apart = variablesFor('postgres://127.0.0.1/none');
    await assertPortFree(parseEnv(given.DATABASE_URL ? variablesFor(given.DATABASE_URL) : apart).PORT);

    const prepareDatabase = async () => {
      if (parts.includes('postgres')) {
        postgres = await startPostgres({ dataDir: join(dataDir, 'postgres'), logFile: join(logDir, 'postgres.log') });
        unwatch = keepPostgres(postgres, join(dataDir, 'postgres'), join(logDir, 'postgres.log'), say, onFailed);
      }
      const url = given.DATABASE_URL || postgres!.url;
      // Loaded while the others start already: it takes as long as they do.
      const { migrateAll } = await import('@/db/migrate');
      await migrateAll(url, say, halted);
      return variablesFor(url);
    };
    const prepareStore = async () => {
      if (!parts.includes('store')) return;
      const accounts = (await readAccounts(brandsFile)).flatMap(({ accountId, name }) => ['--account', `${accountId}=${name}`]);
      await start({ name: 'store', file: 'workers/embedded/store/main.ts', args: ['--data-dir', dataDir, '--port', String(ports.store), ...accounts], env: apart });
      await stockDemo({ root, dataDir, logDir, env: apart, say, signal: halted });
    };
    const database = prepareDatabase();
    const store = prepareStore();
    const pages = buildWeb({ root, logDir, env: withoutSecrets(given), say, signal: halted });
    const startIssuer = async () => parts.includes('oidc') && start({ name: 'sign-in', file: 'workers/embedded/oidc/main.ts', env: apart });
    const startWorker = async () => {
      const [env] = await Promise.all([database, store]);
      await start({ name: 'worker', file: 'workers/build/start.mjs', nodeArgs: WORKER_NODE_ARGS, env: { ...WORKER_MALLOC, ...env }, stopMs: 12_000, dispensable: true });
    };
    const startWeb = async () => {
      const [env] = await Promise.all([database, pages]);
      await start({ name: 'web', file: 'workers/web.ts', env });
    };
    await together(halt, database, store, pages, startIssuer(), startWorker(), startWeb());
    signal.throwIfAborted();
    return { url: urlOf(given), dataDir, demo: parts.includes('oidc'), stop, kill: () => children.forEach((child) => child.kill()) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** All of them, or the first failure; then the others are halted, and over before it is thrown, so that nothing is started behind our back. */
async function together(halt: AbortController, ...work: Promise<unknown>[]): Promise<void> {
  const failures: unknown[] = [];
  const settle = (error: unknown) => {
    failures.push(error);
    halt.abort(error);
  };
  await Promise.all(work.map((each) => each.catch(settle)));
  if (failures.length > 0) throw failures[0];
}

async function assertPortFree(port: number): Promise<void> {
  if (port === 0 || (await claim(port)) !== undefined) return;
  throw new AppError('port-taken', `Port ${port} cannot be used: another program has it, or this account may not. Choose another one with PORT, such as: PORT=${port + 1000} npm start`);
}

/** What a build of the pages has no business to know. */
const withoutSecrets = (given: Variables): Variables => Object.fromEntries(Object.entries(given).filter(([name]) => !/SECRET|KEY|DATABASE_URL|TOKEN|PASSWORD/.test(name)));
