import { and, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { whyNotScope } from '@/lib/access';
import { TOKEN_REST_DAYS } from '@/lib/api/tokens';
import type { CreateTokenRequest, TokenState, TokenView } from '@/lib/api/tokens';
import { AppError } from '@/lib/errors';
import { hashApiToken, makeApiToken } from '@/lib/keys/api-token';
import { membershipsOf } from './brands';
import { assertMay, change } from './change';
import type { Actor, Ctx, Database } from './context';
import type { Person } from './people';
import { groupRole } from './schema/brands';
import { person } from './schema/people';
import { apiToken } from './schema/tokens';
import { isUuid, storable } from './text';

const MAX_LIVE = 50;
const LIST_LENGTH = 500;

const isLive = and(isNull(apiToken.revokedAt), gt(apiToken.expiresAt, sql`now()`));
const isAwake = gt(person.lastSeenAt, sql`now() - make_interval(days => ${TOKEN_REST_DAYS})`);

/** Newest first: the person's own, an owner's view has everybody's. Those that ended 90 days ago or earlier are left out. */
export async function listTokens(ctx: Ctx): Promise<TokenView[]> {
  assertMay(ctx, 'token.create');
  return readTokens(ctx, ctx.db);
}

/** `secret` is told here and never again: only its hash is kept. Throws AppError `invalid` for a scope that is not the person's to give, `conflict` when they have 50 that work. */
export async function createToken(ctx: Ctx, { name, scopes, expiresInDays }: CreateTokenRequest): Promise<{ token: TokenView; secret: string }> {
  return change(ctx, 'token.create', async (tx, note) => {
    const problems = scopes.flatMap((scope) => {
      const reason = whyNotScope(ctx.role, scope);
      return reason === undefined ? [] : [{ path: 'scopes', code: 'scope-not-yours', message: reason }];
    });
    if (problems.length > 0) throw new AppError('invalid', 'A token cannot be given what its person may not do.', { problems });
    // One after the other, so that their number holds.
    await tx.select({ id: person.id }).from(person).where(eq(person.id, ctx.actor.userId)).for('update');
    const live = await tx.$count(apiToken, and(eq(apiToken.brandId, ctx.brand.id), eq(apiToken.personId, ctx.actor.userId), isLive));
    if (live >= MAX_LIVE) throw new AppError('conflict', `You have ${MAX_LIVE} API tokens that work, which is the most there may be. Revoke one first.`);
    const { secret, hash } = makeApiToken();
    const [made] = await tx
      .insert(apiToken)
      .values({ brandId: ctx.brand.id, personId: ctx.actor.userId, name: storable(name), hash, scopes, expiresAt: sql`now() + make_interval(days => ${expiresInDays})` })
      .returning();
    const expiresAt = made!.expiresAt.toISOString();
    await note({ action: 'token.create', sentence: `created API token ${made!.name} for ${scopes.join(', ')} until ${expiresAt.slice(0, 10)}`, subject: { type: 'token', name: made!.name }, details: { id: made!.id, scopes, expiresAt } });
    return { token: (await readTokens(ctx, tx, made!.id))[0]!, secret };
  });
}

/** It stops working at once. Throws AppError `not-found` for somebody else's, unless an owner asks, and `conflict` when it was revoked before. */
export async function revokeToken(ctx: Ctx, id: string): Promise<TokenView> {
  return change(ctx, 'token.revoke', async (tx, note) => {
    const [row] = isUuid(id) ? await tx.select().from(apiToken).where(and(visibleTo(ctx), eq(apiToken.id, id))).for('update') : [];
    if (!row) throw new AppError('not-found', `There is no such API token of yours in ${ctx.brand.name}.`);
    if (row.revokedAt) throw new AppError('conflict', `API token ${row.name} was revoked already, on ${row.revokedAt.toISOString().slice(0, 10)}.`);
    await tx.update(apiToken).set({ revokedAt: sql`now()`, revokedBy: ctx.actor.userId }).where(eq(apiToken.id, id));
    await note({ action: 'token.revoke', sentence: `revoked API token ${row.name}`, subject: { type: 'token', name: row.name }, details: { id } });
    return (await readTokens(ctx, tx, id))[0]!;
  });
}

const visibleTo = (ctx: Ctx) => and(eq(apiToken.brandId, ctx.brand.id), ctx.role === 'owner' ? undefined : eq(apiToken.personId, ctx.actor.userId));

async function readTokens(ctx: Ctx, db: Database, id?: string): Promise<TokenView[]> {
  const revoker = alias(person, 'revoker');
  const lately = sql`now() - interval '90 days'`;
  const rows = await db
    .select({
      row: apiToken,
      owner: { name: person.name, email: person.email },
      revoker: { name: revoker.name, email: revoker.email },
      expired: sql<boolean>`${apiToken.expiresAt} <= now()`,
      awake: sql<boolean>`${isAwake}`,
      member: sql<boolean>`exists (select 1 from ${groupRole} where ${groupRole.brandId} = ${apiToken.brandId} and ${groupRole.group} = any(${person.groups}))`,
    })
    .from(apiToken)
    .innerJoin(person, eq(person.id, apiToken.personId))
    .leftJoin(revoker, eq(revoker.id, apiToken.revokedBy))
    .where(and(visibleTo(ctx), id === undefined ? and(gt(apiToken.expiresAt, lately), or(isNull(apiToken.revokedAt), gt(apiToken.revokedAt, lately))) : eq(apiToken.id, id)))
    .orderBy(desc(apiToken.createdAt), desc(apiToken.id))
    .limit(LIST_LENGTH);
  return rows.map(({ row, owner, revoker: by, ...facts }) => ({
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    state: stateOf(row.revokedAt !== null, facts),
    owner,
    mine: row.personId === ctx.actor.userId,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    lastUsedAddress: row.lastUsedAddress,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    revokedBy: by,
  }));
}

function stateOf(revoked: boolean, { expired, member, awake }: { expired: boolean; member: boolean; awake: boolean }): TokenState {
  if (revoked) return 'revoked';
  if (expired) return 'expired';
  if (!member) return 'orphaned';
  return awake ? 'active' : 'asleep';
}

/** Whom a token acts for, in its own brand alone. */
export type Bearer = { person: Person; token: NonNullable<Actor['token']> };

/**
 * Who sends this secret; undefined alike for one that is unknown, revoked, expired or asleep, and when its person is no longer in the brand.
 * The look-up is by hash, the same for whatever was sent. Notes the use, at most once a minute.
 */
export async function findBearer(db: Database, secret: string, address: string): Promise<Bearer | undefined> {
  const [found] = await db
    .select({ token: apiToken, who: person })
    .from(apiToken)
    .innerJoin(person, eq(person.id, apiToken.personId))
    .where(and(eq(apiToken.hash, hashApiToken(secret)), isLive, isAwake));
  if (!found) return undefined;
  const { token, who } = found;
  const brands = (await membershipsOf(db, who.groups)).filter(({ id }) => id === token.brandId);
  if (brands.length === 0) return undefined;
  await db
    .update(apiToken)
    .set({ lastUsedAt: sql`now()`, lastUsedAddress: storable(address) })
    .where(and(eq(apiToken.id, token.id), or(isNull(apiToken.lastUsedAt), lt(apiToken.lastUsedAt, sql`now() - interval '1 minute'`))));
  return { person: { userId: who.id, name: who.name, email: who.email, brands }, token: { id: token.id, name: token.name, scopes: token.scopes } };
}
