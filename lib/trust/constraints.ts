import type { Headers, HeaderValue } from '../assertion/assertion';

/** Whether an account-key's `constraints` let it sign these headers: any entry will do, and within it every header (snapd asserts/account_key.go, constraint.go). */
export function allowedByConstraints(constraints: HeaderValue | undefined, headers: Headers): boolean {
  if (constraints === undefined) return true;
  if (!Array.isArray(constraints)) return false;
  return constraints.some((entry) => {
    const wanted = isMap(entry) ? entry['headers'] : undefined;
    return wanted !== undefined && isMap(wanted) && matches(wanted, headers);
  });
}

const isMap = (value: HeaderValue): value is Headers => typeof value === 'object' && !Array.isArray(value);

function matches(wanted: HeaderValue, value: HeaderValue): boolean {
  if (typeof wanted === 'string') {
    if (wanted.startsWith('$')) return false;
    if (Array.isArray(value)) return value.every((item) => matches(wanted, item));
    return typeof value === 'string' && (compile(wanted)?.test(value) ?? false);
  }
  if (Array.isArray(value)) return value.every((item) => matches(wanted, item));
  if (Array.isArray(wanted)) return wanted.some((alternative) => matches(alternative, value));
  if (!isMap(value)) return false;
  return Object.entries(wanted).every(([name, inner]) => {
    const found = value[name];
    if (inner === '$MISSING') return found === undefined;
    return found !== undefined && matches(inner, found);
  });
}

/**
 * Go's expressions as far as they mean the same here: groups, classes, repetitions, \d \w \b. Any other gives undefined, and what it guards is refused:
 * look-arounds and back references, which Go does not know; flags, named classes and \s, which mean something else here.
 */
function compile(expression: string): RegExp | undefined {
  if (/\(\?(?!:)|\[\[:|\\[^dDwWbB.+*?()|[\]{}^$\\/-]/.test(expression)) return undefined;
  try {
    return new RegExp(`^(?:${expression})$`, 'u');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
