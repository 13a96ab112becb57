import type { Problem } from '@/lib/errors';

/** PostgreSQL keeps every character of a text but NUL. */
export const storable = (text: string): string => text.replaceAll('\0', '');

/** What jsonb keeps of a value: no NUL, and no half of a surrogate pair, in texts or names. */
export function storableJson<T>(value: T): T {
  if (typeof value === 'string') return storable(value).replace(/\p{Surrogate}/gu, '\ufffd') as T;
  if (Array.isArray(value)) return value.map(storableJson) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [storableJson(name), storableJson(item)])) as T;
}

/** Safe inside a LIKE pattern: everything stands for itself. */
export const likeLiteral = (text: string): string => storable(text).replace(/[\\%_]/g, '\\$&');

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const isUuid = (text: string): boolean => UUID.test(text);

/** Whether a number that somebody sent can be a row's: beyond int4 PostgreSQL fails instead of finding nothing. */
export const isRowNumber = (value: number): boolean => Number.isInteger(value) && value > 0 && value <= 2_147_483_647;

/** What jsonb cannot keep: NUL and halves of a surrogate pair, in values or names. */
export function unstorable(value: unknown, path = ''): Problem[] {
  if (typeof value === 'string') return /[\0]|\p{Surrogate}/u.test(value) ? [{ path, code: 'text-not-storable', message: 'Remove the NUL or broken character from this text.' }] : [];
  if (Array.isArray(value)) return value.flatMap((item, i) => unstorable(item, `${path}[${i}]`));
  if (value !== null && typeof value === 'object')
    return Object.entries(value).flatMap(([name, item]) => [...unstorable(name, path), ...unstorable(item, path === '' ? name : `${path}.${name}`)]);
  return [];
}
