import type { HeaderMap, Headers, HeaderValue } from '../../assertion/assertion';
import type { Fix, Problem, Severity } from '../../errors';
import type { Grade } from '../grades';
import type { KeyDates } from './key-dates';

/** What lies in a channel; missing is what is not known. */
export type ChannelFacts = {
  channel: string;
  architecture: string;
  base: string | null;
  version?: string;
  /** What its content plugs take, and from which snap. */
  takes?: readonly { content: string; from: string }[];
  /** Content that its slots offer. */
  offers?: readonly string[];
  assumes?: readonly string[];
};

/** What the store says about a snap; lib/api's SnapView fits. */
export type SnapFacts = {
  snapId: string;
  type: string;
  base: string | null;
  channels: readonly ChannelFacts[];
};

export type CheckContext = {
  /** Keys that it may be signed with. Without any its dates are not judged. */
  keys?: readonly KeyDates[];
  /** RFC 3339: now, and so the timestamp of a draft when it is signed. Without it the clock is not asked. */
  time?: string;
  /** A draft: `timestamp` and `revision` come with the signature. */
  draft?: boolean;
  /** By snap name; null when the store has no such snap. Snaps that are not in it are not judged against the store. */
  snaps?: ReadonlyMap<string, SnapFacts | null>;
};

export type Checking = {
  headers: Headers;
  context: CheckContext;
  /** With the `snaps` header (UC20 and later); without it UC16/18 or old classic. */
  extended: boolean;
  classic: boolean;
  /** signed where nothing valid is said; undefined in the old dialect. */
  grade: Grade | undefined;
  problems: Problem[];
  /** Called for what snapd refuses, when it is not to be listed with the rest: whoever wants the first only throws. */
  refuse?: (problem: Problem) => never;
};

type More = { fix?: Fix; severity?: Severity };

export function report({ problems, refuse }: Checking, path: string, code: string, message: string, { fix, severity }: More = {}): void {
  const problem: Problem = { path, code, message };
  if (severity) problem.severity = severity;
  if (fix) problem.fix = fix;
  if (!refuse) problems.push(problem);
  else if ((severity ?? 'error') === 'error') refuse(problem);
}

/** An empty list or map leaves no text; a list or map of nothing but such leaves text that cannot be read (snapd asserts/headers.go). */
export function vanishes(value: HeaderValue): boolean {
  if (typeof value === 'string') return false;
  return Array.isArray(value) ? value.every(vanishes) : Object.values(value).every(vanishes);
}

/** What stands there. Empty lists and maps count, as they do when snapd signs: its rules are asked before anything is written. */
export const valueOf = (map: HeaderMap, key: string): HeaderValue | undefined => (Object.hasOwn(map, key) ? map[key] : undefined);

/** What a reader of the signed text would find there. */
export function writtenValue(map: HeaderMap, key: string): HeaderValue | undefined {
  const value = valueOf(map, key);
  return value === undefined || vanishes(value) ? undefined : value;
}

/** The text at `key`, without a word about what else stands there; empty for anything but a text. */
export function plainText(map: HeaderMap, key: string): string {
  const value = Object.hasOwn(map, key) ? map[key] : undefined;
  return typeof value === 'string' ? value : '';
}

export const isMap = (value: HeaderValue | undefined): value is HeaderMap => typeof value === 'object' && !Array.isArray(value);

/** The text at `key`; anything but a text is reported and read as undefined. */
export function textOf(checking: Checking, map: HeaderMap, key: string, path = key): string | undefined {
  const value = valueOf(map, key);
  if (value === undefined || typeof value === 'string') return value;
  report(checking, path, 'not-text', `${key} must be a text, not a list or a map.`);
  return undefined;
}

/** A text that must be there. */
export function mandatoryText(checking: Checking, map: HeaderMap, key: string, sentence: string, more: More = {}, path = key): string | undefined {
  const text = textOf(checking, map, key, path);
  if (text) return text;
  if (typeof (valueOf(map, key) ?? '') === 'string') report(checking, path, 'missing', sentence, more);
  return undefined;
}

/** `true` and `false` are texts; anything else is reported and read as false. */
export function flagOf(checking: Checking, map: HeaderMap, key: string, path = key): boolean {
  const value = valueOf(map, key);
  if (value !== undefined && value !== 'true' && value !== 'false') {
    report(checking, path, 'not-boolean', `${key} must be true or false.`, { fix: { label: `Remove ${key}`, op: 'remove', path } });
  }
  return value === 'true';
}

export const quote = (text: string): string => `“${text.length > 60 ? `${text.slice(0, 57)}…` : text}”`;

/** `a, b or c` */
export const orList = (words: readonly string[]): string => (words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? ''));
