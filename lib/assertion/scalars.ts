const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** As Go's Atoi under snapd's rule of no leading zeros: a sign is allowed, `+01` too (snapd asserts/header_checks.go). Undefined when it is no such integer or leaves 64 bits. */
export const parseInteger = (text: string): bigint | undefined => (text.startsWith('0') && text !== '0' ? undefined : parseGoInteger(text));

/** As Go's Atoi alone: leading zeros and a sign are allowed. */
export function parseGoInteger(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const digits = text.replace(/^[+-]?0*/, '');
  if (digits.length > 19) return undefined;
  const value = text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
  return value > INT64_MAX || value < INT64_MIN ? undefined : value;
}

/** No sign, no leading zeros, up to 2^64-1. */
export function parseUnsigned(text: string): bigint | undefined {
  if (!/^(?:0|[1-9][0-9]{0,19})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value > UINT64_MAX ? undefined : value;
}

const TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/**
 * RFC 3339 as Go's time.Parse takes it: one-digit hours, a comma before the fraction, offsets up to 24:60 and the year 0000 pass.
 * Nanoseconds since 1970; further digits are cut off. Undefined when it is no such time.
 */
export function parseTime(text: string): bigint | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) return undefined;
  const offsetHours = Number(match[9] ?? 0);
  const offsetMinutes = Number(match[10] ?? 0);
  if (offsetHours > 24 || offsetMinutes > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const offset = (match[8] === '-' ? -1 : 1) * (offsetHours * 3600 + offsetMinutes * 60);
  const seconds = BigInt(date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset);
  return seconds * 1_000_000_000n + BigInt((match[7] ?? '').slice(0, 9).padEnd(9, '0'));
}

/** The same day and time of the next year, where the text's own offset has them; 29 February becomes 1 March, as Go's AddDate makes it. */
export function yearLater(text: string): bigint {
  const [, sign, hours, minutes] = /(?:Z|([+-])(\d{2}):(\d{2}))$/.exec(text) ?? [];
  const offset = BigInt((sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60)) * 1_000_000_000n;
  const local = (parseTime(text) ?? 0n) + offset;
  const milliseconds = local / 1_000_000n - (local % 1_000_000n < 0n ? 1n : 0n);
  const date = new Date(Number(milliseconds));
  date.setUTCFullYear(date.getUTCFullYear() + 1);
  return BigInt(date.getTime()) * 1_000_000n + (local - milliseconds * 1_000_000n) - offset;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

export const nanoseconds = (time: Date): bigint => BigInt(time.getTime()) * 1_000_000n;

/** UTC in whole seconds, the way `snap sign` writes times. */
export const formatTime = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

/** base64url of 48 bytes; LF and CR within are skipped, as Go's decoder does. */
export const isSha3Digest = (text: string): boolean => /^[A-Za-z0-9_-]{64}$/.test(text.replace(/[\r\n]/g, ''));

/** snapd asserts/account.go */
export const ACCOUNT_ID = /^(?:[a-z0-9A-Z]{32}|[-a-z0-9]{2,28})$/;
/** snapd snap/naming/validate.go */
export const SNAP_ID = /^[a-z0-9A-Z]{32}$/;
/** What tells names from other texts; a pattern, or what does its work. */
export type Pattern = { test(text: string): boolean };

/**
 * Words of `other` characters joined by single hyphens, or by others. Not one pattern: that would need a place on the
 * stack for each character of hostile megabytes.
 */
const joined = (first: RegExp, other: RegExp, by = '-'): Pattern => {
  const isBetween = (character = '') => character !== '' && by.includes(character);
  return {
    test(text) {
      if (!first.test(text[0] ?? '') || other.test(text) || isBetween(text.at(-1))) return false;
      for (let at = 1; at < text.length; at += 1) if (isBetween(text[at]) && isBetween(text[at - 1])) return false;
      return true;
    },
  };
};
/** Headers and map entries (snapd asserts/headers.go). */
export const HEADER_NAME = joined(/[a-z]/, /[^a-z0-9-]/);
/** Model names and system labels after the lower-case rule, validation-set names. */
export const LOWER_NAME = joined(/[a-z0-9]/, /[^a-z0-9-]/);
/** Model names, provenances and app names. */
export const MIXED_NAME = joined(/[a-zA-Z0-9]/, /[^a-zA-Z0-9-]/);
/** Serials of newer types (snapd asserts/serial_asserts.go validSerialStrict). */
export const SERIAL = joined(/[a-zA-Z0-9]/, /[^a-zA-Z0-9:+-]/, ':+-');
/** snapd asserts/messages.go */
export const MESSAGE_KIND = joined(/[a-z]/, /[^a-z-]/);

/** 2 to 40 of lower-case letters, digits and single inner hyphens, with a letter among them; components are named alike. */
export const isSnapName = (name: string): boolean => name.length >= 2 && name.length <= 40 && LOWER_NAME.test(name) && /[a-z]/.test(name);

/** `name_key`, a parallel instance (snapd snap/naming/validate.go). */
export const isInstanceName = (name: string): boolean =>
  /^[^_]+_[a-z0-9]{1,10}$/.test(name) && isSnapName(name.slice(0, name.indexOf('_')));

/** snapd asserts/account_key.go; its own pattern backtracks without end on long names. */
export const isKeyName = (name: string): boolean => LOWER_NAME.test(name) && /[a-z]/.test(name);
