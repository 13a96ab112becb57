import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { daysAfter } from '@/lib/build/retention';
import { listAudit } from './audit';
import { finishBuild } from './build-progress';
import { deleteArtifacts, findArtifact, getBuild } from './builds';
import type { Ctx } from './context';
import { expireImages, getRetention, keepImages, setRetention } from './retention';
import { brand } from './schema/brands';
import { build } from './schema/builds';
import { createShare, openShare, revokeShare } from './shares';
import type { Brands } from './testing/brands';
import { digest, finishedBuild, RESULT, runningBuild } from './testing/builds';
import { twoBrandsWithModels } from './testing/models';

let brands: Brands;
let ctx: Ctx;
let globex: Ctx;
beforeAll(async () => {
  ({ brands, ctx, globex } = await twoBrandsWithModels());
});
afterAll(() => brands.close());
// Each test begins with images that are kept 90 days, and none from before.
beforeEach(async () => {
  await brands.db.update(build).set({ imagesPinnedAt: null, imagesPinnedBy: null, imagesKeptUntil: null });
  await brands.db.execute(sql`update artifact set deleted_at = now(), deleted_because = 'asked' where deleted_at is null`);
  await brands.db.update(brand).set({ keepImagesDays: 90, keepImagesSince: new Date('2020-01-01T00:00:00Z') });
});

/** As many days after the build was finished, and a minute. */
async function after(number: number, days: number): Promise<Date> {
  const { finishedAt } = await getBuild(ctx, number);
  return new Date(daysAfter(new Date(finishedAt!), days).getTime() + 60_000);
}
const hasImage = async (number: number, of = ctx) => (await getBuild(of, number)).imagesKept!.state === 'kept';

test('a build says until when its images are kept, and why', async () => {
  const { number } = await finishedBuild(ctx);
  const { imagesKept, finishedAt } = await getBuild(ctx, number);
  expect(imagesKept).toEqual({ state: 'kept', until: daysAfter(new Date(finishedAt!), 90).toISOString(), because: 'brand', pinned: null });
  expect((await getBuild(ctx, (await runningBuild(ctx)).number)).imagesKept).toBeNull();
});

test('images go when their time has come and no sooner, with an audit row, and what tells of them stays', async () => {
  const { number } = await finishedBuild(ctx);
  const { number: theirs } = await finishedBuild(globex);
  await setRetention(globex, 365);
  expect(await expireImages(brands.db, await after(number, 89))).toBe(0);
  expect(await expireImages(brands.db, await after(number, 90))).toBe(1);
  const view = await getBuild(ctx, number);
  expect(view.imagesKept).toEqual({ state: 'gone', at: expect.any(String), because: 'expired' });
  expect(view.artifacts.map(({ kind, deleted }) => [kind, deleted])).toEqual([
    ['image-zst', true],
    ['image-raw', true],
    ['manifest', false],
  ]);
  await expect(findArtifact(ctx, number, 'kiosk.img')).rejects.toMatchObject({ code: 'gone', message: expect.stringContaining('was kept until') });
  expect(await hasImage(theirs, globex)).toBe(true);
  const [row] = (await listAudit(ctx, { action: 'artifact.expire', limit: 1 })).items;
  expect(row).toMatchObject({ actor: { name: 'Retention', email: null }, subject: { type: 'build', name: String(number) }, sentence: expect.stringContaining(`removed the images of build ${number}, which were kept until`) });
  expect(await expireImages(brands.db, await after(number, 90))).toBe(0);
});

test('what is pinned stays until it is unpinned, and says who pinned it', async () => {
  const { number } = await finishedBuild(ctx);
  const pinned = await keepImages(ctx, number, { keep: 'pinned' });
  expect(pinned.imagesKept).toEqual({ state: 'kept', until: null, because: 'pinned', pinned: { at: expect.any(String), by: { name: 'acme owner', email: 'owner@acme.example' } } });
  await expect(keepImages(ctx, number, { keep: 'pinned' })).rejects.toMatchObject({ code: 'conflict' });
  expect(await expireImages(brands.db, await after(number, 10_000))).toBe(0);
  await expect(deleteArtifacts(ctx, number)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('pinned') });
  const unpinned = await keepImages(ctx, number, { keep: 'brand' });
  expect(unpinned.imagesKept).toMatchObject({ because: 'brand', pinned: null });
  await expect(keepImages(ctx, number, { keep: 'brand' })).rejects.toMatchObject({ code: 'conflict' });
  expect((await listAudit(ctx, { action: 'artifact.keep', limit: 2 })).items.map(({ sentence }) => sentence)).toEqual([expect.stringMatching(new RegExp(`^unpinned the images of build ${number}, kept until \\d{4}-`)), `pinned the images of build ${number}`]);
  expect(await expireImages(brands.db, await after(number, 90))).toBe(1);
});

