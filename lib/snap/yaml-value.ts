import type { YamlScalar } from './yaml-scalars';

export type YamlValue = YamlScalar | YamlValue[] | YamlMap;

/** A map by the texts of its keys. */
export class YamlMap extends Map<string, YamlValue> {
  /**
   * Keys that Go's YAML takes for a number, a boolean or nothing where it is not told that they are texts.
   */
  oddKeys: Set<string> | undefined;
  /** Why Go's YAML makes neither a struct nor a map with texts as keys of it; undefined where it does. */
  fault: string | undefined;
}

export const asMap = (value: YamlValue | undefined): YamlMap | undefined =>
  value instanceof YamlMap ? value : undefined;
export const asList = (value: YamlValue | undefined): YamlValue[] | undefined =>
  Array.isArray(value) ? value : undefined;
export const asScalar = (value: YamlValue | undefined): YamlScalar | undefined =>
  value === undefined || Array.isArray(value) || value instanceof YamlMap ? undefined : value;

/** Nothing, or a scalar that says nothing. */
export const isNothing = (value: YamlValue | undefined): boolean =>
  value === undefined || asScalar(value)?.kind === 'null';

/** A scalar that Go's YAML takes for a text by itself. */
export function asString(value: YamlValue | undefined): string | undefined {
  const scalar = asScalar(value);
  return scalar?.kind === 'text' || scalar?.kind === 'timestamp' || scalar?.kind === 'merge'
    ? scalar.text
    : undefined;
}

/** What Go's YAML puts into a text: any scalar as it is written. */
export function asText(value: YamlValue | undefined): string | undefined {
  const scalar = asScalar(value);
  return scalar === undefined || scalar.kind === 'null' || scalar.kind === 'unreadable'
    ? undefined
    : scalar.text;
}
