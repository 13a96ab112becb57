import type { HeaderMap, HeaderValue } from '../../lib/assertion/assertion';
import { emptyMap } from '../../lib/assertion/headers';
import { AppError } from '../../lib/errors';

/** No header of 10 MB is nested deeper. */
const MAX_DEPTH = 3500;

/** Halves of surrogate pairs become U+FFFD, as in Go's JSON (encoding/json). */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Parsed JSON as snapd's signers get it: maps without a prototype, so that `constructor` and `__proto__` are only names. Numbers, booleans and null
 * stay what they are, to be refused where headers are written. Throws AppError `json-malformed` for anything but an object, or one nested too deeply.
 */
export function headersOf(value: unknown): HeaderMap {
  if (!isObject(value)) throw new AppError('json-malformed', 'The headers should be a JSON object.');
  return asHeader(value, 0) as HeaderMap;
}

function asHeader(value: unknown, depth: number): HeaderValue {
  if (depth > MAX_DEPTH) throw new AppError('json-malformed', `The headers are nested deeper than ${MAX_DEPTH} levels.`);
  if (typeof value === 'string') return wellFormed(value);
  // Not a header's value: the types say so only once it was checked.
  if (typeof value !== 'object' || value === null) return value as unknown as HeaderValue;
  if (Array.isArray(value)) {
    // A loop takes less of the stack than map does, and lists may be nested a thousand times.
    const list: HeaderValue[] = [];
    for (const item of value) list.push(asHeader(item, depth + 1));
    return list;
  }
  const map = emptyMap();
  for (const name of Object.keys(value)) map[wellFormed(name)] = asHeader((value as Record<string, unknown>)[name], depth + 1);
  return map;
}

/** Nesting beyond the stack. */
export const isOverflow = (error: unknown): boolean => error instanceof RangeError && /call stack/.test(error.message);

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!isOverflow(error)) throw error;
    return stringifyDeep(value);
  }
}

/** As JSON.stringify for lists, maps and plain values, without a call for each level: assertions may be nested some thousand levels deep. */
function stringifyDeep(whole: unknown): string {
  const out: string[] = [];
  // What is still to be written, the next of it last; `text` as it is.
  const todo: ({ text: string } | { value: unknown })[] = [{ value: whole }];
  for (let next = todo.pop(); next; next = todo.pop()) {
    if ('text' in next) out.push(next.text);
    else if (typeof next.value !== 'object' || next.value === null) out.push(JSON.stringify(next.value));
    else {
      const { value } = next;
      const list = Array.isArray(value);
      const members = Object.entries(value).filter(([, member]) => list || member !== undefined);
      todo.push({ text: list ? ']' : '}' });
      for (let i = members.length - 1; i >= 0; i -= 1) {
        const [name, member] = members[i]!;
        todo.push({ value: member }, { text: `${i > 0 ? ',' : ''}${list ? '' : `${JSON.stringify(name)}:`}` });
      }
      todo.push({ text: list ? '[' : '{' });
    }
  }
  return out.join('');
}

/** One line of JSON. What some readers take for the end of a line is escaped. */
export const jsonLine = (value: unknown): string => `${stringify(value).replace(/[\u0085\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;

/** A whole result: for people over many lines, for programs on one. */
export const jsonDocument = (value: unknown, oneLine: boolean): string => (oneLine ? jsonLine(value) : `${JSON.stringify(value, undefined, 2)}\n`);
