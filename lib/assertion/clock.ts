import { parseTime } from './scalars';

/** Clocks of two machines may differ; a slip of the pen is more. In nanoseconds. */
const SKEW = 600n * 1_000_000_000n;

/** Whether a time as assertions write it is ahead of `now`, nanoseconds since 1970. */
export const isAhead = (text: string, now: bigint): boolean => (parseTime(text) ?? now) > now + SKEW;
