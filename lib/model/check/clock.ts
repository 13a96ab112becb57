import { isAhead } from '../../assertion/clock';
import { parseTime } from '../../assertion/scalars';
import { plainText, report, type Checking } from './report';

/** Devices set their clock forward to it (snapd seed/seed.go, ReadSeedAndBetterEarliestTime). */
export function adviseClock(checking: Checking): void {
  const timestamp = plainText(checking.headers, 'timestamp');
  if (!isTimestampAhead(timestamp, checking.context.time)) return;
  const message =
    `The timestamp ${timestamp} is ahead of the clock. Devices set theirs forward to it when they start, ` +
    'so that certificates may not hold there. Write the time at which the model is signed.';
  report(checking, 'timestamp', 'timestamp-ahead', message, { severity: 'warning' });
}

/** `time` is now, RFC 3339; nothing is ahead of a time that nobody knows. */
export function isTimestampAhead(timestamp: string, time: string | undefined): boolean {
  const now = parseTime(time ?? '');
  return now !== undefined && isAhead(timestamp, now);
}
