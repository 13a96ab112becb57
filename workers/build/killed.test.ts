import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Client } from 'pg';
import { and, eq } from 'drizzle-orm';
import { STAGES } from '@/lib/build/states';
import { getBuild } from '@/db/builds';
import { audit } from '@/db/schema/audit';
import { artifact } from '@/db/schema/builds';
import { startWorker } from '../testing/worker-process';
import type { WorkerProcess } from '../testing/worker-process';
import { openWorkshop } from '../testing/workshop';
import type { Workshop } from '../testing/workshop';

let shop: Workshop;
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  shop = await openWorkshop();
}, 300_000);
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await shop.close();
});

const startOne = async () => {
  const worker = await startWorker({
    DATABASE_URL: shop.brands.url,
    IMPRINT_DATA: shop.dir,
    STORE_API_URL: shop.embedded.server.url,
    STORE_DASHBOARD_URL: shop.embedded.server.url,
    STORE_TRUSTED: shop.embedded.trusted,
    IMPRINT_EMBEDDED: 'store',
    IMPRINT_WORKER_CONCURRENCY: String(STAGES.length),
  });
  workers.push(worker);
  return worker;
};

/** Stops each build at the end of its own stage, in the database, while somebody holds the lock: its work is done and not yet written down. */
async function holdEachInItsStage(): Promise<{ waitUntilAllAreHeld(): Promise<void>; release(): Promise<void> }> {
  const client = new Client({ connectionString: shop.brands.url });
  await client.connect();
  await client.query(`
    create table held (build_id uuid primary key, stage text not null);
    create function hold() returns trigger language plpgsql as $$
    begin
      if new.state = 'done' and exists (select from held where build_id = new.build_id and stage = new.name) then
        perform pg_advisory_xact_lock_shared(77);
      end if;
      return new;
    end $$;
    create trigger hold before update on build_stage for each row execute function hold();
    select pg_advisory_lock(77);
  `);
  for (const stage of STAGES) {
    const { buildId } = await shop.request();
    await client.query('insert into held values ($1, $2)', [buildId, stage]);
  }
  return {
    async waitUntilAllAreHeld() {
      await vi.waitFor(
        async () => {
          const { rows } = await client.query(`select count(*)::int as waiting from pg_locks where locktype = 'advisory' and objid = 77 and not granted`);
          expect(rows[0].waiting).toBe(STAGES.length);
        },
        { timeout: 60_000, interval: 100 },
      );
    },
    async release() {
      await client.query('delete from held');
      await client.query('select pg_advisory_unlock(77)');
      await client.end();
    },
  };
}

test('a worker that is killed in any stage loses nothing: another finishes each build within a minute, once', async () => {
  const holding = await holdEachInItsStage();
  const first = await startOne();
  await holding.waitUntilAllAreHeld();
  const stagesThen = await Promise.all(STAGES.map((_, i) => getBuild(shop.owner, i + 1).then(({ stages }) => stages.find(({ state }) => state === 'running')?.name)));
  expect(stagesThen).toEqual(STAGES);
  await first.stop('SIGKILL');
  const killedAt = Date.now();
  await holding.release();
  await startOne();

  const builds = await vi.waitFor(
    async () => {
      const all = await Promise.all(STAGES.map((_, i) => getBuild(shop.owner, i + 1)));
      expect(all.map(({ state }) => state)).toEqual(STAGES.map(() => 'succeeded'));
      return all;
    },
    { timeout: 60_000, interval: 200 },
  );
  for (const view of builds) {
    expect(Date.parse(view.finishedAt!) - killedAt).toBeLessThan(60_000);
    expect(view.attempt).toBe(2);
    expect(view.artifacts.filter(({ kind }) => kind === 'image-zst')).toHaveLength(1);
  }
  expect(new Set(builds.map(({ artifacts }) => artifacts.find(({ kind }) => kind === 'image-zst')!.sha256)).size).toBe(1);

  const { db } = shop.brands;
  expect(await db.select().from(audit).where(eq(audit.action, 'build.publish'))).toHaveLength(STAGES.length);
  await vi.waitFor(
    async () => {
      const raw = await db.select().from(artifact).where(and(eq(artifact.kind, 'image-raw')));
      expect(raw.every(({ sha256 }) => sha256 !== null)).toBe(true);
    },
    { timeout: 100_000, interval: 500 },
  );
}, 300_000);
