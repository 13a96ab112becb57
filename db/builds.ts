import { eq, sql } from 'drizzle-orm';
import type { BuildRequest, BuildSummary, BuildView, LogLine } from '@/lib/api/builds';
import type { ListQuery, Page } from '@/lib/api/common';
import { BUILD_ALLOWS, STAGES } from '@/lib/build/states';
import type { BuildState } from '@/lib/build/states';
import { AppError } from '@/lib/errors';
import { dropImages, readArtifact } from './artifacts';
import type { StoredArtifact } from './artifacts';
import { pageBuilds, readBuild, readLogLines, requireBuild } from './build-rows';
import { assertMay, change } from './change';
import type { Ctx, Database } from './context';
import { hasImages } from './keeping';
import { findSignatures, requireModel, requireSignature } from './model-rows';
import { notifyBuild, onBuildChange } from './notify';
import { sendBuild, sendSweep } from './queue';
import { brand } from './schema/brands';
import { build, buildStage } from './schema/builds';
import { signingKey } from './schema/keys';

/** Newest first. `q` is part of a model's name, or a build's number. */
export async function listBuilds(ctx: Ctx, query: ListQuery & { model?: string; state?: BuildState }): Promise<Page<BuildSummary>> {
  assertMay(ctx, 'brand.read');
  return pageBuilds(ctx.db, ctx.brand.id, query);
}

export async function getBuild(ctx: Ctx, number: number): Promise<BuildView> {
  assertMay(ctx, 'brand.read');
  return readBuild(ctx.db, await requireBuild(ctx, ctx.db, number));
}

/** Lines after `afterId`, oldest first; 0 starts at the beginning. */
export async function readLog(ctx: Ctx, number: number, afterId: number, limit = 1000): Promise<LogLine[]> {
  assertMay(ctx, 'brand.read');
  return readLogLines(ctx.db, await requireBuild(ctx, ctx.db, number), afterId, limit);
}

/** Calls `changed` after every change of the build, until the returned function is called. It may call once too often, never too seldom. */
export async function watchBuild(ctx: Ctx, number: number, changed: () => void): Promise<() => void> {
  assertMay(ctx, 'brand.read');
  const { id } = await requireBuild(ctx, ctx.db, number);
  return onBuildChange(id, changed);
}

/** One transaction: the signed revision, its checks, the row, the job, the audit row. Throws AppError `conflict` when there is nothing signed to build. */
export async function requestBuild(ctx: Ctx, request: BuildRequest): Promise<BuildView> {
  return change(ctx, 'build.request', async (tx, note) => {
    const model = await requireModel(ctx, tx, request.model);
    const signed = request.revision === undefined ? (await findSignatures(tx, model))[0] : await requireSignature(tx, model, request.revision);
    if (!signed) throw new AppError('conflict', `Model ${model.name} is not signed yet. Sign a version of it, then build.`);
    await assertKeyHolds(tx, signed.row.signingKeyId, signed.row.revision);

    const [{ number }] = (await tx.update(brand).set({ lastBuildNumber: sql`${brand.lastBuildNumber} + 1` }).where(eq(brand.id, ctx.brand.id)).returning({ number: brand.lastBuildNumber })) as [{ number: number }];
    const [row] = await tx
      .insert(build)
      .values({ brandId: ctx.brand.id, number, modelId: model.id, signatureId: signed.row.id, requestedBy: ctx.actor.userId, production: signed.row.production })
      .returning();
    await tx.insert(buildStage).values(STAGES.map((name) => ({ brandId: ctx.brand.id, buildId: row!.id, name })));
    await sendBuild(tx, row!.id);
    await note({
      action: 'build.request',
      sentence: `requested build ${number} of model ${model.name} revision ${signed.row.revision}`,
      subject: { type: 'build', name: String(number) },
      details: { model: model.name, revision: signed.row.revision, version: signed.row.version },
    });
    return readBuild(tx, row!);
  });
}

/** A device checks the key at its first boot: past `until` it refuses the model (snapd asserts/database.go). */
async function assertKeyHolds(tx: Database, id: string, revision: number): Promise<void> {
  const [key] = await tx.select({ name: signingKey.name, until: signingKey.until, expired: sql<boolean>`coalesce(${signingKey.until} <= now(), false)` }).from(signingKey).where(eq(signingKey.id, id));
  if (key?.expired) throw new AppError('conflict', `Revision ${revision} is signed with key ${key.name}, which expired on ${key.until!.toISOString().slice(0, 10)}; devices would refuse it. Sign the model again with a key that is valid.`);
}

/** A waiting build is cancelled at once, a running one as soon as its worker hears of it. Throws AppError `conflict` when it is over. */
export async function cancelBuild(ctx: Ctx, number: number): Promise<BuildView> {
  return change(ctx, 'build.cancel', async (tx, note) => {
    const row = await requireBuild(ctx, tx, number, true);
    if (!BUILD_ALLOWS[row.state].cancel) throw new AppError('conflict', `Build ${number} has ${row.state === 'succeeded' ? 'succeeded' : row.state === 'failed' ? 'failed' : 'been cancelled'} already; there is nothing to cancel.`);
    const waits = row.state === 'queued';
    const [after] = await tx
      .update(build)
      .set({ cancelRequestedAt: sql`coalesce(${build.cancelRequestedAt}, now())`, ...(waits ? { state: 'cancelled' as const, finishedAt: sql`now()` } : {}) })
      .where(eq(build.id, row.id))
      .returning();
    if (waits) await tx.update(buildStage).set({ state: 'cancelled' }).where(eq(buildStage.buildId, row.id));
    await note({ action: 'build.cancel', sentence: waits ? `cancelled build ${number} before it started` : `asked to cancel build ${number}`, subject: { type: 'build', name: String(number) } });
    await notifyBuild(tx, row.id);
    return readBuild(tx, after!);
  });
}

/** A file of a build that may be downloaded, and where its bytes are. Throws AppError `not-found`, or `gone` once it was deleted. */
export async function findArtifact(ctx: Ctx, number: number, fileName: string): Promise<StoredArtifact> {
  assertMay(ctx, 'artifact.download');
  return readArtifact(ctx.db, await requireBuild(ctx, ctx.db, number), fileName);
}

/** Removes the images and keeps what tells of them: manifest, log, model. A worker frees the disk (`sweep` job). Throws AppError `conflict` when they are pinned. */
export async function deleteArtifacts(ctx: Ctx, number: number): Promise<BuildView> {
  return change(ctx, 'artifact.delete', async (tx, note) => {
    const row = await requireBuild(ctx, tx, number, true);
    if (row.imagesPinnedAt) throw new AppError('conflict', `The images of build ${number} are pinned. Unpin them, then delete them.`);
    if (!BUILD_ALLOWS[row.state].deleteArtifacts || !(await hasImages(tx, row))) throw new AppError('conflict', `Build ${number} has no images to delete.`);
    const { names, blobs } = await dropImages(tx, row, 'asked');
    await sendSweep(tx, blobs);
    await note({ action: 'artifact.delete', sentence: `deleted ${names.join(' and ')} of build ${number}`, subject: { type: 'build', name: String(number) }, details: { files: names } });
    await notifyBuild(tx, row.id);
    return readBuild(tx, row);
  });
}
