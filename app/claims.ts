const MAX_GROUPS = 500;

type SignInClaims = { subject: string; name: string; email: string | null; groups: string[] };

const words = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : undefined);

/**
 * What an ID token says about a person. Groups are a list of strings, or one string (some providers send that for one group);
 * `groupsClaim` may be a path such as `realm_access.roles`. An e-mail address that the provider calls unverified is not kept.
 * Throws TypeError without a `sub`: such a token must not have been accepted.
 */
export function readClaims(claims: Record<string, unknown>, groupsClaim: string): SignInClaims {
  const subject = typeof claims.sub === 'string' ? claims.sub : '';
  if (subject === '') throw new TypeError('an ID token without sub');
  const email = claims.email_verified === false ? undefined : words(claims.email);
  const name = words(claims.name) ?? words(claims.preferred_username) ?? email ?? subject.slice(0, 200);
  return { subject, name, email: email ?? null, groups: readGroups(claims, groupsClaim) };
}

function readGroups(claims: Record<string, unknown>, path: string): string[] {
  // A claim may itself have dots in its name, as in `https://example.com/groups`.
  const found = Object.hasOwn(claims, path) ? claims[path] : path.split('.').reduce<unknown>(member, claims);
  const groups = typeof found === 'string' ? [found] : Array.isArray(found) ? found : [];
  return [...new Set(groups.filter((group): group is string => typeof group === 'string' && group !== ''))].slice(0, MAX_GROUPS);
}

const member = (value: unknown, name: string): unknown => (value !== null && typeof value === 'object' && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined);
