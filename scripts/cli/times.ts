import { parseTime } from '../../lib/assertion/scalars';
import { Misuse } from './failure';

/** To the millisecond; RFC 3339. Throws Misuse. */
export function parseTimeOption(name: string, text: string): Date {
  const nanoseconds = parseTime(text);
  if (nanoseconds === undefined) throw new Misuse(`--${name} ${text} is no time: write it like 2026-01-31T12:00:00Z.`);
  return new Date(Number(nanoseconds / 1_000_000n));
}

const LAST_SECOND = 0xffff_ffff;

/** A time that a signature can carry: 32 bits of seconds. Throws Misuse. */
export function signatureTime(name: string, text: string): Date {
  const time = parseTimeOption(name, text);
  if (time.getTime() < 0 || time.getTime() >= (LAST_SECOND + 1) * 1000) throw new Misuse(`--${name} ${text} is no time that a signature can carry: those lie between 1970 and 2106.`);
  return time;
}
