import { and, count, eq, exists, isNull, lte, or, sql } from 'drizzle-orm';
import type { KeepImagesRequest, RetentionView } from '@/lib/api/retention';
import type { BuildView } from '@/lib/api/builds';
import { AppError } from '@/lib/errors';
import { dropImages, liveImage } from './artifacts';
import { readBuild, requireBuild } from './build-rows';
import { assertMay, change, machine, recordAudit } from './change';
import type { Ctx, Database } from './context';
import { hasImages, readKeptUntil } from './keeping';
import { notifyBuild } from './notify';
import { brand } from './schema/brands';
import { artifact, blobSize, build } from './schema/builds';

const inDays = (days: number | null): string => (days === null ? 'for good' : days === 1 ? 'for a day' : `for ${days} days`);

export async function getRetention(ctx: Ctx): Promise<RetentionView> {
  assertMay(ctx, 'brand.read');
  return readRetention(ctx, ctx.db);
}

/** Counts for every build of the brand from now on; nothing goes sooner than NOTICE_DAYS after. Throws AppError `conflict` when it is so already. */
export async function setRetention(ctx: Ctx, keepImagesDays: number | null): Promise<RetentionView> {
  return change(ctx, 'retention.set', async (tx, note) => {
    const [before] = await tx.select({ days: brand.keepImagesDays }).from(brand).where(eq(brand.id, ctx.brand.id)).for('update');
    if (before!.days === keepImagesDays) throw new AppError('conflict', `Images are kept ${inDays(keepImagesDays)} already.`);
    await tx.update(brand).set({ keepImagesDays, keepImagesSince: sql`now()` }).where(eq(brand.id, ctx.brand.id));
    await note({ action: 'retention.set', sentence: `had images kept ${inDays(keepImagesDays)}, no longer ${inDays(before!.days)}`, subject: { type: 'brand', name: ctx.brand.slug }, details: { before: before!.days, after: keepImagesDays } });
    return readRetention(ctx, tx);
  });
}

async function readRetention(ctx: Ctx, db: Database): Promise<RetentionView> {
  const brandId = ctx.brand.id;
  const [rule] = await db.select({ days: brand.keepImagesDays, since: brand.keepImagesSince }).from(brand).where(eq(brand.id, brandId));
  const live = db.select({ one: sql`1` }).from(artifact).where(and(eq(artifact.buildId, build.id), liveImage));
  const [builds] = await db.select({ all: count(), pinned: count(build.imagesPinnedAt) }).from(build).where(and(eq(build.brandId, brandId), exists(live)));
  // Most files of a build, and many builds, come from the same blobs.
  const lists = db.selectDistinct({ blobs: artifact.blobs }).from(artifact).where(and(eq(artifact.brandId, brandId), isNull(artifact.deletedAt)));
  const [disk] = await db.select({ bytes: sql<string>`coalesce(sum(${blobSize.sizeBytes}), 0)` }).from(blobSize).where(sql`${blobSize.sha3384} in (select unnest(lists.blobs) from ${lists} as lists)`);
  return { keepImagesDays: rule!.days, since: rule!.since.toISOString(), images: { builds: builds!.all, pinned: builds!.pinned, sizeBytes: Number(disk!.bytes) } };
}

/** Pins the images of a build, keeps them some days from now at least, or takes that back. Throws AppError `conflict` when there are none, or it is so already. */
export async function keepImages(ctx: Ctx, number: number, { keep }: KeepImagesRequest): Promise<BuildView> {
  return change(ctx, 'artifact.keep', async (tx, note) => {
    const row = await requireBuild(ctx, tx, number, true);
    if (!(await hasImages(tx, row))) throw new AppError('conflict', `Build ${number} has no images to keep.`);
    if (keep === 'pinned' && row.imagesPinnedAt) throw new AppError('conflict', `The images of build ${number} are pinned already.`);
    if (keep === 'brand' && !row.imagesPinnedAt && !row.imagesKeptUntil) throw new AppError('conflict', `The images of build ${number} are kept as long as the brand says already.`);
    const [after] = await tx
      .update(build)
      .set({
        imagesPinnedAt: keep === 'pinned' ? sql`now()` : null,
        imagesPinnedBy: keep === 'pinned' ? ctx.actor.userId : null,
        imagesKeptUntil: typeof keep === 'number' ? sql`now() + make_interval(days => ${keep})` : keep === 'brand' ? null : row.imagesKeptUntil,
      })
      .where(eq(build.id, row.id))
      .returning();
    const until = (await readKeptUntil(tx, after!)).until?.toISOString() ?? null;
    const sentence = keep === 'pinned' ? `pinned the images of build ${number}` : `${row.imagesPinnedAt ? 'unpinned the images of' : 'had the images of'} build ${number}${row.imagesPinnedAt ? ', kept' : ' kept'} ${until ? `until ${until.slice(0, 10)}` : 'for good'}`;
    await note({ action: 'artifact.keep', sentence, subject: { type: 'build', name: String(number) }, details: { keep, until } });
    await notifyBuild(tx, row.id);
    return readBuild(tx, after!);
  });
}

/** Marks the images of every brand that are kept no longer at `now` as gone. Returns how many builds lost theirs; what follows in the same job frees the disk. */
export async function expireImages(db: Database, now: Date): Promise<number> {
  const live = db.select({ one: sql`1` }).from(artifact).where(and(eq(artifact.buildId, build.id), liveImage));
  const old = lte(sql`${build.finishedAt} + make_interval(days => ${brand.keepImagesDays})`, now);
  const candidates = await db
    .select({ id: build.id })
    .from(build)
    .innerJoin(brand, eq(brand.id, build.brandId))
    .where(and(isNull(build.imagesPinnedAt), or(isNull(build.imagesKeptUntil), lte(build.imagesKeptUntil, now)), old, exists(live)));
  let expired = 0;
  for (const { id } of candidates) if (await expire(db, id, now)) expired += 1;
  return expired;
}

/** Asked again with the build's row locked: somebody may have pinned or shared it meanwhile. */
async function expire(db: Database, buildId: string, now: Date): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [row] = await tx.select().from(build).where(eq(build.id, buildId)).for('update');
    const { until } = await readKeptUntil(tx, row!);
    if (until === null || until > now) return false;
    const { names } = await dropImages(tx, row!, 'expired');
    if (names.length === 0) return false;
    const sentence = `removed the images of build ${row!.number}, which were kept until ${until.toISOString().slice(0, 10)}`;
    await recordAudit(tx, row!.brandId, machine('Retention'), { action: 'artifact.expire', sentence, subject: { type: 'build', name: String(row!.number) }, details: { files: names } });
    await notifyBuild(tx, buildId);
    return true;
  });
}
