import type { HeaderValue } from '../assertion/assertion';
import { isMap, plainText, quote, writtenValue } from './check/report';

export type Change = {
  /** Where in the newer headers, or in the older ones for what is gone: `snaps[1].default-channel`. */
  path: string;
  kind: 'added' | 'removed' | 'changed';
  /** What stood there before; null for nothing. An empty list or map is nothing, for it leaves no text. */
  from: HeaderValue | null;
  to: HeaderValue | null;
  /** `kernel pc-kernel: 24/stable → 24/candidate` */
  sentence: string;
  /** What it means for devices that run the older model. `blocked`: they cannot remodel. */
  remodel?: { verdict: 'blocked' | 'caution'; sentence: string; short: string };
};

export const kindOf = (from: HeaderValue | undefined, to: HeaderValue | undefined): Change['kind'] => (from === undefined ? 'added' : to === undefined ? 'removed' : 'changed');

/** Words need a colon before them, a single word does not. */
export const joint = (...values: (HeaderValue | undefined)[]): string => (values.every((value) => typeof value === 'string' && /^\S+$/.test(value)) ? ' ' : ': ');

export const shorten = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}…` : text);

/** A value as one line, for a sentence. */
export function show(value: HeaderValue, depth = 0): string {
  if (typeof value === 'string') return value === '' ? '(empty)' : value.includes('\n') ? quote(value.replaceAll('\n', ' ')) : shorten(value);
  if (depth > 3) return '…';
  if (Array.isArray(value)) return shorten(value.slice(0, 40).map((member) => (isMap(member) && plainText(member, 'name') !== '' ? show(plainText(member, 'name')) : show(member, depth + 1))).join(', '));
  const entries = Object.entries(value).slice(0, 40);
  return shorten(entries.map(([key, member]) => `${shorten(key)} ${show(member, depth + 1)}`).join(', '));
}

/** Whether two values leave the same text, whatever the order of a map's entries. */
export function sameValue(a: HeaderValue | undefined, b: HeaderValue | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || typeof a === 'string' || typeof b === 'string') return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i += 1) if (!sameValue(a[i], b[i])) return false;
    return true;
  }
  for (const key of Object.keys(a)) if (!sameValue(writtenValue(a, key), writtenValue(b, key))) return false;
  return Object.keys(b).every((key) => Object.hasOwn(a, key) || writtenValue(b, key) === undefined);
}

