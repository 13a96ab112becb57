import { AppError, isAppError } from '../errors';
import { parseYaml } from '../snap/yaml';
import { asScalar, isNothing, YamlMap, type YamlValue } from '../snap/yaml-value';
import { refuse, type GadgetErrorCode } from './gadget';

/**
 * gadget.yaml as snapd's reader takes it apart; a file without a document is empty. Throws AppError
 * `gadget-yaml-syntax`.
 */
export function readYaml(file: string | Uint8Array): YamlMap {
  try {
    return readMap(parseYaml(file, 'gadget.yaml'), 'the file');
  } catch (cause) {
    if (isAppError(cause) && cause.code === 'yaml-invalid')
      throw new AppError<GadgetErrorCode>('gadget-yaml-syntax', cause.message, { cause });
    throw cause;
  }
}

/** Empty where nothing stands; an empty text is no map. */
export function readMap(value: YamlValue | undefined, where: string): YamlMap {
  if (isNothing(value)) return new YamlMap();
  if (!(value instanceof YamlMap))
    return refuse('gadget-yaml-syntax', where, `this must be a map, and it is ${kindOf(value!)}.`);
  return value.fault === undefined
    ? value
    : refuse('gadget-yaml-syntax', where, `this cannot be read: ${value.fault}.`);
}

/** Empty where nothing stands; an empty text is no list. */
export function readList(value: YamlValue | undefined, where: string, atMost: number): YamlValue[] {
  if (isNothing(value)) return [];
  if (!Array.isArray(value))
    return refuse('gadget-yaml-syntax', where, `this must be a list, and it is ${kindOf(value!)}.`);
  if (value.length > atMost)
    refuse('gadget-too-big', where, `it has ${value.length} items; at most ${atMost} are taken.`);
  return value;
}

/** A scalar as it is written, whatever it looks like; empty where nothing stands. */
export function readText(value: YamlValue | undefined, where: string): string {
  if (isNothing(value)) return '';
  const scalar =
    asScalar(value) ??
    refuse('gadget-yaml-syntax', where, `this must be a text, and it is ${kindOf(value!)}.`);
  return scalar.kind === 'unreadable'
    ? refuse('gadget-yaml-syntax', where, `this cannot be read: ${scalar.text}.`)
    : scalar.text;
}

export const readTexts = (value: YamlValue | undefined, where: string, atMost: number): string[] =>
  readList(value, where, atMost).map((item, i) => readText(item, `${where}[${i}]`));

/**
 * Nothing to a type of snapd's that reads itself, and to a pointer: Go's YAML takes `Null` and `NULL` for an
 * empty text there.
 */
export function isNil(value: YamlValue | undefined): boolean {
  const scalar = asScalar(value);
  return value === undefined || (scalar?.kind === 'null' && ['', '~', 'null'].includes(scalar.text));
}

/** The text of a value that a type of snapd's reads by itself; undefined where nothing stands. */
export const readOwnText = (value: YamlValue | undefined, where: string): string | undefined =>
  isNil(value) ? undefined : readText(value, where);

/** False where nothing stands. A word in quotes is a text. */
export function readBoolean(value: YamlValue | undefined, where: string): boolean {
  if (isNothing(value)) return false;
  const scalar = asScalar(value);
  return scalar?.kind === 'boolean'
    ? scalar.value === 'true'
    : refuse(
        'gadget-yaml-syntax',
        where,
        'this is neither true nor false; write one of them, without quotes.',
      );
}

function kindOf(value: YamlValue): string {
  if (Array.isArray(value)) return 'a list';
  if (value instanceof YamlMap) return 'a map';
  return value.kind === 'text' && value.text === '' ? 'an empty text' : 'a single value';
}
