import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Client } from 'pg';
import { eq } from 'drizzle-orm';
import { STAGES } from '@/lib/build/states';
import type { Stage } from '@/lib/build/states';
import { getBuild } from '@/db/builds';
import { audit } from '@/db/schema/audit';
import { imagePlan } from '@/db/schema/builds';
import { startWorker } from '../testing/worker-process';
import type { WorkerProcess } from '../testing/worker-process';
import { openWorkshop } from '../testing/workshop';
import type { Workshop } from '../testing/workshop';

let shop: Workshop;
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  shop = await openWorkshop();
  await prepareHolding();
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
    IMPRINT_WORKER_CONCURRENCY: '3',
  });
  workers.push(worker);
  return worker;
};

/** Stops a build at the end of a stage, in the database, while somebody holds the lock: the stage's work is done and not yet written down. */
async function prepareHolding(): Promise<void> {
  await shop.brands.pool.query(`
    create table held (build_id uuid primary key, stage text not null);
    create function hold() returns trigger language plpgsql as $$
    begin
      if new.state = 'done' and exists (select from held where build_id = new.build_id and stage = new.name) then
        perform pg_advisory_xact_lock_shared(77);
      end if;
      return new;
    end $$;
    create trigger hold before update on build_stage for each row execute function hold();
  `);
}

async function holdEachInItsStage(stages: readonly Stage[]): Promise<{ numbers: number[]; waitUntilAllAreHeld(): Promise<void>; release(): Promise<void> }> {
  const client = new Client({ connectionString: shop.brands.url });
  await client.connect();
  await client.query('select pg_advisory_lock(77)');
  const numbers: number[] = [];
  for (const stage of stages) {
    const { buildId, number } = await shop.request();
    await client.query('insert into held values ($1, $2)', [buildId, stage]);
    numbers.push(number);
  }
  return {
    numbers,
    async waitUntilAllAreHeld() {
      await vi.waitFor(
        async () => {
          const { rows } = await client.query(`select count(*)::int as waiting from pg_locks where locktype = 'advisory' and objid = 77 and not granted`);
          expect(rows[0].waiting).toBe(stages.length);
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

test.each([[STAGES.slice(0, 3)], [STAGES.slice(3, 6)], [STAGES.slice(6)]])('a worker that is killed in the stages %s loses nothing: another finishes each build within a minute, once', async (stages) => {
  const holding = await holdEachInItsStage(stages);
  const first = await startOne();
  await holding.waitUntilAllAreHeld();
  const views = () => Promise.all(holding.numbers.map((number) => getBuild(shop.owner, number)));
  expect((await views()).map((view) => view.stages.find(({ state }) => state === 'running')?.name)).toEqual(stages);
  await first.stop('SIGKILL');
  const killedAt = Date.now();
  await holding.release();
  const second = await startOne();

  const builds = await vi.waitFor(
    async () => {
      const all = await views();
      expect(all.map(({ state }) => state)).toEqual(stages.map(() => 'succeeded'));
      return all;
    },
    { timeout: 90_000, interval: 200 },
  );
  await second.stop();
  for (const view of builds) {
    expect(Date.parse(view.finishedAt!) - killedAt).toBeLessThan(60_000);
    expect(view.attempt).toBe(2);
    expect(view.artifacts.filter(({ kind }) => kind === 'image-zst')).toHaveLength(1);
  }
  const plans = await shop.brands.db.select().from(imagePlan);
  expect(new Set(plans.map(({ plan }) => JSON.stringify(plan))).size).toBe(1);
  const published = await shop.brands.db.select({ subject: audit.subjectName }).from(audit).where(eq(audit.action, 'build.publish'));
  for (const number of holding.numbers) expect(published.filter(({ subject }) => subject === String(number))).toHaveLength(1);
}, 240_000);
