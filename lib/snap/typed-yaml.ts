import { AppError } from '../errors';
import { parseYamlWith, type Yaml } from './yaml';
import { resolveScalar, type YamlScalar } from './yaml-scalars';

/** A scalar as it is written, and what Go's YAML takes it for. */
export type TypedScalar = { text: string; kind: YamlScalar['kind'] };
export type TypedYaml = Yaml<TypedScalar>;
export type TypedMap = ReadonlyMap<string, TypedYaml>;

/** Before a key that Go takes for a number or a boolean; no YAML has a NUL. */
const ODD = '\0';
const markKey = (text: string, plain: boolean): string => (plain && !['text', 'timestamp'].includes(resolveScalar(text).kind) ? `${ODD}${text}` : text);
const asTyped = (text: string, plain: boolean): TypedScalar => ({ text, kind: plain ? resolveScalar(text).kind : 'text' });

/** YAML whose scalars and keys keep what Go would take them for. Throws AppError `yaml-invalid`. */
export const parseTypedYaml = (text: string, what: string): TypedYaml => parseYamlWith(text, what, asTyped, undefined, markKey);

/** Throws AppError `snap-yaml-invalid`; `where` is a path such as `apps.web`. */
export const refuseAt = (where: string, sentence: string): never => {
  throw new AppError('snap-yaml-invalid', `meta/snap.yaml: ${where === '' ? '' : `${where.slice(0, 120)} `}${sentence}`);
};

export const shown = (text: string): string => JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
export const at = (where: string, key: string): string => (where === '' ? key : `${where}.${key}`);

const isNull = (value: TypedYaml | undefined): boolean => value === undefined || (!Array.isArray(value) && !(value instanceof Map) && value.kind === 'null');

/** A scalar's text; undefined where nothing is said. */
export function textOf(value: TypedYaml | undefined, where: string): string | undefined {
  if (value === undefined || isNull(value)) return undefined;
  return Array.isArray(value) || value instanceof Map ? refuseAt(where, 'must be a text.') : value.text;
}

export function textsOf(value: TypedYaml | undefined, where: string): string[] {
  if (value === undefined || isNull(value)) return [];
  return Array.isArray(value) ? value.map((each, i) => textOf(each, `${where}[${i}]`) ?? '') : refuseAt(where, 'must be a list of texts.');
}

/** A map by its keys' texts, whatever these look like. */
export function mapOf(value: TypedYaml | undefined, where: string): TypedMap {
  if (value === undefined || isNull(value)) return new Map();
  return value instanceof Map ? new Map([...value].map(([key, each]) => [key.replace(ODD, ''), each])) : refuseAt(where, 'must be a map.');
}

/** What snapd keeps with plugs, slots and users: texts, booleans, numbers within 64 bits, lists and maps of these with texts as keys (snapd metautil/normalize.go). */
export function assertAttribute(value: TypedYaml, where: string): void {
  if (Array.isArray(value)) value.forEach((each, i) => assertAttribute(each, `${where}[${i}]`));
  else if (value instanceof Map) for (const [key, each] of assertTextKeys(value, where)) assertAttribute(each, at(where, key));
  else if (value.kind === 'null' || value.kind === 'big-integer') refuseAt(where, 'has no value that snapd takes; write one, in quotes if it is a text.');
}

export function assertTextKeys(map: TypedMap, where: string): TypedMap {
  for (const key of map.keys()) if (key.startsWith(ODD)) refuseAt(where, `has the key ${key.slice(1, 65)}, which is read as a number, a boolean or nothing; put it in quotes.`);
  return map;
}
