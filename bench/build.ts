import { randomBytes } from 'node:crypto';
import { appendFile, copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { STAGE_WORDS } from '@/lib/build/states';
import type { BuildView } from '@/lib/api/builds';
import { startPostgres } from '@/lib/tools/embedded-postgres';
import { syncBrands } from '@/db/brands';
import { findArtifact, getBuild, requestBuild } from '@/db/builds';
import { openDatabase } from '@/db/client';
import type { Ctx, Database } from '@/db/context';
import { holdMasterKey } from '@/db/master-key';
import { migrateAll } from '@/db/migrate';
import { openNotifier } from '@/db/notify';
import { recordSignIn } from '@/db/people';
import { brand } from '@/db/schema/brands';
import { build } from '@/db/schema/builds';
import { createShare } from '@/db/shares';
import { paths } from '@/lib/paths';
import { LocalStore } from '@/lib/storage/local-store';
import { stockStore } from '../workers/embedded/store/stock';
import { demoSnaps } from '../workers/testing/demo-snaps';
import type { DemoSnap } from '../workers/embedded/snaps/make-snaps';
import { openEmbeddedStore, prepareModel } from '../workers/testing/embedded';
import { writeArtifact } from '../workers/testing/raw-image';
import { startWorker } from '../workers/testing/worker-process';
import { diskBytes } from './disk-bytes';
import { speedOf, startNginx, startWeb } from './downloads';

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
    const firstBytes = await diskBytes(join(dir, 'artifacts'));
    const written = async (work: () => Promise<BuildView>): Promise<{ view: BuildView; bytes: number }> => {
      const before = await keptBytes(database.db, dir);
      const view = await work();
      return { view, bytes: (await keptBytes(database.db, dir)) - before };
    };
    const [warm, changed]: { view: BuildView; bytes: number }[][] = [[], []];
    const copies: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      warm!.push(await written(once));
      await changeGadget(embedded.dataDir, snaps, dir, round);
      changed!.push(await written(once));
      copies.push(await copyAll(embedded.dataDir, cold, dir));
    }
    const peakBytes = await peakMemoryOf(worker.child.pid!);
    print({ cold, firstBytes, warm: warm!, changed: changed!, copies, memory: { peakBytes, idleBytes } });
    printSpeeds(await compareDownloads(ctx, cold, postgres.url, dir));
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

/** What the store and the database keep, the snaps of the embedded store and the cache aside. */
async function keptBytes(db: Database, dir: string): Promise<number> {
  await db.execute(sql`checkpoint`);
  const { rows } = await db.execute<{ bytes: string }>(sql`select pg_database_size(current_database()) as bytes`);
  return (await diskBytes(join(dir, 'artifacts'))) + Number(rows[0]!.bytes);
}

/** A new revision of the gadget, the same but for its last 4 KiB, which are no part of its file system. */
async function changeGadget(dataDir: string, snaps: DemoSnap[], dir: string, round: number): Promise<void> {
  const gadget = snaps.find(({ name, releases }) => name === 'pc' && releases.some(({ channel }) => channel === '24/stable'))!;
  const file = join(dir, `pc-${round}.snap`);
  await copyFile(gadget.file, file);
  await appendFile(file, randomBytes(4096));
  await stockStore(dataDir, [{ ...gadget, file, releases: gadget.releases.map((release) => ({ ...release, revision: 10 + round })) }]);
  await rm(file);
}

type Speeds = { ours: number[]; nginx: number[] };

