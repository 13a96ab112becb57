import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import type { CreateShareRequest, SharedBuild, ShareView } from '@/lib/api/shares';
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
  const log = await db.select().from(shareOpen).where(eq(shareOpen.shareId, id)).orderBy(desc(shareOpen.id)).limit(LOG_LENGTH);
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
    log: log.map(({ at, address, userAgent, what }) => ({ at: at.toISOString(), address, userAgent, what })),
  };
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

/**
 * A file behind the link, undefined as for `openShare`. `counts` says whether to note it: the further ranges of one download are no openings.
 * Throws AppError `not-found`, or `gone` when the file was deleted.
 */
export async function openSharedArtifact(db: Database, opening: Opening & { fileName: string; counts: boolean }): Promise<StoredArtifact | undefined> {
  const found = await findOpen(db, opening);
  if (!found) return undefined;
  const file = await readArtifact(db, { id: found.row.buildId, number: found.number }, opening.fileName);
  if (opening.counts) await noteOpening(db, found.row, opening, file.fileName);
  return file;
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

async function noteOpening(db: Database, row: typeof share.$inferSelect, { address, userAgent }: Opening, what: string): Promise<void> {
  await db.insert(shareOpen).values({ brandId: row.brandId, shareId: row.id, address: storable(address), userAgent: storable(userAgent).slice(0, 500), what: storable(what).slice(0, 200) });
}
