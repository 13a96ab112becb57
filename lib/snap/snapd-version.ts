const NUMBERS = /^[1-9][0-9]*(?:\.[0-9]+)*/;
/** What Go holds in an int: `Atoi` fails beyond. */
const MAX_INT = '9223372036854775807';

/** Numbers with dots between, and nothing behind them. */
export const isPlainVersion = (text: string): boolean => NUMBERS.exec(text)?.[0] === text;

/**
 * Whether a snapd is as new as `wanted`, a plain version, by the numbers alone (snapd snap/naming/validate.go,
 * validateAssumedSnapdVersion): `2.41~pre1` is as good as `2.41`, and 2.41 is less than 2.41.0.
 * A development tree, whose version is `unknown`, has everything.
 */
export function isAtLeast(version: string, wanted: string): boolean {
  if (version === 'unknown') return true;
  const numbers = NUMBERS.exec(version)?.[0].split('.');
  if (numbers === undefined) return false;
  for (const [i, text] of wanted.split('.').entries()) {
    const own = numbers[i];
    if (own === undefined) return false;
    const [a, b] = [own, text].map((digits) => digits.replace(/^0+/, '')) as [string, string];
    if (isLess(MAX_INT, a) || isLess(MAX_INT, b)) return false;
    if (a !== b) return isLess(b, a);
  }
  return true;
}

/** Of digits without zeros in front, however many. */
const isLess = (a: string, b: string): boolean => (a.length === b.length ? a < b : a.length < b.length);
