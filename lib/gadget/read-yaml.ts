import { AppError, isAppError } from '../errors';
import { parseYaml, type YamlMap, type YamlValue } from '../snap/yaml';
import { refuse, type GadgetErrorCode } from './gadget';

/** gadget.yaml as a stranger wrote it: every scalar stays its source text (`07`, `0C` and `yes` mean what they say). Throws AppError `gadget-yaml-syntax`. */
export function readYaml(text: string): YamlMap {
  try {
    return readMap(parseYaml(text, 'gadget.yaml'), 'the file');
  } catch (cause) {
    if (isAppError(cause) && cause.code === 'yaml-invalid') throw new AppError<GadgetErrorCode>('gadget-yaml-syntax', cause.message, { cause });
    throw cause;
  }
}

const isNothing = (v: YamlValue | undefined): v is undefined | null | '' => v === undefined || v === null || v === '';

export function readMap(value: YamlValue | undefined, where: string): YamlMap {
  if (isNothing(value)) return new Map();
  if (!(value instanceof Map)) refuse('gadget-yaml-syntax', where, 'this must be a map.');
  return value;
}

export function readList(value: YamlValue | undefined, where: string, atMost: number): YamlValue[] {
  if (isNothing(value)) return [];
  if (!Array.isArray(value)) refuse('gadget-yaml-syntax', where, 'this must be a list.');
  if (value.length > atMost) refuse('gadget-too-big', where, `it has ${value.length} items; at most ${atMost} are taken.`);
  return value;
}

/** Empty text when absent. */
export function readText(value: YamlValue | undefined, where: string): string {
  if (isNothing(value)) return '';
  if (typeof value !== 'string') refuse('gadget-yaml-syntax', where, 'this must be text.');
  return value;
}

export const readTexts = (value: YamlValue | undefined, where: string, atMost: number): string[] =>
  readList(value, where, atMost).map((item, i) => readText(item, `${where}[${i}]`));

/** What YAML 1.1 says yes and no by. */
const YES = ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'];
const NO = ['', 'n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'];

/** False when absent. */
export function readBoolean(value: YamlValue | undefined, where: string): boolean {
  const text = readText(value, where);
  if (!YES.includes(text) && !NO.includes(text)) refuse('gadget-yaml-syntax', where, 'this is neither true nor false.');
  return YES.includes(text);
}
