import { and, desc, eq, ilike, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ListQuery, Page } from '@/lib/api/common';
import { draftHeaders, modelName } from '@/lib/api/models';
import type { DraftHeaders, ModelDetail, ModelSummary, ModelVersion, SaveVersionRequest } from '@/lib/api/models';
import { canonicalJson } from '@/lib/build/lock';
import { AppError, hasErrors } from '@/lib/errors';
import type { Problem } from '@/lib/errors';
import { checkDraft } from '@/lib/model/check';
import { headersToDraft } from '@/lib/model/draft';
import { assertMay, change } from './change';
import type { Ctx } from './context';
import { findVersions, newest, readDetail, requireModel, requireVersion, summaryQuery, summaryView } from './model-rows';
import { readCursor, toPage } from './paging';
import { model, modelVersion } from './schema/models';
import { likeLiteral, storable, unstorable } from './text';
import { violates } from './violations';

const position = z.tuple([z.iso.datetime(), z.uuid()]);

/** The last saved first. `q` is part of a name or display name. */
export async function listModels(ctx: Ctx, query: ListQuery): Promise<Page<ModelSummary>> {
  assertMay(ctx, 'brand.read');
  const after = readCursor(query.after, position);
  const q = query.q ? `%${likeLiteral(query.q)}%` : undefined;
  const rows = await summaryQuery(ctx.db)
    .where(
      and(
        eq(model.brandId, ctx.brand.id),
        after && sql`(${model.updatedAt}, ${model.id}) < (${after[0]}::timestamptz, ${after[1]}::uuid)`,
        q ? or(ilike(model.name, q), sql`${newest.headers} ->> 'display-name' ilike ${q}`) : undefined,
      ),
    )
    .orderBy(desc(model.updatedAt), desc(model.id))
    .limit(query.limit + 1);
  return toPage(rows, query.limit, ({ row }) => [row.updatedAt.toISOString(), row.id], summaryView);
}

export async function getModel(ctx: Ctx, name: string): Promise<ModelDetail> {
  assertMay(ctx, 'brand.read');
  return readDetail(ctx.db, await requireModel(ctx, ctx.db, name));
}

/** Newest first. */
export async function listVersions(ctx: Ctx, name: string): Promise<ModelVersion[]> {
  assertMay(ctx, 'brand.read');
  return findVersions(ctx.db, await requireModel(ctx, ctx.db, name));
}

export async function getVersion(ctx: Ctx, name: string, number: number): Promise<ModelVersion> {
  assertMay(ctx, 'brand.read');
  return requireVersion(ctx.db, await requireModel(ctx, ctx.db, name), number);
}

/** Makes version 1. Throws AppError `invalid` with the problems of the headers, or when the name is taken. */
export async function createModel(ctx: Ctx, wanted: { name: string; headers: DraftHeaders; note: string }): Promise<ModelDetail> {
  return change(ctx, 'model.edit', async (tx, note) => {
    const named = modelName.safeParse(wanted.name);
    if (!named.success) throw refused([{ path: 'name', code: 'model-name', message: named.error.issues[0]!.message }]);
    const headers = acceptHeaders(ctx, wanted.name, wanted.headers);
    const [row] = await tx
      .insert(model)
      .values({ brandId: ctx.brand.id, name: wanted.name, latestVersion: 1, updatedBy: ctx.actor.userId })
      .returning()
      .catch((error: unknown) => {
        if (!violates(error, 'model_brand_name')) throw error;
        throw refused([{ path: 'name', code: 'model-name-taken', message: `There is a model ${wanted.name} already. Choose another name, or open that one.` }], error);
      });
    await tx.insert(modelVersion).values({ brandId: ctx.brand.id, modelId: row!.id, number: 1, headers, note: storable(wanted.note), authorId: ctx.actor.userId });
    await note({ action: 'model.create', sentence: `created model ${wanted.name}`, subject: { type: 'model', name: wanted.name }, details: { version: 1, note: storable(wanted.note) } });
    return readDetail(tx, row!);
  });
}

/**
 * Saves a new version over the one the author started from. Throws AppError `stale` (details: `current`, the version that was quicker) or `invalid` with the problems.
 * `restoredFrom` is kept when the headers are those of that version.
 */
export async function saveVersion(ctx: Ctx, name: string, request: SaveVersionRequest): Promise<ModelVersion> {
  return change(ctx, 'model.edit', async (tx, note) => {
    const row = await requireModel(ctx, tx, name, true);
    if (row.latestVersion !== request.baseVersion) throw await stale(row.latestVersion, request.baseVersion, await requireVersion(tx, row, row.latestVersion));
    const headers = acceptHeaders(ctx, name, request.headers);
    const restored = request.restoredFrom === undefined ? undefined : await requireVersion(tx, row, request.restoredFrom);
    const restoredFrom = restored && canonicalJson(restored.headers) === canonicalJson(headers) ? restored.number : null;
    const number = row.latestVersion + 1;
    await tx.insert(modelVersion).values({ brandId: ctx.brand.id, modelId: row.id, number, headers, note: storable(request.note), restoredFrom, authorId: ctx.actor.userId });
    await tx.update(model).set({ latestVersion: number, updatedAt: sql`now()`, updatedBy: ctx.actor.userId }).where(eq(model.id, row.id));
    await note({
      action: 'model.save',
      sentence: restoredFrom === null ? `saved model ${name} version ${number}` : `restored model ${name} version ${restoredFrom} as version ${number}`,
      subject: { type: 'model', name },
      details: { version: number, note: storable(request.note), ...(restoredFrom === null ? {} : { restoredFrom }) },
    });
    return requireVersion(tx, row, number);
  });
}

/** The headers as they are kept: without what Imprint sets, named as the model is. Throws AppError `invalid`. */
function acceptHeaders(ctx: Ctx, name: string, headers: DraftHeaders): DraftHeaders {
  const shaped = draftHeaders.safeParse(headers);
  if (!shaped.success) throw refused(shaped.error.issues.map((issue) => ({ path: issue.path.join('.'), code: 'headers', message: 'A header is a text, a list or a map of the same.' })), shaped.error);
  const broken = unstorable(headers);
  if (broken.length > 0) throw refused(broken);
  if (headers.model !== undefined && headers.model !== name) throw refused([{ path: 'model', code: 'model-renamed', message: `This model is named ${name}, and devices know it by that. Create another model for another name.` }]);
  const draft = { ...headersToDraft(headers), model: name } as DraftHeaders;
  const problems = checkDraft(draft, { brandId: ctx.brand.accountId });
  if (hasErrors(problems)) throw refused(problems);
  return draft;
}

function refused(problems: Problem[], cause?: unknown): AppError {
  return new AppError('invalid', problems.length === 1 ? problems[0]!.message : `There are ${problems.length} things to put right before this can be saved.`, { problems, cause });
}

async function stale(latest: number, base: number, current: ModelVersion): Promise<AppError> {
  return new AppError('stale', `${current.author.name} has saved version ${latest} since you started from version ${base}. Compare the two and save again.`, { details: { current } });
}
