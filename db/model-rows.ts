import { and, desc, eq, max, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { HeaderJson, ModelDetail, ModelSummary, ModelVersion, Signature } from '@/lib/api/models';
import { AppError } from '@/lib/errors';
import type { Ctx, Database } from './context';
import { build } from './schema/builds';
import { signingKey } from './schema/keys';
import { model, modelVersion, signature, signingRequest } from './schema/models';
import { person } from './schema/people';
import { isRowNumber, storable } from './text';

export type ModelRow = typeof model.$inferSelect;
export type SignatureRow = typeof signature.$inferSelect;

/** The brand's model of that name, locked until the transaction ends when `lock`. Throws AppError `not-found`. */
export async function requireModel(ctx: Ctx, db: Database, name: string, lock = false): Promise<ModelRow> {
  const query = db.select().from(model).where(and(eq(model.brandId, ctx.brand.id), eq(model.name, storable(name))));
  const [row] = await (lock ? query.for('update') : query);
  if (!row) throw new AppError('not-found', `There is no model ${name} in ${ctx.brand.name}.`);
  return row;
}

const versionColumns = { row: modelVersion, authorName: person.name, authorEmail: person.email, signedRevision: sql<number | null>`(select max(${signature.revision}) from ${signature} where ${signature.modelId} = ${modelVersion.modelId} and ${signature.version} = ${modelVersion.number})` };

const versionQuery = (db: Database, of: ModelRow) =>
  db.select(versionColumns).from(modelVersion).innerJoin(person, eq(person.id, modelVersion.authorId)).where(and(eq(modelVersion.brandId, of.brandId), eq(modelVersion.modelId, of.id))).$dynamic();

type VersionRow = Awaited<ReturnType<typeof versionQuery>>[number];

const versionView = ({ row, authorName, authorEmail, signedRevision }: VersionRow): ModelVersion => ({
  number: row.number,
  headers: row.headers,
  author: { name: authorName, email: authorEmail },
  note: row.note,
  createdAt: row.createdAt.toISOString(),
  restoredFrom: row.restoredFrom,
  signedRevision,
});

/** Newest first. */
export async function findVersions(db: Database, of: ModelRow): Promise<ModelVersion[]> {
  const rows = await versionQuery(db, of).orderBy(desc(modelVersion.number));
  return rows.map(versionView);
}

/** Throws AppError `not-found`. */
export async function requireVersion(db: Database, of: ModelRow, number: number): Promise<ModelVersion> {
  const rows = isRowNumber(number) ? await versionQuery(db, of).where(and(eq(modelVersion.brandId, of.brandId), eq(modelVersion.modelId, of.id), eq(modelVersion.number, number))) : [];
  if (!rows[0]) throw new AppError('not-found', `Model ${of.name} has no version ${number}.`);
  return versionView(rows[0]);
}

const signatureColumns = { row: signature, keyName: signingKey.name, keyId: signingKey.keyId, chain: signingKey.chain, signerName: person.name, signerEmail: person.email };

/** Newest first; one when `revision` is given. */
export function findSignatures(db: Database, of: ModelRow, revision?: number) {
  return db
    .select(signatureColumns)
    .from(signature)
    .innerJoin(signingKey, eq(signingKey.id, signature.signingKeyId))
    .innerJoin(person, eq(person.id, signature.signedBy))
    .where(and(eq(signature.brandId, of.brandId), eq(signature.modelId, of.id), revision === undefined ? undefined : eq(signature.revision, revision)))
    .orderBy(desc(signature.revision));
}

export type SignatureFacts = Awaited<ReturnType<typeof findSignatures>>[number];

/** Throws AppError `not-found`. */
export async function requireSignature(db: Database, of: ModelRow, revision: number): Promise<SignatureFacts> {
  const [found] = isRowNumber(revision) ? await findSignatures(db, of, revision) : [];
  if (!found) throw new AppError('not-found', `Model ${of.name} has no signed revision ${revision}.`);
  return found;
}

/** One more than the model's highest, those that were asked for outside included, answered or not. */
export async function nextRevision(db: Database, of: Pick<ModelRow, 'id'>): Promise<number> {
  const [signed] = await db.select({ revision: max(signature.revision) }).from(signature).where(eq(signature.modelId, of.id));
  const [asked] = await db.select({ revision: max(signingRequest.revision) }).from(signingRequest).where(eq(signingRequest.modelId, of.id));
  return Math.max(signed?.revision ?? 0, asked?.revision ?? 0) + 1;
}

export const signatureView = ({ row, keyName, keyId, signerName, signerEmail }: Omit<SignatureFacts, 'chain'>): Signature => ({
  revision: row.revision,
  version: row.version,
  keyName,
  keyId,
  timestamp: row.timestamp.toISOString(),
  signedAt: row.signedAt.toISOString(),
  signedBy: { name: signerName, email: signerEmail },
  sha3_384: row.sha3384,
  production: row.production,
});

/** The version that `summaryQuery` shows. */
export const newest = alias(modelVersion, 'newest');

/** Models with what their lists show; the caller adds conditions and order. */
export function summaryQuery(db: Database) {
  const signed = db
    .select({ revision: signature.revision, version: signature.version })
    .from(signature)
    .where(eq(signature.modelId, model.id))
    .orderBy(desc(signature.revision))
    .limit(1)
    .as('signed');
  const last = db
    .select({ number: build.number, state: build.state, requestedAt: build.requestedAt })
    .from(build)
    .where(eq(build.modelId, model.id))
    .orderBy(desc(build.number))
    .limit(1)
    .as('last');
  return db
    .select({
      row: model,
      headers: newest.headers,
      savedName: person.name,
      savedEmail: person.email,
      signed: { revision: signed.revision, version: signed.version },
      last: { number: last.number, state: last.state, requestedAt: last.requestedAt },
    })
    .from(model)
    .innerJoin(newest, and(eq(newest.brandId, model.brandId), eq(newest.modelId, model.id), eq(newest.number, model.latestVersion)))
    .innerJoin(person, eq(person.id, model.updatedBy))
    .leftJoinLateral(signed, sql`true`)
    .leftJoinLateral(last, sql`true`)
    .$dynamic();
}

export type SummaryRow = Awaited<ReturnType<typeof summaryQuery>>[number];

const text = (value: HeaderJson | undefined): string => (typeof value === 'string' ? value : '');

/** As shown to people: the display name, or the name when there is none. */
export const displayNameOf = (headers: { 'display-name'?: HeaderJson }, name: string): string => text(headers['display-name']).split('\n')[0]!.trim() || name;

export function summaryView({ row, headers, savedName, savedEmail, signed, last }: SummaryRow): ModelSummary {
  return {
    name: row.name,
    displayName: displayNameOf(headers, row.name),
    base: text(headers.base),
    architecture: text(headers.architecture),
    // Absent means signed (snapd asserts/model.go).
    grade: text(headers.grade) || 'signed',
    snaps: Array.isArray(headers.snaps) ? headers.snaps.length : 0,
    latestVersion: row.latestVersion,
    signed: signed && { revision: signed.revision, version: signed.version },
    lastBuild: last && { number: last.number, state: last.state, requestedAt: last.requestedAt.toISOString() },
    updatedAt: row.updatedAt.toISOString(),
    updatedBy: { name: savedName, email: savedEmail },
  };
}

/** Everything about one model. */
export async function readDetail(db: Database, of: ModelRow): Promise<ModelDetail> {
  const [summary] = await summaryQuery(db).where(and(eq(model.brandId, of.brandId), eq(model.id, of.id)));
  const signatures = await findSignatures(db, of);
  return { ...summaryView(summary!), latest: await requireVersion(db, of, summary!.row.latestVersion), signatures: signatures.map(signatureView), nextRevision: await nextRevision(db, of) };
}
