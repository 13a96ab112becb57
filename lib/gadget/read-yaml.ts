import { AppError, isAppError } from '../errors';
import { parseYaml, type YamlMap, type YamlValue } from '../snap/yaml';
import { refuse, type GadgetErrorCode } from './gadget';

/** gadget.yaml as a stranger wrote it: every scalar stays its source text (`07`, `0C` and `yes` mean what they say). Throws AppError `gadget-yaml-syntax` or `gadget-too-big`. */
export function readYaml(text: string): YamlMap {
  assertShallow(text);
  try {
    return readMap(parseYaml(text, 'gadget.yaml'), 'the file');
  } catch (cause) {
    if (isAppError(cause) && cause.code === 'yaml-invalid') throw new AppError<GadgetErrorCode>('gadget-yaml-syntax', cause.message, { cause });
    throw cause;
  }
}

/**
 * The YAML library recurses at each level, and V8 ends the whole process when the stack runs out inside a regular expression: what could nest
 * deeply is refused before it is parsed. Counts brackets wherever they stand, so it may refuse text that is only odd.
 */
function assertShallow(text: string): void {
  let brackets = 0;
  for (const line of text.split('\n')) {
    const lead = /^[\s?:-]*/.exec(line)![0];
    if (lead.length > 200 || lead.replaceAll(/\s/g, '').length > 32) refuse('gadget-too-big', 'the file', 'it is nested too deeply.');
    for (const c of line) {
      if (c === '[' || c === '{') brackets += 1;
      else if ((c === ']' || c === '}') && brackets > 0) brackets -= 1;
      if (brackets > 100) refuse('gadget-too-big', 'the file', 'it is nested too deeply.');
    }
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
