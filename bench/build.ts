import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { STAGE_WORDS } from '@/lib/build/states';
import type { BuildView } from '@/lib/api/builds';
import { startPostgres } from '@/lib/tools/embedded-postgres';
import { syncBrands } from '@/db/brands';
import { getBuild, requestBuild } from '@/db/builds';
import { openDatabase } from '@/db/client';
import type { Ctx, Database } from '@/db/context';
import { holdMasterKey } from '@/db/master-key';
import { migrateAll } from '@/db/migrate';
import { openNotifier } from '@/db/notify';
import { recordSignIn } from '@/db/people';
import { brand } from '@/db/schema/brands';
import { build } from '@/db/schema/builds';
import { demoSnaps } from '../workers/testing/demo-snaps';
import { openEmbeddedStore, prepareModel } from '../workers/testing/embedded';
import { startWorker } from '../workers/testing/worker-process';

const CACHE = join(import.meta.dirname, '../node_modules/.cache/imprint');
const ROUNDS = 5;

/** Builds the large demo set again and again with a real worker process, from a warm cache, and prints what it took. */
export async function runBench(): Promise<void> {
  const snaps = await demoSnaps({ padded: true });
  const dir = await mkdtemp(join(CACHE, 'bench-'));
  const postgres = await startPostgres({ dataDir: join(dir, 'postgres') });
  await migrateAll(postgres.url);
  const database = openDatabase(postgres.url);
  const notifier = openNotifier(postgres.url);
  holdMasterKey(randomBytes(32));
  const ctx = await makeBrand(database.db);
  const embedded = await openEmbeddedStore(dir, snaps, { id: ctx.brand.accountId, displayName: ctx.brand.name });
  await prepareModel(ctx, embedded, 'amd64-core24');
  const url = embedded.server.url;
  const worker = await startWorker({ DATABASE_URL: postgres.url, IMPRINT_DATA: dir, STORE_API_URL: url, STORE_DASHBOARD_URL: url, STORE_TRUSTED: embedded.trusted, IMPRINT_EMBEDDED: 'store' });
  try {
    const once = async (): Promise<BuildView> => {
      const { number } = await requestBuild(ctx, { model: 'kiosk' });
      const [row] = await database.db.select({ id: build.id }).from(build).where(eq(build.number, number));
      return new Promise((resolve, reject) => {
        const look = () =>
          void getBuild(ctx, number).then((view) => {
            if (view.state === 'succeeded' && view.artifacts.every(({ sha256 }) => sha256 !== null)) resolve(view);
            if (view.state === 'failed') reject(new Error(view.failure!.message));
          }, reject);
        void notifier.onBuildChange(row!.id, look).then(look, reject);
      });
    };
    const cold = await once();
    const idleBytes = await memoryOf(worker.child.pid!);
    const warm: BuildView[] = [];
    const copies: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      warm.push(await once());
      copies.push(await copyAll(embedded.dataDir, cold, dir));
    }
    const total = cold.snaps.reduce((sum, snap) => sum + snap.sizeBytes, 0);
    print(cold, warm, copies, total, { peakBytes: await peakMemoryOf(worker.child.pid!), idleBytes });
  } finally {
    await worker.stop();
    await notifier.close();
    await embedded.server.close();
    await database.close();
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function makeBrand(db: Database): Promise<Ctx> {
  await syncBrands(db, [{ slug: 'acme', name: 'Acme', accountId: 'acme', groups: { owners: 'owner' } }]);
  const { userId } = await recordSignIn(db, { issuer: 'bench', subject: 'bench', name: 'Bench', email: null, groups: ['owners'], address: '', userAgent: '' });
  const [row] = await db.select().from(brand);
  return { brand: { id: row!.id, slug: 'acme', name: 'Acme', accountId: 'acme' }, role: 'owner', actor: { userId, name: 'Bench', email: null, address: '', requestId: 'bench' }, db };
}

/** The yardstick: the same snaps, from the same cache, copied once. */
async function copyAll(dataDir: string, { snaps }: BuildView, dir: string): Promise<number> {
  const startedAt = performance.now();
  for (const { sha3_384 } of snaps) {
    const target = join(dir, `copy-${sha3_384.slice(0, 8)}`);
    await copyFile(join(dataDir, 'cache', 'sha3-384', sha3_384), target);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  for (const { sha3_384 } of snaps) await rm(join(dir, `copy-${sha3_384.slice(0, 8)}`));
  return seconds;
}

const statusOf = async (pid: number, field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(await readFile(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
const memoryOf = (pid: number) => statusOf(pid, 'VmRSS');
/** The most it ever held (proc(5), VmHWM). */
const peakMemoryOf = (pid: number) => statusOf(pid, 'VmHWM');

const secondsBetween = (from: string | null, to: string | null) => (Date.parse(to!) - Date.parse(from!)) / 1000;
const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const row = (name: string, values: number[], unit = 's') => console.log(`  ${name.padEnd(28)} ${median(values).toFixed(2).padStart(7)} ${unit}   (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`);

function print(cold: BuildView, warm: BuildView[], copies: number[], total: number, memory: { peakBytes: number; idleBytes: number }): void {
  console.log(`\n${cold.snaps.length} snaps, ${(total / 1e6).toFixed(0)} MB, image of ${(cold.artifacts.find(({ kind }) => kind === 'image-raw')!.sizeBytes / 1e6).toFixed(0)} MB; ${warm.length} builds from a warm cache, median (least to most):`);
  row('request to link', warm.map(({ requestedAt, finishedAt }) => secondsBetween(requestedAt, finishedAt)));
  row('  waiting for the worker', warm.map(({ requestedAt, startedAt }) => secondsBetween(requestedAt, startedAt)));
  for (const [i, { name }] of cold.stages.entries()) row(`  ${STAGE_WORDS[name]}`, warm.map(({ stages }) => secondsBetween(stages[i]!.startedAt, stages[i]!.finishedAt)));
  row('cp of the same snaps', copies);
  console.log(`  ${'first build, cold cache'.padEnd(28)} ${secondsBetween(cold.requestedAt, cold.finishedAt).toFixed(2).padStart(7)} s`);
  console.log(`  ${'worker memory, peak'.padEnd(28)} ${(memory.peakBytes / 1e6).toFixed(0).padStart(7)} MB  (${(memory.idleBytes / 1e6).toFixed(0)} MB after the first build)`);
}
