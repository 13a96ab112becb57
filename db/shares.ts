import { and, desc, eq, getTableColumns, gt, isNull, sql } from 'drizzle-orm';
import type { CreateShareRequest, SharedBuild, ShareOpen, ShareView } from '@/lib/api/shares';
import type { HeaderJson } from '@/lib/api/models';
import { BUILD_ALLOWS } from '@/lib/build/states';
import { AppError } from '@/lib/errors';
import { hashLinkToken, makeLinkToken, sameTokenHash } from '@/lib/keys/link-token';
import { isForFlashing } from '@/lib/warnings';
import { readArtifact } from './artifacts';
import type { StoredArtifact } from './artifacts';
import { readArtifactViews, readFacts, requireBuild } from './build-rows';
import { assertMay, change } from './change';
import type { Ctx, Database } from './context';
import { hasImages } from './keeping';
import { displayNameOf } from './model-rows';
import { readProof } from './proof-rows';
import { brand } from './schema/brands';
import { build } from './schema/builds';
import { person } from './schema/people';
import { share, shareOpen } from './schema/shares';
import { isUuid, storable } from './text';

const LOG_LENGTH = 50;

/** Newest first. */
export async function listShares(ctx: Ctx, number: number): Promise<ShareView[]> {
  assertMay(ctx, 'brand.read');
  const { id } = await requireBuild(ctx, ctx.db, number);
  const rows = await ctx.db.select({ id: share.id }).from(share).where(eq(share.buildId, id)).orderBy(desc(share.createdAt), desc(share.id));
  return Promise.all(rows.map((row) => readShare(ctx.db, row.id)));
}

/** `token` is told here and never again: only its hash is kept. Throws AppError `conflict` when there is nothing to share. */
export async function createShare(ctx: Ctx, number: number, request: CreateShareRequest): Promise<{ share: ShareView; token: string }> {
  return change(ctx, 'share.create', async (tx, note) => {
    const row = await requireBuild(ctx, tx, number, true);
    if (!BUILD_ALLOWS[row.state].share) throw new AppError('conflict', `Build ${number} has no image to share.`);
    if (!(await hasImages(tx, row))) throw new AppError('conflict', `The images of build ${number} are gone. Build it again, then share that.`);
    const { token, hash } = makeLinkToken();
    const [made] = await tx
      .insert(share)
      .values({ brandId: ctx.brand.id, buildId: row.id, tokenHash: hash, note: storable(request.note), createdBy: ctx.actor.userId, expiresAt: sql`now() + make_interval(days => ${request.expiresInDays})` })
      .returning();
    await note({
      action: 'share.create',
      sentence: `created a link to build ${number} that works until ${made!.expiresAt.toISOString().slice(0, 10)}`,
      subject: { type: 'share', name: made!.id },
      details: { build: number, expiresAt: made!.expiresAt.toISOString(), note: storable(request.note) },
    });
    return { share: await readShare(tx, made!.id), token };
  });
}

/** The link stops working at once. Throws AppError `conflict` when it had been revoked before. */
export async function revokeShare(ctx: Ctx, id: string): Promise<ShareView> {
  return change(ctx, 'share.revoke', async (tx, note) => {
    const [row] = isUuid(id) ? await tx.select({ share, build: build.number }).from(share).innerJoin(build, eq(build.id, share.buildId)).where(and(eq(share.brandId, ctx.brand.id), eq(share.id, id))).for('update', { of: share }) : [];
    if (!row) throw new AppError('not-found', `There is no such link in ${ctx.brand.name}.`);
    if (row.share.revokedAt) throw new AppError('conflict', `This link was revoked already, on ${row.share.revokedAt.toISOString().slice(0, 10)}.`);
    await tx.update(share).set({ revokedAt: sql`now()` }).where(eq(share.id, id));
    await note({ action: 'share.revoke', sentence: `revoked a link to build ${row.build}`, subject: { type: 'share', name: id }, details: { build: row.build } });
    return readShare(tx, id);
  });
}

async function readShare(db: Database, id: string): Promise<ShareView> {
  const [found] = await db
    .select({ row: share, build: build.number, creatorName: person.name, creatorEmail: person.email, expired: sql<boolean>`${share.expiresAt} <= now()`, opens: sql<string>`(select count(*) from ${shareOpen} where ${shareOpen.shareId} = ${share.id})` })
    .from(share)
    .innerJoin(build, eq(build.id, share.buildId))
    .innerJoin(person, eq(person.id, share.createdBy))
    .where(eq(share.id, id));
  const log = await db.select({ ...getTableColumns(shareOpen), complete: isComplete }).from(shareOpen).where(eq(shareOpen.shareId, id)).orderBy(desc(shareOpen.id)).limit(LOG_LENGTH);
  const { row, build: number, creatorName, creatorEmail, expired, opens } = found!;
  return {
    id: row.id,
    build: number,
    note: row.note,
    state: row.revokedAt ? 'revoked' : expired ? 'expired' : 'active',
    createdAt: row.createdAt.toISOString(),
    createdBy: { name: creatorName, email: creatorEmail },
    expiresAt: row.expiresAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
    opens: Number(opens),
    lastOpenedAt: log[0]?.at.toISOString() ?? null,
    log: log.map(readOpening),
  };
}

