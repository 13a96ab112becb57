import { and, desc, eq, isNull } from 'drizzle-orm';
import type { AskSignatureRequest, DraftHeaders, Signature, SigningRequestView } from '@/lib/api/models';
import type { Headers } from '@/lib/assertion/assertion';
import { formatTime } from '@/lib/assertion/scalars';
import { AppError } from '@/lib/errors';
import { draftToHeaders } from '@/lib/model/draft';
import { exportJson } from '@/lib/model/export';
import { assertMay, change } from './change';
import type { Ctx, Database } from './context';
import type { KeyRow } from './key-rows';
import { requireAllowed, requireNotRetired } from './key-rules';
import { recordKeyUse } from './key-uses';
import { requireModel, requireVersion } from './model-rows';
import type { ModelRow } from './model-rows';
import { signingKey } from './schema/keys';
import { modelVersion, signingRequest } from './schema/models';
import { person } from './schema/people';
import { keepSignature, prepareSignature } from './signatures';
import { readAnswer } from './signing-answer';
import { isUuid } from './text';

/** Fixes what is to be signed on the machine that has the key: revision, time and every header. Throws as prepareSignature; AppError `conflict` for a key that signs here. */
export async function requestSignature(ctx: Ctx, name: string, request: AskSignatureRequest): Promise<SigningRequestView> {
  return change(ctx, 'model.sign', async (tx, note) => {
    const { of, version, key, time, revision } = await prepareSignature(ctx, tx, name, request);
    if (key.custody !== 'offline') throw new AppError('conflict', `Key ${key.name} signs here at once. Only keys that are kept offline are asked.`);
    const values = { brandId: ctx.brand.id, modelId: of.id, version: version.number, revision, signingKeyId: key.id, timestamp: time, createdBy: ctx.actor.userId };
    const [row] = await tx.insert(signingRequest).values(values).returning();
    await note({
      action: 'model.ask-signature',
      sentence: `asked for a signature of model ${name} version ${version.number} as revision ${revision} with the offline key ${key.name}`,
      subject: { type: 'model', name },
      details: { request: row!.id, version: version.number, revision, key: key.name, keyId: key.keyId },
    });
    return (await readRequests(ctx, tx, of, row!.id))[0]!;
  });
}

/** Those that wait for an answer, newest first. */
export async function listSigningRequests(ctx: Ctx, name: string): Promise<SigningRequestView[]> {
  assertMay(ctx, 'brand.read');
  return readRequests(ctx, ctx.db, await requireModel(ctx, ctx.db, name));
}

/** One that waits. Throws AppError `not-found`. */
export async function getSigningRequest(ctx: Ctx, name: string, id: string): Promise<SigningRequestView> {
  assertMay(ctx, 'brand.read');
  const [found] = isUuid(id) ? await readRequests(ctx, ctx.db, await requireModel(ctx, ctx.db, name), id) : [];
  if (!found) throw new AppError('not-found', `There is no such request for a signature of ${name}.`);
  return found;
}

/** Takes what `snap sign` printed. Throws as readAnswer, AppError `conflict` when it was answered or given up already, or the key may no longer sign. */
export async function answerSigningRequest(ctx: Ctx, name: string, id: string, text: string): Promise<Signature> {
  return change(ctx, 'model.sign', async (tx, note) => {
    const of = await requireModel(ctx, tx, name, true);
    const { row, key } = await requireOpen(tx, of, id);
    requireNotRetired(key);
    const version = await requireVersion(tx, of, row.version);
    const { assertion, time, digest } = readAnswer(text, { headers: askedHeaders(ctx, version.headers, row), time: row.timestamp, key });
    requireAllowed(key, assertion.headers);
    const signed = await keepSignature(ctx, tx, note, { of, version, key, time, revision: row.revision }, assertion, ', kept offline');
    await tx.update(signingRequest).set({ signatureId: signed.id }).where(eq(signingRequest.id, row.id));
    await recordKeyUse({ ...ctx, db: tx }, key.id, { purpose: 'model', subject: `model ${name} revision ${row.revision}`, digest });
    return signed.view;
  });
}

type RequestRow = typeof signingRequest.$inferSelect;

const askedHeaders = (ctx: Ctx, draft: DraftHeaders, { revision, timestamp }: Pick<RequestRow, 'revision' | 'timestamp'>): Headers => draftToHeaders(draft, { brandId: ctx.brand.accountId, revision, timestamp: formatTime(timestamp) });

/** Its revision is not used again. Throws AppError `conflict` when it was answered or given up already. */
export async function cancelSigningRequest(ctx: Ctx, name: string, id: string): Promise<SigningRequestView> {
  return change(ctx, 'model.sign', async (tx, note) => {
    const of = await requireModel(ctx, tx, name, true);
    const { row } = await requireOpen(tx, of, id);
    const [asked] = await readRequests(ctx, tx, of, id);
    await tx.update(signingRequest).set({ cancelledAt: new Date() }).where(eq(signingRequest.id, row.id));
    await note({ action: 'model.cancel-signature', sentence: `gave up the signature of model ${name} as revision ${row.revision}`, subject: { type: 'model', name }, details: { request: row.id, revision: row.revision } });
    return asked!;
  });
}

async function readRequests(ctx: Ctx, db: Database, of: ModelRow, id?: string): Promise<SigningRequestView[]> {
  const rows = await db
    .select({ row: signingRequest, headers: modelVersion.headers, keyName: signingKey.name, keyId: signingKey.keyId, creatorName: person.name, creatorEmail: person.email })
    .from(signingRequest)
    .innerJoin(modelVersion, and(eq(modelVersion.modelId, signingRequest.modelId), eq(modelVersion.number, signingRequest.version)))
    .innerJoin(signingKey, eq(signingKey.id, signingRequest.signingKeyId))
    .innerJoin(person, eq(person.id, signingRequest.createdBy))
    .where(and(eq(signingRequest.brandId, ctx.brand.id), eq(signingRequest.modelId, of.id), isNull(signingRequest.signatureId), isNull(signingRequest.cancelledAt), id === undefined ? undefined : eq(signingRequest.id, id)))
    .orderBy(desc(signingRequest.createdAt), desc(signingRequest.id));
  return rows.map(({ row, headers, keyName, keyId, creatorName, creatorEmail }) => ({
    id: row.id,
    model: of.name,
    version: row.version,
    revision: row.revision,
    keyName,
    keyId,
    timestamp: row.timestamp.toISOString(),
    json: exportJson(askedHeaders(ctx, headers, row)),
    createdAt: row.createdAt.toISOString(),
    createdBy: { name: creatorName, email: creatorEmail },
  }));
}

async function requireOpen(tx: Database, of: ModelRow, id: string): Promise<{ row: RequestRow; key: KeyRow }> {
  const [found] = isUuid(id)
    ? await tx
        .select({ row: signingRequest, key: signingKey })
        .from(signingRequest)
        .innerJoin(signingKey, eq(signingKey.id, signingRequest.signingKeyId))
        .where(and(eq(signingRequest.brandId, of.brandId), eq(signingRequest.modelId, of.id), eq(signingRequest.id, id)))
    : [];
  if (!found) throw new AppError('not-found', `There is no such request for a signature of ${of.name}.`);
  if (found.row.signatureId) throw new AppError('conflict', `Revision ${found.row.revision} of ${of.name} is signed already.`);
  if (found.row.cancelledAt) throw new AppError('conflict', `The request for revision ${found.row.revision} of ${of.name} was given up. Ask again.`);
  return found;
}
