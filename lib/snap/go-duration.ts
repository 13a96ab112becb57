const UNITS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
const MOST = 2n ** 63n;

/** Whole seconds of a duration as Go writes them (`1h30m`, `1.5s`; Go time.ParseDuration), rounded down as snapd does. undefined when it is none, negative or too long. */
export function parseGoDuration(text: string): number | undefined {
  const [, sign, rest] = /^([-+]?)([\s\S]*)$/.exec(text)!;
  if (rest === '0') return 0;
  if (!/^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(rest!)) return undefined;
  let nanoseconds = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of rest!.matchAll(/(\d*)(?:\.(\d*))?([^\d.]+)/g)) {
    nanoseconds += BigInt(whole || '0') * BigInt(UNITS[unit]!) + fractionOf(fraction, UNITS[unit]!);
    if (nanoseconds > MOST) return undefined;
  }
  if (sign === '-') return nanoseconds === 0n ? 0 : undefined;
  if (nanoseconds === MOST) return undefined;
  return Math.floor(Number(nanoseconds / 1_000_000_000n) + Number(nanoseconds % 1_000_000_000n) / 1e9);
}

/** Digits beyond those that an int64 holds count for nothing. */
function fractionOf(digits: string, unit: number): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (value > (MOST - 1n) / 10n || next > MOST) break;
    value = next;
    scale *= 10;
  }
  return value === 0n ? 0n : BigInt(Math.trunc(Number(value) * (unit / scale)));
}
