import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { BuildView } from '@/lib/api/builds';
import type { BlobStore, ListedBlob } from '@/lib/storage/blob-store';
import { keepBytes } from '@/lib/storage/keep-bytes';
import { readStored } from '@/lib/storage/read-stored';
import { holdBlobs } from '@/db/blobs';
import { abandonBuild, takeBuild } from '@/db/build-progress';
import { deleteArtifacts, findArtifact, getBuild } from '@/db/builds';
import { keepImages } from '@/db/retention';
import { build, imagePlan } from '@/db/schema/builds';
import { openWorkshop } from '../testing/workshop';
import type { Workshop } from '../testing/workshop';
import { runBuild } from './run-build';
import { collectBlobs, tidy, trimCache } from './tidy';

const DAY_MS = 24 * 3600 * 1000;
const signal = new AbortController().signal;
/** Long after any grace, while nothing has expired. */
const nextMonth = () => new Date(Date.now() + 30 * DAY_MS);

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
}, 300_000);
// Each test begins with an empty store.
beforeEach(async () => {
  await shop.brands.db.execute(sql`update artifact set deleted_at = now(), deleted_because = 'asked' where deleted_at is null`);
  await collectBlobs(shop.services, nextMonth());
  expect(await listed()).toEqual([]);
});
afterAll(() => shop.close());

async function listed(): Promise<ListedBlob[]> {
  const blobs: ListedBlob[] = [];
  for await (const blob of shop.services.blobs.list()) blobs.push(blob);
  return blobs;
}
const storedBytes = async () => (await listed()).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
const has = async (blob: string) => (await shop.services.blobs.stat(blob)) !== undefined;

/** Every byte of it, as somebody downloads it. */
async function digestOf({ number, artifacts }: BuildView): Promise<string> {
  const file = await findArtifact(shop.owner, number, artifacts.find(({ kind }) => kind === 'image-zst')!.fileName);
  const hash = createHash('sha256');
  for await (const chunk of await readStored(shop.services.blobs, file, { start: 0, end: file.sizeBytes - 1 })) hash.update(chunk);
  return hash.digest('hex');
}

/** The store, doing something else where `other` says so. */
const storeWith = (other: Partial<BlobStore>): BlobStore => Object.create(shop.services.blobs, Object.fromEntries(Object.entries(other).map(([name, value]) => [name, { value }]))) as BlobStore;

function gate() {
  let open!: () => void;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open, passed };
}

test('a build that is held between storing and publishing loses nothing, although it alone needs what it stored and a month goes by', async () => {
  const first = (await shop.build()).view;
  const digest = await digestOf(first);
  const [stored, publish] = [gate(), gate()];
  const holding = storeWith({
    async put(...args: Parameters<BlobStore['put']>) {
      const blob = await shop.services.blobs.put(...args);
      // Of the second build only manifest and log are new; whichever is first, its snaps are found by then.
      stored.open();
      await publish.passed;
      return blob;
    },
  });
  const { buildId, number } = await shop.request();
  const running = runBuild(buildId, signal, { ...shop.services, blobs: holding });
  await stored.passed;
  await deleteArtifacts(shop.owner, first.number);
  const before = await listed();
  await tidy(shop.services, { now: nextMonth() });
  await trimCache(shop.services, 0);
  expect(await listed()).toEqual(before);
  expect(await shop.services.cache.list()).toHaveLength(first.snaps.length);
  publish.open();
  await running;
  const view = await getBuild(shop.owner, number);
  expect([view.state, view.attempt]).toEqual(['succeeded', 1]);
  expect(await digestOf(view)).toBe(digest);
});

