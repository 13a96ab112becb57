import { personRoute } from '@/app/respond';

export const GET = personRoute({}, ({ person }) => ({
  name: person.name,
  email: person.email,
  brands: person.brands.map(({ slug, name, accountId, role, via }) => ({ slug, name, accountId, role, via })),
}));
