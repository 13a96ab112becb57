import type { HeaderMap, HeaderValue } from '../assertion/assertion';
import type { Fix } from '../errors';
import type { DraftHeaders } from './draft';

type Step = string | number;

/** A name, `[3]` for a place in a list, `["odd name"]` for names that need quotes. */
const STEP = /\.?([a-z0-9-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
const PLAIN = /^[a-z0-9-]+$/;

/** `snaps[2].default-channel` in steps; undefined when it is no header path. */
export function parsePath(path: string): Step[] | undefined {
  const steps: Step[] = [];
  for (STEP.lastIndex = 0; STEP.lastIndex < path.length; ) {
    const match = STEP.exec(path);
    if (!match) return undefined;
    const [, name, index, quoted] = match;
    steps.push(name ?? (index === undefined ? (JSON.parse(quoted!) as string) : Number(index)));
  }
  return steps.length > 0 && !path.startsWith('.') ? steps : undefined;
}

export function joinPath(parent: string, step: Step): string {
  if (typeof step === 'number') return `${parent}[${step}]`;
  if (!PLAIN.test(step)) return `${parent}[${JSON.stringify(step)}]`;
  return parent === '' ? step : `${parent}.${step}`;
}

/** The path as a JSON Pointer (RFC 6901): `/snaps/2/default-channel`; empty for the whole. */
export const toPointer = (path: string): string =>
  path === '' ? '' : (parsePath(path) ?? [path]).map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Which of the snaps a path is in; undefined for other headers. */
export function snapIndexOf(path: string): number | undefined {
  const index = /^snaps\[(\d+)\]/.exec(path)?.[1];
  return index === undefined ? undefined : Number(index);
}

const own = (map: HeaderMap, key: string): HeaderValue | undefined => (Object.hasOwn(map, key) ? map[key] : undefined);
const isMap = (value: HeaderValue | undefined): value is HeaderMap => typeof value === 'object' && !Array.isArray(value);

export function valueAt(headers: DraftHeaders, path: string): HeaderValue | undefined {
  let value: HeaderValue | undefined = headers;
  for (const step of parsePath(path) ?? ['']) {
    if (typeof step === 'number') value = Array.isArray(value) ? value[step] : undefined;
    else value = isMap(value) ? own(value, step) : undefined;
  }
  return value;
}

type Change = (value: HeaderValue | undefined) => HeaderValue | undefined;

function changeAt(value: HeaderValue | undefined, steps: Step[], change: Change): HeaderValue | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return change(value);
  if (typeof step === 'number') {
    const list = Array.isArray(value) ? [...value] : [];
    const changed = changeAt(list[step], rest, change);
    if (changed === undefined) list.splice(step, 1);
    else list.splice(Math.min(step, list.length), step < list.length ? 1 : 0, changed);
    return list;
  }
  const map: HeaderMap = isMap(value) ? { ...value } : {};
  const changed = changeAt(own(map, step), rest, change);
  if (changed === undefined) delete map[step];
  else map[step] = changed;
  return map;
}

function change(headers: DraftHeaders, path: string, how: Change): DraftHeaders {
  const steps = parsePath(path);
  return steps ? (changeAt(headers, steps, how) as DraftHeaders) : headers;
}

/** A copy with `value` at `path`; undefined takes away what stands there. */
export const setAt = (headers: DraftHeaders, path: string, value: HeaderValue | undefined): DraftHeaders => change(headers, path, () => value);

/** A copy with the list at `path` one longer. */
export const appendAt = (headers: DraftHeaders, path: string, value: HeaderValue): DraftHeaders => change(headers, path, (list) => [...(Array.isArray(list) ? list : []), value]);

/** A copy with the fix applied; a path that leads nowhere changes nothing. */
export function applyFix(headers: DraftHeaders, fix: Fix): DraftHeaders {
  const value = fix.value as HeaderValue;
  if (fix.op === 'remove') return setAt(headers, fix.path, undefined);
  return fix.op === 'append' ? appendAt(headers, fix.path, value) : setAt(headers, fix.path, value);
}
