import { AppError } from '../errors';
import { asScalar, isNothing, YamlMap, type YamlValue } from './yaml-value';

/** Throws AppError `snap-yaml-invalid`; `where` is a path such as `apps.web`. */
export const refuseAt = (where: string, sentence: string): never => {
  throw new AppError(
    'snap-yaml-invalid',
    `meta/snap.yaml: ${where === '' ? '' : `${where.slice(0, 120)} `}${sentence}`,
  );
};

export const shown = (text: string): string =>
  JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
export const at = (where: string, key: string): string => (where === '' ? key : `${where}.${key}`);

/** A scalar's text; undefined where nothing is said. */
export function textOf(value: YamlValue | undefined, where: string): string | undefined {
  if (isNothing(value)) return undefined;
  const scalar = asScalar(value) ?? refuseAt(where, 'must be a text.');
  return scalar.kind === 'unreadable' ? refuseAt(where, `cannot be read: ${scalar.text}.`) : scalar.text;
}

/**
 * The same of what a type of snapd's reads by itself: Go's YAML takes `Null` and `NULL` for an empty text
 * there.
 */
export function ownTextOf(value: YamlValue | undefined, where: string): string | undefined {
  const scalar = asScalar(value);
  return scalar?.kind === 'null' && /^N/.test(scalar.text) ? '' : textOf(value, where);
}

export function textsOf(value: YamlValue | undefined, where: string): string[] {
  if (isNothing(value)) return [];
  return Array.isArray(value)
    ? value.map((each, i) => textOf(each, `${where}[${i}]`) ?? '')
    : refuseAt(where, 'must be a list of texts.');
}

/** A map by its keys' texts, whatever these look like. */
export function mapOf(value: YamlValue | undefined, where: string): YamlMap {
  if (isNothing(value)) return new YamlMap();
  if (!(value instanceof YamlMap)) return refuseAt(where, 'must be a map.');
  return value.fault === undefined ? value : refuseAt(where, `cannot be read: ${value.fault}.`);
}

/**
 * What snapd keeps with plugs, slots and users: texts, booleans, numbers within 64 bits, lists and maps of
 * these with texts as keys (snapd metautil/normalize.go).
 */
export function assertAttribute(value: YamlValue, where: string): void {
  if (Array.isArray(value)) value.forEach((each, i) => assertAttribute(each, `${where}[${i}]`));
  else if (value instanceof YamlMap)
    for (const [key, each] of assertTextKeys(value, where)) assertAttribute(each, at(where, key));
  else if (['null', 'big-integer', 'unreadable'].includes(value.kind))
    refuseAt(where, 'has no value that snapd takes; write one, in quotes if it is a text.');
}

export function assertTextKeys(map: YamlMap, where: string): YamlMap {
  const [odd] = mapOf(map, where).oddKeys ?? [];
  return odd === undefined
    ? map
    : refuseAt(
        where,
        `has the key ${shown(odd)}, which is read as a number, a boolean or nothing; put it in quotes.`,
      );
}
