/** How numbers, times and identifiers are written, everywhere. All pure; times in UTC. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `1.2 GB`: powers of 1000, at most one decimal, none from 100 on and for bytes. */
export function formatBytes(sizeBytes: number): string {
  let value = Math.max(0, sizeBytes);
  let unit = 0;
  while (unit < UNITS.length - 1 && rounded(value) >= 1000) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : rounded(value)} ${UNITS[unit]}`;
}

const rounded = (value: number): number => (value >= 99.95 ? Math.round(value) : Math.round(value * 10) / 10);

/** `0.4 s`, `41 s`, `2 min 5 s`, `1 h 3 min`, `2 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 9_950) return `${(Math.round(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return pair(seconds, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return pair(minutes, 60, 'h', 'min');
  return pair(Math.round(minutes / 60), 24, 'd', 'h');
}

function pair(value: number, per: number, big: string, small: string): string {
  const whole = Math.floor(value / per);
  const rest = value % per;
  return rest === 0 ? `${whole} ${big}` : `${whole} ${big} ${rest} ${small}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const two = (n: number): string => String(n).padStart(2, '0');

/** `22 Nov 2026`. */
export function formatDay(instant: string | number): string {
  const at = new Date(instant);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
}

/** `22 Nov 2026, 14:03 UTC`, with seconds when asked for. */
export function formatExact(instant: string | number, withSeconds = false): string {
  const at = new Date(instant);
  const seconds = withSeconds ? `:${two(at.getUTCSeconds())}` : '';
  return `${formatDay(instant)}, ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}${seconds} UTC`;
}

/** `14:03:07`, for lines of a log. */
export function formatClock(instant: string | number): string {
  const at = new Date(instant);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `just now`, `5 min ago`, `in 3 h`, `yesterday`, `12 days ago`; from 30 days on the day itself. `now` in milliseconds. */
export function formatRelative(instant: string | number, now: number): string {
  const away = new Date(instant).getTime() - now;
  const size = Math.abs(away);
  const say = (words: string): string => (away > 0 ? `in ${words}` : `${words} ago`);
  if (size < MINUTE) return away > 20_000 ? 'in a moment' : 'just now';
  if (size < HOUR) return say(`${Math.floor(size / MINUTE)} min`);
  if (size < DAY) return say(`${Math.floor(size / HOUR)} h`);
  const days = Math.floor(size / DAY);
  if (days === 1) return away > 0 ? 'tomorrow' : 'yesterday';
  if (days < 30) return say(`${days} days`);
  return formatDay(instant);
}

/** `PMrrV4ml…YbevVhc4`; whole when cutting would not shorten it. */
export const shorten = (value: string, head = 8, tail = 8): string => (value.length <= head + tail + 1 ? value : `${value.slice(0, head)}…${value.slice(-tail)}`);

export const formatNumber = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f');

/** `1 model`, `4 models`. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${formatNumber(n)} ${n === 1 ? one : many}`;
