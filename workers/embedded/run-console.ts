import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { startPostgres } from '@/lib/tools/embedded-postgres';
import type { RunningPostgres } from '@/lib/tools/embedded-postgres';
import { migrateAll } from '@/db/migrate';
import { buildWeb } from './build-web';
import { Child } from './child';
import type { ChildSpec } from './child';
import { choosePorts, claim, readAccounts, readSecrets, writeDemoBrands } from './first-start';
import { childVariables, dataDirOf, embeddedParts, urlOf } from './settings';
import type { Variables } from './settings';
import { stockDemo } from './stock-demo';
import { keepPostgres } from './keep-postgres';

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
    // Before anything is started: what the environment says must hold together.
    const { PORT: port } = parseEnv(variablesFor(given.DATABASE_URL || 'postgres://localhost/imprint'));
    if (port !== 0 && (await claim(port)) === undefined) throw new AppError('port-taken', `Port ${port} cannot be used: another program has it, or this account may not. Choose another one with PORT, such as: PORT=${port + 1000} npm start`);

    const prepareDatabase = async () => {
      if (parts.includes('postgres')) {
        postgres = await startPostgres({ dataDir: join(dataDir, 'postgres'), logFile: join(logDir, 'postgres.log') });
        unwatch = keepPostgres(postgres, join(dataDir, 'postgres'), join(logDir, 'postgres.log'), say, onFailed);
      }
      const url = given.DATABASE_URL || postgres!.url;
      await migrateAll(url);
      return variablesFor(url);
    };
    const prepareStore = async (env: Variables) => {
      if (!parts.includes('store')) return;
      const accounts = (await readAccounts(brandsFile)).flatMap(({ accountId, name }) => ['--account', `${accountId}=${name}`]);
      await start({ name: 'store', file: 'workers/embedded/store/main.ts', args: ['--data-dir', dataDir, '--port', String(ports.store), ...accounts], env });
      await stockDemo({ root, dataDir, logDir, env, say, signal: halted });
    };
    const prepareIssuer = async (env: Variables) => {
      if (parts.includes('oidc')) await start({ name: 'sign-in', file: 'workers/embedded/oidc/main.ts', env });
    };

    const prepareParts = async () => {
      const env = await prepareDatabase();
      await together(halt, prepareStore(env), prepareIssuer(env));
      return env;
    };
    const [env] = await together(halt, prepareParts(), buildWeb({ root, logDir, env: withoutSecrets(given), say, signal: halted }));
    await together(halt, start({ name: 'worker', file: 'workers/build/main.ts', env, stopMs: 12_000 }), start({ name: 'web', file: 'workers/web.ts', env }));
    signal.throwIfAborted();
    return { url: urlOf(given), dataDir, demo: parts.includes('oidc'), stop, kill: () => children.forEach((child) => child.kill()) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** All of them, or the first failure; then the others are halted, and over before it is thrown, so that nothing is started behind our back. */
async function together<T extends unknown[]>(halt: AbortController, ...work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const failures: unknown[] = [];
  const done = await Promise.all(
    work.map((each) =>
      each.catch((error: unknown) => {
        failures.push(error);
        halt.abort(error);
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
  return done as T;
}

/** What a build of the pages has no business to know. */
const withoutSecrets = (given: Variables): Variables => Object.fromEntries(Object.entries(given).filter(([name]) => !/SECRET|KEY|DATABASE_URL|TOKEN|PASSWORD/.test(name)));