test('a build that wants a blob while it is being removed waits, and stores it again', async () => {
  const first = (await shop.build()).view;
  const digest = await digestOf(first);
  await deleteArtifacts(shop.owner, first.number);
  const kernel = first.snaps.find(({ type }) => type === 'kernel')!.sha3_384;
  const [removing, remove] = [gate(), gate()];
  const slow = storeWith({
    async delete(blob: string) {
      if (blob === kernel) {
        removing.open();
        await remove.passed;
      }
      await shop.services.blobs.delete(blob);
    },
  });
  const collecting = collectBlobs({ ...shop.services, blobs: slow }, nextMonth());
  await removing.passed;
  const { buildId, number } = await shop.request();
  const running = runBuild(buildId, signal, shop.services);
  await waitsForLock();
  expect(await has(kernel)).toBe(true);
  remove.open();
  await Promise.all([collecting, running]);
  const view = await getBuild(shop.owner, number);
  expect([view.state, view.attempt]).toEqual(['succeeded', 1]);
  expect(await digestOf(view)).toBe(digest);
});

test('what a worker left that was killed for good goes once its build is given up and a day has passed', async () => {
  const { buildId } = await shop.request();
  await takeBuild(shop.brands.db, buildId, 'killed');
  const { sha3_384 } = await keepBytes(shop.services.blobs, Buffer.from('an image’s own bytes'), { signal });
  await holdBlobs(shop.brands.db, buildId, 'killed', [sha3_384]);
  await collectBlobs(shop.services, nextMonth());
  expect(await has(sha3_384)).toBe(true);
  await abandonBuild(shop.brands.db, buildId);
  await collectBlobs(shop.services, new Date());
  expect(await has(sha3_384)).toBe(true);
  expect(await collectBlobs(shop.services, nextMonth())).toEqual({ files: 1, sizeBytes: 22 });
  expect(await has(sha3_384)).toBe(false);
});

test('what nobody ever said a word about is left alone for a day', async () => {
  const { sha3_384 } = await keepBytes(shop.services.blobs, Buffer.from('stored, and held in a moment'), { signal });
  await collectBlobs(shop.services, new Date(Date.now() + DAY_MS - 60_000));
  expect(await has(sha3_384)).toBe(true);
  await collectBlobs(shop.services, new Date(Date.now() + DAY_MS + 60_000));
  expect(await has(sha3_384)).toBe(false);
});

test('images whose time has come go with their blobs, and what tells of them stays', async () => {
  const { view } = await shop.build();
  const later = new Date(Date.parse(view.finishedAt!) + 91 * DAY_MS);
  await tidy(shop.services, { now: new Date(later.getTime() - 2 * DAY_MS) });
  expect((await getBuild(shop.owner, view.number)).imagesKept!.state).toBe('kept');
  await tidy(shop.services, { now: later });
  const after = await getBuild(shop.owner, view.number);
  expect(after.imagesKept).toMatchObject({ state: 'gone', because: 'expired' });
  const left = after.artifacts.filter(({ deleted }) => !deleted);
  expect((await listed()).map(({ sizeBytes }) => sizeBytes).sort()).toEqual(left.map(({ sizeBytes }) => sizeBytes).sort());
  for (const { fileName } of left) expect(await has((await findArtifact(shop.owner, view.number, fileName)).blobs[0]!)).toBe(true);
  expect(await shop.brands.db.$count(imagePlan, eq(imagePlan.buildId, sql`(select id from build where number = ${view.number} and brand_id = ${shop.owner.brand.id})`))).toBe(0);
});

