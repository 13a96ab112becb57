import { assertionRef, type Assertion } from '../assertion/assertion';
import { isAhead } from '../assertion/clock';
import { parseTime } from '../assertion/scalars';
import type { Warning } from '../warnings';
import { TIMED } from './label';

/**
 * What is seeded and dated ahead of the clock: a device sets its own clock forward to it (snapd seed/seed.go,
 * ReadSeedAndBetterEarliestTime). `label` names the recovery system of UC20 and later; `now` is in nanoseconds
 * since 1970.
 */
export function warnOfTime(
  assertions: readonly Assertion[],
  label: string | undefined,
  now: bigint,
): Warning[] {
  const timestampOf = ({ headers }: Assertion) => String(headers['timestamp'] ?? '');
  const timeOf = (each: Assertion) => parseTime(timestampOf(each)) ?? 0n;
  const ahead = assertions.filter((each) => TIMED.includes(each.type) && isAhead(timestampOf(each), now));
  const [latest, ...others] = ahead.sort((a, b) => (timeOf(a) > timeOf(b) ? -1 : 1));
  if (latest === undefined) return [];
  const also = others.length === 0 ? '' : `, and ${others.length} more are`;
  const named = label === undefined ? '' : `, and the recovery system is named ${label}`;
  const message =
    `The timestamp of ${assertionRef(latest)}, ${timestampOf(latest)}, is ahead of the clock${also}. ` +
    `Devices set theirs forward to it when they start, so that certificates may not hold there${named}. ` +
    'Have it signed with the right time.';
  return [{ code: 'timestamp-ahead', message }];
}