const isComplete = sql<boolean>`${shareOpen.sent} @> int8range(0, ${shareOpen.sizeBytes})`;

type OpenRow = typeof shareOpen.$inferSelect & { complete: boolean };

function readOpening({ at, address, userAgent, what, sentBytes, sizeBytes, complete }: OpenRow): ShareOpen {
  const download = sizeBytes === null ? null : { sentBytes, sizeBytes, complete };
  return { at: at.toISOString(), address, userAgent, what, download };
}

export type Opening = { id: string; token: string; address: string; userAgent: string };

/** Whether the link shows something, without noting an opening. */
export const isOpenShare = async (db: Database, link: Pick<Opening, 'id' | 'token'>): Promise<boolean> => (await findOpen(db, link)) !== undefined;

/** What somebody with the link sees; undefined alike for an unknown, expired or revoked link and for a wrong token. Notes the opening as `what`. */
export async function openShare(db: Database, opening: Opening & { what: string }): Promise<SharedBuild | undefined> {
  const found = await findOpen(db, opening);
  if (!found) return undefined;
  await noteOpening(db, found.row, opening, opening.what);
  const facts = await readFacts(db, found.row.buildId);
  const headers = facts.headers as Record<string, HeaderJson | undefined>;
  const text = (name: string) => (typeof headers[name] === 'string' ? headers[name] : '');
  return {
    id: found.row.id,
    brandName: found.brandName,
    model: facts.model,
    modelDisplayName: displayNameOf(facts.headers, facts.model),
    architecture: text('architecture'),
    base: text('base'),
    grade: text('grade') || 'signed',
    revision: facts.revision,
    builtAt: (facts.row.finishedAt ?? facts.row.requestedAt).toISOString(),
    expiresAt: found.row.expiresAt.toISOString(),
    note: found.row.note,
    production: facts.row.production,
    warnings: facts.row.warnings.filter(isForFlashing),
    artifacts: await readArtifactViews(db, facts.row.id),
    proof: await readProof(db, facts.row.id),
    snaps: facts.row.snaps,
  };
}

/** Writes down bytes of a file that left, `start` to before `end`: before any did, an empty range. */
export type NoteSent = (start: number, end: number) => Promise<void>;

/**
 * A file behind the link, undefined as for `openShare`, and how to note what of it is sent.
 * Throws AppError `not-found`, or `gone` when the file was deleted.
 */
export async function openSharedArtifact(
  db: Database,
  opening: Opening & { fileName: string },
): Promise<{ file: StoredArtifact; note: NoteSent } | undefined> {
  const found = await findOpen(db, opening);
  if (!found) return undefined;
  const file = await readArtifact(db, { id: found.row.buildId, number: found.number }, opening.fileName);
  return { file, note: (start, end) => noteSent(db, found.row, opening, file, start, end) };
}

/** Parts that somebody asks for within an hour of the last are one download. */
const SAME_DOWNLOAD = sql`${shareOpen.lastAt} > now() - interval '1 hour'`;

async function noteSent(db: Database, row: typeof share.$inferSelect, opening: Opening, file: StoredArtifact, start: number, end: number): Promise<void> {
  const told = openingValues(row, opening, file.fileName);
  const isSame = and(eq(shareOpen.shareId, row.id), eq(shareOpen.what, told.what), eq(shareOpen.address, told.address), eq(shareOpen.userAgent, told.userAgent), SAME_DOWNLOAD);
  const range = sql`int8multirange(int8range(${start}, ${end}))`;
  await db.transaction(async (tx) => {
    // Parts that begin together make one row.
    await tx.select({ id: share.id }).from(share).where(eq(share.id, row.id)).for('no key update');
    const [last] = await tx.select({ id: shareOpen.id }).from(shareOpen).where(isSame).orderBy(desc(shareOpen.id)).limit(1);
    if (!last) return tx.insert(shareOpen).values({ ...told, sizeBytes: file.sizeBytes, sentBytes: end - start, sent: range });
    return tx
      .update(shareOpen)
      .set({ sentBytes: sql`${shareOpen.sentBytes} + ${end - start}`, sent: sql`${shareOpen.sent} + ${range}`, lastAt: sql`now()` })
      .where(eq(shareOpen.id, last.id));
  });
}

async function findOpen(db: Database, { id, token }: Pick<Opening, 'id' | 'token'>) {
  const [found] = await db
    .select({ row: share, brandName: brand.name, number: build.number })
    .from(share)
    .innerJoin(build, eq(build.id, share.buildId))
    .innerJoin(brand, eq(brand.id, share.brandId))
    .where(and(eq(share.id, isUuid(id) ? id : '00000000-0000-0000-0000-000000000000'), isNull(share.revokedAt), gt(share.expiresAt, sql`now()`), eq(brand.active, true)));
  return found && sameTokenHash(found.row.tokenHash, hashLinkToken(token)) ? found : undefined;
}

async function noteOpening(db: Database, row: typeof share.$inferSelect, opening: Opening, what: string): Promise<void> {
  await db.insert(shareOpen).values(openingValues(row, opening, what));
}

const openingValues = (row: typeof share.$inferSelect, { address, userAgent }: Opening, what: string) => ({
  brandId: row.brandId,
  shareId: row.id,
  address: storable(address),
  userAgent: storable(userAgent).slice(0, 500),
  what: storable(what).slice(0, 200),
});