/** The raw image by a share link, and the same bytes as a file by nginx, in turn. */
async function compareDownloads(ctx: Ctx, { number, artifacts }: BuildView, databaseUrl: string, dir: string): Promise<Speeds> {
  const { fileName } = artifacts.find(({ kind }) => kind === 'image-raw')!;
  const root = join(dir, 'www');
  await mkdir(root);
  await writeArtifact(new LocalStore(join(dir, 'artifacts')), await findArtifact(ctx, number, fileName), join(root, fileName));
  const { share, token } = await createShare(ctx, number, { expiresInDays: 1, note: '' });
  const nginx = await startNginx(join(dir, 'nginx'), root);
  const web = await startWeb({ DATABASE_URL: databaseUrl, IMPRINT_DATA: dir });
  try {
    const speeds: Speeds = { ours: [], nginx: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      speeds.nginx.push(await speedOf(`${nginx.url}/${fileName}`));
      speeds.ours.push(await speedOf(`${web.url}${paths.shareDownload(share.id, fileName, token)}`));
    }
    return speeds;
  } finally {
    await web.stop();
    await nginx.stop();
  }
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
const LABEL = 30;
/** `wanted`: at most that. */
const row = (name: string, values: number[], unit = 's', wanted?: number) =>
  console.log(`  ${name.padEnd(LABEL)} ${median(values).toFixed(2).padStart(8)} ${unit.padEnd(4)} ${wanted === undefined ? ''.padEnd(8) : `<= ${wanted}`.padEnd(8)} ${values.length > 1 ? `(${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})` : ''}`);

type Measured = { cold: BuildView; firstBytes: number; warm: { view: BuildView; bytes: number }[]; changed: { view: BuildView; bytes: number }[]; copies: number[]; memory: { peakBytes: number; idleBytes: number } };

const linkSeconds = ({ requestedAt, finishedAt }: BuildView) => secondsBetween(requestedAt, finishedAt);
const stageSeconds = ({ stages }: BuildView, ...names: string[]) => stages.filter(({ name }) => names.includes(name)).reduce((sum, { startedAt, finishedAt }) => sum + secondsBetween(startedAt, finishedAt), 0);
const MB = 1e6;

function print({ cold, firstBytes, warm, changed, copies, memory }: Measured): void {
  const total = cold.snaps.reduce((sum, snap) => sum + snap.sizeBytes, 0);
  const views = warm.map(({ view }) => view);
  console.log(`\n${cold.snaps.length} snaps, ${(total / MB).toFixed(0)} MB, image of ${(cold.artifacts.find(({ kind }) => kind === 'image-raw')!.sizeBytes / MB).toFixed(0)} MB; ${warm.length} builds from a warm cache, median (least to most):`);
  row('request to link', views.map(linkSeconds), 's', 1);
  row('  waiting for the worker', views.map(({ requestedAt, startedAt }) => secondsBetween(requestedAt, startedAt)));
  for (const [i, { name }] of cold.stages.entries()) row(`  ${STAGE_WORDS[name]}`, views.map(({ stages }) => secondsBetween(stages[i]!.startedAt, stages[i]!.finishedAt)));
  row('assembly (plan and render)', views.map((view) => stageSeconds(view, 'plan-image', 'render')), 's', 0.3);
  row('link after the gadget changed', changed.map(({ view }) => linkSeconds(view)), 's', 1.5);
  row('  assembly', changed.map(({ view }) => stageSeconds(view, 'plan-image', 'render')));
  row('cp of the same snaps', copies);
  row('first build, cold cache', [linkSeconds(cold)]);
  row('disk, first build', [firstBytes / MB], 'MB');
  row('disk, the same again', warm.map(({ bytes }) => bytes / MB), 'MB', 2);
  row('disk, the gadget changed', changed.map(({ bytes }) => bytes / MB), 'MB', 2);
  row('disk, a thousand builds', [(firstBytes + 1000 * median(warm.map(({ bytes }) => bytes))) / MB], 'MB');
  row('worker memory, peak', [memory.peakBytes / MB], 'MB', 200);
  row('  after the first build', [memory.idleBytes / MB], 'MB');
}

function printSpeeds(speeds: Speeds): void {
  row('raw download', speeds.ours.map((speed) => speed / MB), 'MB/s');
  row('  nginx, the same as a file', speeds.nginx.map((speed) => speed / MB), 'MB/s');
  console.log(`  ${'  part of nginx (0.8 wanted)'.padEnd(LABEL)} ${(median(speeds.ours) / median(speeds.nginx)).toFixed(2).padStart(8)}`);
}
