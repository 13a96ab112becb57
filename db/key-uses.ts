import { and, desc, eq, lt, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Page } from '@/lib/api/common';
import type { KeyPurpose, KeyUseQuery, KeyUseView } from '@/lib/api/keys';
import { assertMay } from './change';
import type { Ctx } from './context';
import { readCursor, toPage } from './paging';
import { keyUse, signingKey } from './schema/keys';
import { person } from './schema/people';
import { apiToken } from './schema/tokens';
import { requireKey } from './key-rows';
import { isUuid, storable } from './text';

/** `subject`: what came of it, as the rest of a sentence: "model kiosk revision 3". `digest`: SHA-512 of what was signed, lower-case hexadecimal; null where nothing was. */
export type KeyUse = { purpose: KeyPurpose; subject: string; digest: string | null };

/** Writes a use of the key whose row is `keyId`, in the caller's transaction: `ctx.db`. It stands there for ever. */
export async function recordKeyUse(ctx: Ctx, keyId: string, { purpose, subject, digest }: KeyUse): Promise<void> {
  const { userId, token, address, requestId } = ctx.actor;
  const from = { actorId: userId, tokenId: token?.id ?? null, address: storable(address), requestId: storable(requestId) };
  await ctx.db.insert(keyUse).values({ brandId: ctx.brand.id, signingKeyId: keyId, purpose, subject: storable(subject), digest, ...from });
}

const position = z.tuple([z.iso.datetime(), z.string().refine(isUuid)]);

/** Every use of a key, newest first. */
export async function listKeyUses(ctx: Ctx, name: string, query: KeyUseQuery): Promise<Page<KeyUseView>> {
  assertMay(ctx, 'brand.read');
  const key = await requireKey(ctx, ctx.db, name);
  const before = readCursor(query.after, position);
  const rows = await ctx.db
    .select({ use: keyUse, actorName: person.name, actorEmail: person.email, tokenName: apiToken.name })
    .from(keyUse)
    .innerJoin(person, eq(person.id, keyUse.actorId))
    .leftJoin(apiToken, eq(apiToken.id, keyUse.tokenId))
    .where(
      and(
        eq(keyUse.brandId, ctx.brand.id),
        eq(keyUse.signingKeyId, key.id),
        query.purpose ? eq(keyUse.purpose, query.purpose) : undefined,
        before && or(lt(keyUse.at, new Date(before[0])), and(eq(keyUse.at, new Date(before[0])), lt(keyUse.id, before[1]))),
      ),
    )
    .orderBy(desc(keyUse.at), desc(keyUse.id))
    .limit(query.limit + 1);
  return toPage(rows, query.limit, ({ use }) => [use.at.toISOString(), use.id], view);
}

const view = ({ use, actorName, actorEmail, tokenName }: { use: typeof keyUse.$inferSelect; actorName: string; actorEmail: string | null; tokenName: string | null }): KeyUseView => ({
  id: use.id,
  at: use.at.toISOString(),
  purpose: use.purpose,
  subject: use.subject,
  digest: use.digest,
  actor: { name: actorName, email: actorEmail },
  token: tokenName,
});

/** When a key was last used for `purpose`, for a select of `signing_key`. */
export const lastUseAt = (purpose: KeyPurpose) =>
  sql<string | null>`(select max(${keyUse.at}) from ${keyUse} where ${keyUse.signingKeyId} = ${signingKey.id} and ${keyUse.purpose} = ${purpose})`;
