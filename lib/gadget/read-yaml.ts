import { isAlias, isCollection, isMap, isPair, isScalar, parseDocument, visit } from 'yaml';
import { utf8 } from '../bytes';
import { refuse, type YamlMap, type YamlValue } from './gadget';

const MAX_BYTES = 1 << 20;
const MAX_DEPTH = 16;
const MAX_NODES = 50_000;

/**
 * Reads YAML that a stranger wrote: every scalar stays its source text (`07`, `0C` and `yes` mean what they say), no aliases, tags, merge keys or
 * duplicate keys, at most 1 MiB, 16 levels and 50,000 nodes. Throws AppError `gadget-yaml-syntax` or `gadget-too-big`.
 */
export function readYaml(text: string): YamlMap {
  if (utf8(text).length > MAX_BYTES) refuse('gadget-too-big', 'the file', 'it is larger than 1 MiB.');
  let document;
  try {
    document = parseDocument(text, { schema: 'failsafe', uniqueKeys: true, merge: false, prettyErrors: true });
  } catch (cause) {
    // The parser recurses: a stack that runs out is deep nesting, not a bug of ours.
    if (cause instanceof RangeError) refuse('gadget-too-big', 'the file', 'it is nested too deeply.', cause);
    throw cause;
  }
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault) refuse('gadget-yaml-syntax', `line ${fault.linePos?.[0].line ?? 1}`, firstLine(fault.message), fault);

  let nodes = 0;
  visit(document, (_key, node, ancestors) => {
    nodes += 1;
    if (nodes > MAX_NODES) refuse('gadget-too-big', 'the file', `it has more than ${MAX_NODES} values.`);
    if (ancestors.filter((a) => isCollection(a)).length > MAX_DEPTH) refuse('gadget-too-big', 'the file', `it is nested deeper than ${MAX_DEPTH} levels.`);
    if (isAlias(node)) refuse('gadget-yaml-syntax', `the alias *${node.source}`, 'aliases are not taken; write the value out.');
    if (isPair(node)) {
      if (!isScalar(node.key)) refuse('gadget-yaml-syntax', 'a key', 'keys must be plain text.');
      if (node.key.value === '__proto__') refuse('gadget-yaml-syntax', 'the key __proto__', 'this name is not taken.');
    }
  });
  if (document.contents !== null && !isMap(document.contents)) refuse('gadget-yaml-syntax', 'the file', 'it must be a map of keys.');
  const value: unknown = document.toJS({ mapAsMap: true, maxAliasCount: 0 });
  return value instanceof Map ? (value as YamlMap) : new Map();
}

const firstLine = (text: string): string => `${text.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '')}.`;

/** An empty value, `~` and `null` are all nothing. */
const isNothing = (v: YamlValue | undefined): v is undefined | string => v === undefined || v === '' || v === '~' || v === 'null';

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
