import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noteBlobChecks } from './blob-checks';
import { findUnneeded, holdBlobs, noteSizes, sweepBlobs, unlessHeld } from './blobs';
import { abandonBuild, failBuild, finishBuild, releaseBuild, takeBuild } from './build-progress';
import { cancelBuild, deleteArtifacts } from './builds';
import type { Ctx, Database } from './context';
import { forgetUnneeded } from './forget';
import { artifact, blobCheck, blobHold, blobSize, imagePlan } from './schema/builds';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { finishedBuild, queueBuild, RESULT, runningBuild } from './testing/builds';
import { registerKey, signedModel } from './testing/models';

let brands: Brands;
let ctx: Ctx;
let db: Database;
let made = 0;
/** Of a blob that no other test speaks of. */
const blob = () => String((made += 1)).padStart(96, '0');

beforeAll(async () => {
  brands = await twoBrands();
  ({ db } = brands);
  ctx = await brands.as('acme', 'owner');
  await registerKey(ctx, 'main');
  await signedModel(ctx, 'kiosk');
});
afterAll(() => brands.close());

const sweep = async (...blobs: string[]) => sweepBlobs(db, blobs, async () => undefined);

test('what a build holds is swept by nobody until it is over, however it ends', async () => {
  const ends: [string, (build: { id: string; number: number; owner: string }) => Promise<unknown>][] = [
    ['failed', ({ id, owner }) => failBuild(db, id, owner, { code: 'x', message: 'No.', stage: null })],
    ['abandoned', ({ id }) => abandonBuild(db, id)],
    ['published without it', ({ id, owner }) => finishBuild(db, id, owner, RESULT)],
    ['cancelled while it waited for another attempt', async ({ id, owner, number }) => (await releaseBuild(db, id, owner, { stage: null, message: '' }), await cancelBuild(ctx, number))],
  ];
  for (const [word, end] of ends) {
    const own = blob();
    const build = await runningBuild(ctx);
    expect(await holdBlobs(db, build.id, build.owner, [own, own])).toBe(true);
    expect(await holdBlobs(db, build.id, build.owner, [own])).toBe(true);
    expect([word, await findUnneeded(db, [own]), await sweep(own)]).toEqual([word, [], []]);
    await end(build);
    expect([word, await findUnneeded(db, [own]), await sweep(own)]).toEqual([word, [own], [own]]);
  }
});

test('a build that waits for its next attempt holds what the last one stored', async () => {
  const own = blob();
  const { id, owner } = await runningBuild(ctx);
  await holdBlobs(db, id, owner, [own]);
  await releaseBuild(db, id, owner, { stage: null, message: '' });
  expect(await sweep(own)).toEqual([]);
  await takeBuild(db, id, 'another');
  expect(await sweep(own)).toEqual([]);
});

test('only who builds it holds anything for a build', async () => {
  const { id } = await runningBuild(ctx);
  const queued = await queueBuild(ctx);
  const finished = await finishedBuild(ctx);
  for (const each of [id, queued.id, finished.id, 'nonsense']) expect(await holdBlobs(db, each, 'somebody', [blob()])).toBe(false);
});

test('two builds hold the same blob at once, and the last one to end lets go of it', async () => {
  const shared = blob();
  const [one, two] = [await runningBuild(ctx), await runningBuild(ctx)];
  await Promise.all([one, two].map(({ id, owner }) => holdBlobs(db, id, owner, [shared])));
  await abandonBuild(db, one.id);
  expect(await sweep(shared)).toEqual([]);
  await abandonBuild(db, two.id);
  expect(await sweep(shared)).toEqual([shared]);
});

test('who would hold a blob waits while it is removed, and may look for it only then', async () => {
  const own = blob();
  const { id, owner } = await runningBuild(ctx);
  const order: string[] = [];
  let holding: Promise<unknown> | undefined;
  await sweepBlobs(db, [own], async () => {
    holding = holdBlobs(db, id, owner, [own]).then(() => order.push('held'));
    await waitsForLock();
    order.push('removed');
  });
  await holding;
  expect(order).toEqual(['removed', 'held']);
});

test('a copy that only builds read goes although images come from the blob, but not under a build', async () => {
  const own = blob();
  await finishedBuild(ctx, 'kiosk', { ...RESULT, artifacts: [{ ...RESULT.artifacts[0]!, blobs: [own] }] });
  const { id, owner } = await runningBuild(ctx);
  await holdBlobs(db, id, owner, [own]);
  expect(await unlessHeld(db, own, () => Promise.reject(new Error('removed')))).toBe(false);
  await abandonBuild(db, id);
  expect(await unlessHeld(db, own, async () => undefined)).toBe(true);
});

test('rows go with what they tell of, and no others', async () => {
  const [gone, kept] = [blob(), blob()];
  const of = (blobs: string[]) => ({ ...RESULT, artifacts: [{ ...RESULT.artifacts[0]!, blobs }] });
  const deleted = await finishedBuild(ctx, 'kiosk', of([gone]));
  const live = await finishedBuild(ctx, 'kiosk', of([kept]));
  const running = await runningBuild(ctx);
  const held = blob();
  await holdBlobs(db, running.id, running.owner, [held]);
  await db.insert(blobHold).values({ brandId: ctx.brand.id, buildId: live.id, sha3384: blob() });
  const all = [gone, kept, held];
  for (const each of all) await noteBlobChecks(db, each, { crc32: 1, sha256Padded: 'x' });
  await noteSizes(db, new Map(all.map((each) => [each, 5])));
  await deleteArtifacts(ctx, deleted.number);

  await forgetUnneeded(db);
  const left = async (table: typeof blobCheck | typeof blobSize) => (await db.select({ blob: table.sha3384 }).from(table)).map((row) => row.blob).filter((each) => all.includes(each)).sort();
  expect(await left(blobCheck)).toEqual([kept, held].sort());
  expect(await left(blobSize)).toEqual([kept, held].sort());
  const plans = (await db.select({ buildId: imagePlan.buildId }).from(imagePlan)).map(({ buildId }) => buildId);
  expect([plans.includes(deleted.id), plans.includes(live.id)]).toEqual([false, true]);
  expect(await db.$count(blobHold, eq(blobHold.buildId, live.id))).toBe(0);
  expect(await db.$count(blobHold, eq(blobHold.buildId, running.id))).toBe(1);
  expect(await forgetUnneeded(db)).toEqual({ plans: 0, facts: 0, holds: 0 });
  expect(await db.$count(artifact, eq(artifact.buildId, deleted.id))).toBe(1);
});

async function waitsForLock(): Promise<void> {
  for (;;) {
    const { rows } = await db.execute(sql`select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`);
    if (rows.length > 0) return;
  }
}
