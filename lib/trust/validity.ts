import type { Assertion } from '../assertion/assertion';
import { GO_ZERO_TIME } from '../assertion/checks/account';
import { parseTime } from '../assertion/scalars';

type Validity = { since: bigint; until: bigint | undefined };

const KNOWN = new WeakMap<Assertion, Validity>();

/** When an account-key is valid, in nanoseconds since 1970, `until` exclusive; undefined means for ever (snapd asserts/account_key.go). */
export function validityOf(key: Assertion): Validity {
  const known = KNOWN.get(key);
  if (known) return known;
  const until = typeof key.headers['until'] === 'string' ? parseTime(key.headers['until']) : undefined;
  const validity = { since: parseTime(String(key.headers['since'])) ?? 0n, until: until === GO_ZERO_TIME ? undefined : until };
  KNOWN.set(key, validity);
  return validity;
}
