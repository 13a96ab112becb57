import type { Assertion } from '../assertion/assertion';
import { AppError } from '../errors';

/** FAT knows no date before; no seed is older. */
const EARLIEST = Date.UTC(1980, 0, 1) / 1000;
/** What of a seed is believed about the time. */
export const TIMED: readonly string[] = ['model', 'snap-revision', 'snap-declaration'];

/** The latest `timestamp` of the model and of its snaps' revisions and declarations, in seconds since 1970: the date of the image, whenever it is built. */
export function epochOf(assertions: Iterable<Pick<Assertion, 'type' | 'headers'>>): number {
  let latest = EARLIEST;
  for (const { type, headers } of assertions) {
    const { timestamp } = headers;
    if (!TIMED.includes(type) || typeof timestamp !== 'string') continue;
    const seconds = Math.floor(Date.parse(timestamp) / 1000);
    if (seconds > latest) latest = seconds;
  }
  return latest;
}

/** Name of the recovery system that an image is made with: its date in UTC, `YYYYMMDD`. */
export const chooseLabel = (epoch: number): string => new Date(epoch * 1000).toISOString().slice(0, 10).replaceAll('-', '');

/** Lower case, because FAT does not tell it from upper (snapd seed/helpers.go). Throws AppError `seed-label-invalid`. */
export function assertLabel(label: string): void {
  if (!/^[a-z0-9](?:-?[a-z0-9])*$/.test(label) || label.length > 64) {
    throw new AppError('seed-label-invalid', `"${label.slice(0, 80)}" cannot name a recovery system; use lower-case letters, digits and single dashes.`);
  }
}
