import { ROLES } from '@/lib/access';
import type { Role } from '@/lib/access';

export type DemoPerson = { id: string; name: string; email: string; groups: string[]; /** What the person may do, for the button. */ about: string };

const groupOf = (brand: string, role: Role): string => `${brand}-${role}s`;
const rolesOf = (brand: string): Record<string, Role> => Object.fromEntries(ROLES.map((role) => [groupOf(brand, role), role]));

/** The brands of the embedded set-up, as the file that IMPRINT_BRANDS names has them. */
export const DEMO_BRANDS = [
  { slug: 'acme', name: 'Acme', accountId: 'acme', groups: rolesOf('acme') },
  { slug: 'globex', name: 'Globex', accountId: 'globex', groups: rolesOf('globex') },
];

const person = (id: string, name: string, at: string, about: string, ...groups: string[]): DemoPerson => ({ id, name, email: `${id}@${at}.example`, groups, about });

/** Made up, and without passwords: whoever reaches the embedded issuer may be any of them. */
export const DEMO_PEOPLE: DemoPerson[] = [
  person('ada', 'Ada Okafor', 'acme', 'owner of Acme', 'acme-owners'),
  person('sam', 'Sam Rivera', 'acme', 'signer of Acme', 'acme-signers'),
  person('edda', 'Edda Lindqvist', 'acme', 'editor of Acme', 'acme-editors'),
  person('ben', 'Ben Tanaka', 'acme', 'builder of Acme', 'acme-builders'),
  person('vera', 'Vera Novak', 'acme', 'viewer of Acme', 'acme-viewers'),
  person('aron', 'Aron Haddad', 'acme', 'auditor of Acme', 'acme-auditors'),
  person('gloria', 'Gloria Meyer', 'globex', 'owner of Globex', 'globex-owners'),
  person('viktor', 'Viktor Silva', 'globex', 'viewer of Globex', 'globex-viewers'),
  person('bianca', 'Bianca Rossi', 'agency', 'builder of Acme and editor of Globex', 'acme-builders', 'globex-editors'),
];