test('what was extended stays as long as was asked for, and never shorter than the brand says', async () => {
  const { number } = await finishedBuild(ctx);
  expect((await keepImages(ctx, number, { keep: 30 })).imagesKept).toMatchObject({ because: 'brand' });
  expect((await keepImages(ctx, number, { keep: 200 })).imagesKept).toMatchObject({ because: 'extended' });
  expect(await expireImages(brands.db, await after(number, 199))).toBe(0);
  expect(await expireImages(brands.db, await after(number, 201))).toBe(1);
});

test('a link keeps the images it shows until it ends, unless it is revoked', async () => {
  const { number } = await finishedBuild(ctx);
  const { share, token } = await createShare(ctx, number, { expiresInDays: 365, note: '' });
  await createShare(ctx, number, { expiresInDays: 1, note: '' });
  expect((await getBuild(ctx, number)).imagesKept).toMatchObject({ until: share.expiresAt, because: 'link' });
  expect(await expireImages(brands.db, await after(number, 364))).toBe(0);
  expect((await openShare(brands.db, { id: share.id, token, address: '', userAgent: '', what: 'page' }))!.artifacts.every(({ deleted }) => !deleted)).toBe(true);
  await revokeShare(ctx, share.id);
  expect(await expireImages(brands.db, await after(number, 90))).toBe(1);
  await expect(createShare(ctx, number, { expiresInDays: 1, note: '' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('are gone') });
});

test('a brand may keep its images for good', async () => {
  const { number } = await finishedBuild(ctx);
  expect(await setRetention(ctx, null)).toMatchObject({ keepImagesDays: null });
  expect((await getBuild(ctx, number)).imagesKept).toMatchObject({ until: null, because: 'brand' });
  expect(await expireImages(brands.db, await after(number, 10_000))).toBe(0);
});

test('a shorter time takes nothing for a week', async () => {
  const { number } = await finishedBuild(ctx);
  await brands.db.update(build).set({ finishedAt: sql`now() - interval '80 days'` }).where(eq(build.number, number));
  await setRetention(ctx, 30);
  const { since } = await getRetention(ctx);
  expect((await getBuild(ctx, number)).imagesKept).toMatchObject({ until: daysAfter(new Date(since), 7).toISOString(), because: 'notice' });
  expect(await expireImages(brands.db, daysAfter(new Date(since), 6))).toBe(0);
  expect(await expireImages(brands.db, daysAfter(new Date(since), 7))).toBe(1);
  await expect(setRetention(ctx, 30)).rejects.toMatchObject({ code: 'conflict', message: 'Images are kept for 30 days already.' });
  expect((await listAudit(ctx, { action: 'retention.set', limit: 1 })).items[0]).toMatchObject({ sentence: 'had images kept for 30 days, no longer for 90 days', details: { before: 90, after: 30 } });
});

test('somebody who pins while images expire is not too late, or is told', async () => {
  const { number } = await finishedBuild(ctx);
  const now = await after(number, 90);
  const [expired, pinned] = await Promise.all([expireImages(brands.db, now), keepImages(ctx, number, { keep: 'pinned' }).then(() => true, () => false)]);
  expect([expired, pinned]).toEqual(pinned ? [0, true] : [1, false]);
  expect(await hasImage(number)).toBe(pinned);
});

test('there is nothing to keep of a build without images', async () => {
  const { number } = await finishedBuild(ctx);
  await deleteArtifacts(ctx, number);
  expect((await getBuild(ctx, number)).imagesKept).toMatchObject({ state: 'gone', because: 'asked' });
  await expect(keepImages(ctx, number, { keep: 'pinned' })).rejects.toMatchObject({ code: 'conflict' });
  await expect(keepImages(ctx, (await runningBuild(ctx)).number, { keep: 30 })).rejects.toMatchObject({ code: 'conflict' });
});

test('what images take of the disk counts a blob that several share once, and other brands’ not at all', async () => {
  const sizes: Record<string, number> = { [digest('1')]: 400_000_000, [digest('2')]: 1_000_000, [digest('3')]: 2_000_000, [digest('b')]: 10 };
  const publish = async (of: Ctx, own: string) => {
    const { id, owner, number } = await runningBuild(of);
    const blobs = [digest('1'), digest(own)];
    await finishBuild(brands.db, id, owner, { ...RESULT, artifacts: RESULT.artifacts.map((file) => (file.kind === 'manifest' ? file : { ...file, blobs })) }, async (blob) => sizes[blob]);
    return number;
  };
  const first = await publish(ctx, '2');
  expect((await getRetention(ctx)).images).toEqual({ builds: 1, pinned: 0, sizeBytes: 401_000_010 });
  const second = await publish(ctx, '3');
  await publish(globex, '3');
  await keepImages(ctx, second, { keep: 'pinned' });
  expect((await getRetention(ctx)).images).toEqual({ builds: 2, pinned: 1, sizeBytes: 403_000_010 });
  await deleteArtifacts(ctx, first);
  expect((await getRetention(ctx)).images).toEqual({ builds: 1, pinned: 1, sizeBytes: 402_000_010 });
});
