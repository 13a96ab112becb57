import type { Actor, Ctx, Database, OpenSigner } from './context';
import type { Person } from './people';

/** The context of somebody's work in a brand; undefined when they have no role there, or there is no such brand. */
export function enterBrand(db: Database, person: Person, slug: string, from: Pick<Actor, 'address' | 'requestId' | 'token'>, openSigner?: OpenSigner): Ctx | undefined {
  const found = person.brands.find((each) => each.slug === slug);
  if (!found) return undefined;
  const { id, name, accountId, role } = found;
  return { brand: { id, slug, name, accountId }, role, actor: { userId: person.userId, name: person.name, email: person.email, ...from }, db, ...(openSigner && { openSigner }) };
}