test('the cache keeps what images are made of, what was used last, and no more than it may', async () => {
  const { view } = await shop.build();
  const { cache } = shop.services;
  const snaps = new Map(view.snaps.map(({ name, sha3_384 }) => [name, sha3_384]));
  const cached = async () => (await cache.list()).map(({ sha3_384 }) => sha3_384);
  expect((await cache.list()).map(({ isLinked }) => isLinked)).toEqual(view.snaps.map(() => true));
  expect(await trimCache(shop.services, 0)).toEqual({ files: 0, sizeBytes: 0 });

  await deleteArtifacts(shop.owner, view.number);
  await collectBlobs(shop.services, nextMonth());
  const order = ['core24', 'snapd', 'pc', 'pc-kernel'];
  for (const name of order) {
    const snap = view.snaps.find((each) => each.name === name)!;
    await cache.fetch({ ...snap, downloadUrl: 'http://127.0.0.1:1/never-asked' });
    // Two within one millisecond have no order.
    const usedAt = (await stat(cache.path(snap.sha3_384))).atimeMs;
    while (Date.now() < usedAt + 2) await new Promise(setImmediate);
  }
  expect(await cached()).toEqual(order.map((name) => snaps.get(name)));
  const total = view.snaps.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  expect(await trimCache(shop.services, total)).toEqual({ files: 0, sizeBytes: 0 });
  expect(await trimCache(shop.services, total - 1)).toMatchObject({ files: 1 });
  expect(await cached()).toEqual(order.slice(1).map((name) => snaps.get(name)));

  const { buildId } = await shop.request();
  await takeBuild(shop.brands.db, buildId, 'builder');
  await holdBlobs(shop.brands.db, buildId, 'builder', [snaps.get('snapd')!]);
  await trimCache(shop.services, 0);
  expect(await cached()).toEqual([snaps.get('snapd')]);
  await abandonBuild(shop.brands.db, buildId);

  const again = (await shop.build()).view;
  expect(again.state).toBe('succeeded');
  expect(await cached()).toHaveLength(4);
});

test('a thousand builds that share their snaps cost little more disk than the snaps, and the last of them keeps what it needs', async () => {
  const { view } = await shop.build();
  const one = await storedBytes();
  const snaps = view.snaps.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  expect(one - snaps).toBeLessThan(8e6);
  const second = (await shop.build()).view;
  const own = (await storedBytes()) - one;
  // Its manifest, its lock, the lists of what is in it, and its log.
  expect(own).toBeLessThan(40_000);

  const copy = sql`
    with source as (select * from build where number = ${second.number} and brand_id = ${shop.owner.brand.id}),
    made as (
      insert into build (brand_id, number, model_id, signature_id, state, requested_at, requested_by, attempt, started_at, finished_at, lock, manifest, snaps, warnings, production)
      select brand_id, number + n, model_id, signature_id, state, requested_at, requested_by, attempt, started_at, finished_at, lock, manifest, snaps, warnings, production from source, generate_series(1, 998) as n
      returning id, brand_id
    ),
    planned as (insert into image_plan (brand_id, build_id, plan) select made.brand_id, made.id, plan from made, image_plan where build_id = (select id from source))
    insert into artifact (brand_id, build_id, kind, file_name, size_bytes, sha256, blobs)
    select made.brand_id, made.id, kind, file_name, size_bytes, sha256, blobs from made, artifact where build_id = (select id from source)`;
  await shop.brands.db.execute(copy);
  expect(await shop.brands.db.$count(build, eq(build.state, 'succeeded'))).toBeGreaterThanOrEqual(1000);
  const before = await listed();
  await tidy(shop.services, { now: nextMonth() });
  expect(await listed()).toEqual(before);

  await keepImages(shop.owner, second.number, { keep: 'pinned' });
  const digest = await digestOf(second);
  await tidy(shop.services, { now: new Date(Date.now() + 91 * DAY_MS) });
  expect(await shop.brands.db.$count(imagePlan)).toBe(1);
  expect(await digestOf(second)).toBe(digest);
  expect(await storedBytes()).toBe(before.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  await keepImages(shop.owner, second.number, { keep: 'brand' });
  await tidy(shop.services, { now: new Date(Date.now() + 91 * DAY_MS) });
  expect(await shop.brands.db.$count(imagePlan)).toBe(0);
  expect(await storedBytes()).toBeLessThan(200_000);
});

async function waitsForLock(): Promise<void> {
  for (;;) {
    const { rows } = await shop.brands.db.execute(sql`select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`);
    if (rows.length > 0) return;
  }
}
