import { and, eq, gt, isNull, lte, or, sql } from 'drizzle-orm';
import { EXPIRING_DAYS } from '@/lib/api/keys';
import type { Overview } from '@/lib/api/people';
import { assertMay } from './change';
import type { Ctx } from './context';
import { build } from './schema/builds';
import { signingKey } from './schema/keys';
import { model, signature } from './schema/models';
import { share } from './schema/shares';

export async function getOverview(ctx: Ctx): Promise<Overview> {
  assertMay(ctx, 'brand.read');
  const { db } = ctx;
  const brandId = ctx.brand.id;
  const usable = and(eq(signingKey.brandId, brandId), eq(signingKey.state, 'registered'), or(isNull(signingKey.until), gt(signingKey.until, sql`now()`)));
  const [keysReady, signed, built, shared, models, keys, builds, expiring] = await Promise.all([
    db.$count(signingKey, usable),
    db.$count(signature, eq(signature.brandId, brandId)),
    db.$count(build, and(eq(build.brandId, brandId), eq(build.state, 'succeeded'))),
    db.$count(share, eq(share.brandId, brandId)),
    db.$count(model, eq(model.brandId, brandId)),
    db.$count(signingKey, and(eq(signingKey.brandId, brandId), sql`${signingKey.state} <> 'retired'`)),
    db.$count(build, eq(build.brandId, brandId)),
    db
      .select({ name: signingKey.name, until: signingKey.until })
      .from(signingKey)
      .where(and(usable, lte(signingKey.until, sql`now() + make_interval(days => ${EXPIRING_DAYS})`)))
      .orderBy(signingKey.until, signingKey.name),
  ]);
  return {
    checklist: { keyReady: keysReady > 0, modelSigned: signed > 0, imageBuilt: built > 0, linkShared: shared > 0 },
    counts: { models, keys, builds },
    keysExpiring: expiring.map(({ name, until }) => ({ name, until: until!.toISOString() })),
  };
}
