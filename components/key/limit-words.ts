/** What means more than itself in an expression of an account-key's constraints. */
const SPECIAL = /[\\.+*?()|[\]{}^$]/;

/** One entry of an account-key's constraints (snapd asserts/constraint.go) as a sentence: `a model in which brand-id is “acme” and model fits “kiosk-.*”`. */
export function limitWords(constraint: Record<string, unknown>): string {
  const headers = isMap(constraint['headers']) ? constraint['headers'] : {};
  const { type, ...rest } = headers;
  const what = typeof type === 'string' ? `A ${type}` : 'An assertion';
  const conditions = conditionsOf(rest);
  return `${what}${conditions.length === 0 ? '' : ` in which ${listed(conditions, 'and')}`}.`;
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Headers by their path; a list stands for alternatives, and what it says holds for each item of a header that is a list itself. */
function conditionsOf(wanted: unknown, path = ''): string[] {
  if (isMap(wanted)) return Object.entries(wanted).flatMap(([name, inner]) => conditionsOf(inner, path === '' ? name : `${path}.${name}`));
  if (Array.isArray(wanted) && wanted.every((each) => typeof each === 'string')) return [`${path} ${listed(wanted.map(fits), 'or')}`];
  if (Array.isArray(wanted)) return [listed(wanted.map((each) => listed(conditionsOf(each, path), 'and')), 'or')];
  return [`${path} ${fits(String(wanted))}`];
}

const fits = (pattern: string): string => (pattern === '$MISSING' ? 'is absent' : `${SPECIAL.test(pattern) ? 'fits' : 'is'} “${pattern}”`);

function listed(words: string[], last: 'and' | 'or'): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
