import { randomBytes, randomUUID } from 'node:crypto';
import { ROLES } from '@/lib/access';
import type { Role } from '@/lib/access';
import { eq } from 'drizzle-orm';
import { syncBrands } from '../brands';
import type { BrandsConfig } from '../brands';
import type { Ctx } from '../context';
import { holdMasterKey } from '../master-key';
import { recordSignIn } from '../people';
import { brand } from '../schema/brands';
import { freshDatabase } from './database';
import type { FreshDatabase } from './database';

const groups = (slug: string) => Object.fromEntries(ROLES.map((role) => [`${slug}-${role}`, role]));

export const TWO_BRANDS: BrandsConfig = [
  { slug: 'acme', name: 'Acme', accountId: 'acme-account', groups: groups('acme') },
  { slug: 'globex', name: 'Globex', accountId: 'globex-account', groups: groups('globex') },
];

export type Brands = FreshDatabase & {
  /** Somebody with that role in that brand; the same person each time. */
  as(slug: 'acme' | 'globex', role: Role): Promise<Ctx>;
};

/** A database of the caller's own with two brands that have somebody in every role. */
export async function twoBrands(): Promise<Brands> {
  const opened = await freshDatabase();
  const { db } = opened;
  holdMasterKey(randomBytes(32));
  await syncBrands(db, TWO_BRANDS);
  const people = new Map<string, string>();
  return {
    ...opened,
    async as(slug, role) {
      const name = `${slug} ${role}`;
      const email = `${role}@${slug}.example`;
      const known = people.get(name);
      const userId = known ?? (await recordSignIn(db, { issuer: 'https://issuer.example', subject: name, name, email, groups: [`${slug}-${role}`], address: '192.0.2.1', userAgent: 'test' })).userId;
      people.set(name, userId);
      const [row] = await db.select().from(brand).where(eq(brand.slug, slug));
      const { id, accountId, name: brandName } = row!;
      return { brand: { id, slug, name: brandName, accountId }, role, actor: { userId, name, email, address: '192.0.2.1', requestId: randomUUID() }, db };
    },
  };
}
