import { sql } from 'drizzle-orm';
import { env, tellFrameworks, warningsOf } from '@/lib/env';
import { log } from '@/lib/log';
import { RESERVE_BYTES } from '@/lib/storage/blob-store';
import { artifactsFolder, openStore } from '@/lib/storage/open-store';
import { readBrandsConfig, syncBrands } from '@/db/brands';
import { closeDatabase, database } from '@/db/client';
import { connect } from '@/db/connect';
import { assertMasterKey } from '@/db/installation';
import { openQueue, workProofs } from '@/db/queue';
import { matcher } from './web/client-address';
import { makeHandler } from './web/handle-request';
import { makeLimits } from './web/limits';
import { prove } from './web/prove';
import { listen } from './listen';
import { runProcess } from './main-process';
import { assertOwnArtifacts } from './own-artifacts';

const SHUTDOWN_MS = 2800;

/** The web process: Next for pages and API, and downloads on bare node:http, because Next takes the length off every answer. It signs provenance too: no other process but this one has the master key. */
async function main(): Promise<void> {
  const { HOST: host, PORT: port, IMPRINT_URL: base, IMPRINT_TRUSTED_PROXIES: proxies, IMPRINT_BRANDS: brandsFile, DATABASE_URL } = env();
  tellFrameworks();
  const { default: next } = await import('next');
  // Waited for before the pages are: a database that never comes is told at once.
  await (await connect(DATABASE_URL, 'imprint-web')).end();
  const app = next({ dev: false, hostname: host, port, dir: new URL('..', import.meta.url).pathname });
  await app.prepare();
  const handleByNext = app.getRequestHandler();
  const db = database();
  await assertMasterKey(db, { lost: env().IMPRINT_MASTER_KEY_LOST === 'yes' });
  await assertOwnArtifacts(db, artifactsFolder());
  if (brandsFile) await syncBrands(db, await readBrandsConfig(brandsFile));
  const store = openStore();
  const handler = makeHandler({
    next: (request, response) => handleByNext(request, response),
    base,
    log: log(),
    isTrustedProxy: matcher(proxies),
    limits: makeLimits(),
    db,
    store,
    parts: { database: () => db.execute(sql`select 1`), artifacts: async () => ((await store.freeBytes()) ?? Infinity) < RESERVE_BYTES && 'degraded' },
  });
  const queue = await openQueue(DATABASE_URL, { name: `web ${process.pid}`, onError: (error) => log().warn({ err: error }, 'the queue has trouble') });
  await workProofs(queue, (buildId) => prove(buildId, { db, store, base, log: log() }));
  const listening = await listen(handler, host, port);
  for (const warning of warningsOf(env())) log().warn(warning);
  log().info({ url: base, host, port: listening.port }, 'the console is up');
  process.send?.({ ready: true, url: base });

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(0), SHUTDOWN_MS).unref();
    await Promise.all([listening.close(), queue.stop({ graceful: true, timeout: SHUTDOWN_MS - 500 })]);
    await closeDatabase();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
}

await runProcess(main);
