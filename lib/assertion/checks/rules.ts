import type { HeaderMap, HeaderValue } from '../assertion';
import { Fault } from '../format-error';
import { isSha3Digest, parseInteger, parseTime, parseUnsigned } from '../scalars';
import type { Pattern } from '../scalars';

/** Readers of one header or map entry. `at` is the path of the map within the headers: empty for the headers themselves, else `snaps[2]`. All throw Fault. */

const pathOf = (name: string, at: string): string => (at === '' ? name : `${at}.${name}`);

/** The rule of a type that `path` breaks: `message` is the rest of a sentence that begins with the path. */
export function breaks(path: string, message: string): never {
  throw new Fault('assertion-rule', `"${path}" ${message}`, { header: path });
}

export function requireText(map: HeaderMap, name: string, at = ''): string {
  const header = pathOf(name, at);
  const value = map[name];
  if (value === undefined) throw new Fault('assertion-header-missing', `"${header}" is missing`, { header });
  if (typeof value !== 'string') throw new Fault('assertion-header-value', `"${header}" should be text`, { header });
  if (value === '') throw new Fault('assertion-header-missing', `"${header}" is empty`, { header });
  return value;
}

/** Empty when absent. */
export function optionalText(map: HeaderMap, name: string, at = ''): string {
  const value = map[name];
  if (value === undefined) return '';
  if (typeof value !== 'string') throw new Fault('assertion-header-value', `"${pathOf(name, at)}" should be text`, { header: pathOf(name, at) });
  return value;
}

export function requireMatch(map: HeaderMap, name: string, fits: Pattern | ((text: string) => boolean), what: string, at = ''): string {
  const value = requireText(map, name, at);
  if (typeof fits === 'function' ? !fits(value) : !fits.test(value)) breaks(pathOf(name, at), `should be ${what}, not ${JSON.stringify(value.slice(0, 80))}`);
  return value;
}

/** Nanoseconds since 1970. */
export function requireTime(map: HeaderMap, name: string, at = ''): bigint {
  const time = parseTime(requireText(map, name, at));
  return time ?? breaks(pathOf(name, at), 'should be a time such as 2026-01-31T12:00:00Z');
}

export function optionalTime(map: HeaderMap, name: string, at = ''): bigint | undefined {
  const value = optionalText(map, name, at);
  if (map[name] === undefined) return undefined;
  return parseTime(value) ?? breaks(pathOf(name, at), 'should be a time such as 2026-01-31T12:00:00Z');
}

export function requireInteger(map: HeaderMap, name: string, at = ''): bigint {
  return parseInteger(requireText(map, name, at)) ?? breaks(pathOf(name, at), 'should be a whole number without leading zeros');
}

/** A whole number of at least 1: revisions and places in a sequence. */
export function requireCount(map: HeaderMap, name: string, at = ''): bigint {
  const value = requireInteger(map, name, at);
  return value < 1n ? breaks(pathOf(name, at), 'should be at least 1') : value;
}

export const optionalCount = (map: HeaderMap, name: string, at = ''): bigint | undefined => (map[name] === undefined ? undefined : requireCount(map, name, at));

export function requireSize(map: HeaderMap, name: string, at = ''): bigint {
  return parseUnsigned(requireText(map, name, at)) ?? breaks(pathOf(name, at), 'should be a whole number from 0 to 2^64-1');
}

export const requireDigest = (map: HeaderMap, name: string, at = ''): string => requireMatch(map, name, isSha3Digest, 'a SHA3-384 digest in base64url', at);

export function optionalFlag(map: HeaderMap, name: string, at = ''): boolean {
  const value = map[name];
  if (value === undefined || value === 'false') return false;
  return value === 'true' || breaks(pathOf(name, at), 'should be "true" or "false"');
}

export function optionalTextList(map: HeaderMap, name: string, fits?: Pattern, at = ''): string[] {
  const path = pathOf(name, at);
  return optionalList(map, name, at).map((item, i) => {
    if (typeof item !== 'string') return breaks(`${path}[${i}]`, 'should be text');
    if (fits && !fits.test(item)) breaks(`${path}[${i}]`, `has characters that are not allowed: ${JSON.stringify(item.slice(0, 80))}`);
    return item;
  });
}

export function optionalList(map: HeaderMap, name: string, at = ''): HeaderValue[] {
  const value = map[name];
  if (value === undefined) return [];
  return Array.isArray(value) ? value : breaks(pathOf(name, at), 'should be a list');
}

export function optionalMapList(map: HeaderMap, name: string, at = ''): HeaderMap[] {
  return optionalList(map, name, at).map((item, i) => asMap(item, `${pathOf(name, at)}[${i}]`));
}

export const asMap = (value: HeaderValue, path: string): HeaderMap => (typeof value === 'string' || Array.isArray(value) ? breaks(path, 'should be a map') : value);

export function optionalMap(map: HeaderMap, name: string, at = ''): HeaderMap | undefined {
  const value = map[name];
  return value === undefined ? undefined : asMap(value, pathOf(name, at));
}

