import { and, desc, eq, inArray, lt, or } from 'drizzle-orm';
import { z } from 'zod';
import type { ListQuery, Page } from '@/lib/api/common';
import type { KeySignature } from '@/lib/api/keys';
import { assertMay } from './change';
import type { Ctx, Database } from './context';
import { requireKey } from './key-rows';
import { readCursor, toPage } from './paging';
import { build } from './schema/builds';
import { signingKey } from './schema/keys';
import { model, signature } from './schema/models';
import { person } from './schema/people';
import { isUuid } from './text';

const position = z.tuple([z.iso.datetime(), z.string().refine(isUuid)]);

/** Everything that a key has signed, newest first, with the builds that were made of it. */
export async function listKeySignatures(ctx: Ctx, name: string, query: Pick<ListQuery, 'after' | 'limit'>): Promise<Page<KeySignature>> {
  assertMay(ctx, 'brand.read');
  const key = await requireKey(ctx, ctx.db, name);
  const before = readCursor(query.after, position);
  const rows = await ctx.db
    .select({ id: signature.id, model: model.name, version: signature.version, revision: signature.revision, signedAt: signature.signedAt, signerName: person.name, signerEmail: person.email })
    .from(signature)
    .innerJoin(model, eq(model.id, signature.modelId))
    .innerJoin(person, eq(person.id, signature.signedBy))
    .where(
      and(
        eq(signature.brandId, ctx.brand.id),
        eq(signature.signingKeyId, key.id),
        before && or(lt(signature.signedAt, new Date(before[0])), and(eq(signature.signedAt, new Date(before[0])), lt(signature.id, before[1]))),
      ),
    )
    .orderBy(desc(signature.signedAt), desc(signature.id))
    .limit(query.limit + 1);
  const builds = await buildsOf(ctx, rows.map(({ id }) => id));
  return toPage(rows, query.limit, ({ signedAt, id }) => [signedAt.toISOString(), id], ({ id, signedAt, signerName, signerEmail, ...row }) => ({
    ...row,
    signedAt: signedAt.toISOString(),
    signedBy: { name: signerName, email: signerEmail },
    builds: builds.get(id) ?? [],
  }));
}

async function buildsOf(ctx: Ctx, signatureIds: string[]): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  if (signatureIds.length === 0) return found;
  const rows = await ctx.db
    .select({ signatureId: build.signatureId, number: build.number })
    .from(build)
    .where(and(eq(build.brandId, ctx.brand.id), inArray(build.signatureId, signatureIds)))
    .orderBy(desc(build.number));
  for (const { signatureId, number } of rows) found.set(signatureId, [...(found.get(signatureId) ?? []), number]);
  return found;
}

/** A model that a key has signed, and the newest signature that it has. */
export type NewestSignature = { model: string; version: number; revision: number; signedAt: Date; keyName: string; keyRowId: string };

/** Of every model that the key has ever signed, by name. */
export async function newestSignatures(db: Database, { id, brandId }: Pick<typeof signingKey.$inferSelect, 'id' | 'brandId'>): Promise<NewestSignature[]> {
  const ever = db.select({ modelId: signature.modelId }).from(signature).where(eq(signature.signingKeyId, id));
  return db
    .selectDistinctOn([model.name], { model: model.name, version: signature.version, revision: signature.revision, signedAt: signature.signedAt, keyName: signingKey.name, keyRowId: signingKey.id })
    .from(signature)
    .innerJoin(model, eq(model.id, signature.modelId))
    .innerJoin(signingKey, eq(signingKey.id, signature.signingKeyId))
    .where(and(eq(signature.brandId, brandId), inArray(signature.modelId, ever)))
    .orderBy(model.name, desc(signature.revision));
}
