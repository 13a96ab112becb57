import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import { utf8 } from '../bytes';
import { AppError } from '../errors';
import { parseUnindented } from './yaml-indent';

export type Yaml<Scalar> = Scalar | Yaml<Scalar>[] | Map<string, Yaml<Scalar>>;
/** Every scalar is the text that stands in the file; null is an empty, `~` or `null` one without quotes. */
export type YamlValue = Yaml<string | null>;
export type YamlMap = Map<string, YamlValue>;
/** What becomes of a scalar's text; `plain` says that it stands there without quotes and without a tag. */
export type ReadScalar<Scalar> = (text: string, plain: boolean) => Scalar;
const asKey: ReadScalar<string> = (text) => text;

const MAX_BYTES = 1 << 20;
const MAX_DEPTH = 32;

type Reading = { what: string; text: string };

const refuse = ({ what }: Reading, why: string, cause?: unknown): never => {
  throw new AppError('yaml-invalid', `${what} is not YAML that Imprint reads: ${why}.`, { cause });
};

function lineOf({ text }: Reading, node: Node): number {
  return text.slice(0, node.range?.[0] ?? 0).split('\n').length;
}

/** An explicit tag that asks for more than text, list or map. */
const isTagged = (node: unknown): node is Node & { tag: string } =>
  isNode(node) && !isAlias(node) && node.tag !== undefined && !['tag:yaml.org,2002:str', 'tag:yaml.org,2002:map', 'tag:yaml.org,2002:seq'].includes(node.tag);

const asWritten: ReadScalar<string | null> = (text, plain) => (plain && ['', '~', 'null', 'Null', 'NULL'].includes(text) ? null : text);

function readNode<Scalar>(reading: Reading, readScalar: ReadScalar<Scalar>, readKey: ReadScalar<string>, node: unknown, depth: number): Yaml<Scalar> {
  if (depth > MAX_DEPTH) return refuse(reading, `it is nested deeper than ${MAX_DEPTH} levels`);
  if (node === null || node === undefined) return readScalar('', true);
  if (isAlias(node)) return refuse(reading, `line ${lineOf(reading, node)} uses an alias (*${node.source}), which can make a small file huge`);
  if (isTagged(node)) return refuse(reading, `line ${lineOf(reading, node)} has a tag (${node.tag})`);
  if (isScalar(node)) return readScalar(String(node.value ?? ''), node.type === 'PLAIN' && node.tag === undefined);
  if (isSeq(node)) return node.items.map((item) => readNode(reading, readScalar, readKey, item, depth + 1));
  if (!isMap(node)) return refuse(reading, 'it has a part of an unknown kind');
  const map = new Map<string, Yaml<Scalar>>();
  for (const pair of node.items) {
    if (!isScalar(pair.key)) return refuse(reading, `line ${lineOf(reading, node)} has a key that is not a word`);
    if (pair.key.type === 'PLAIN' && pair.key.value === '') return refuse(reading, `line ${lineOf(reading, pair.key)} has a key that is empty`);
    const key = readKey(String(pair.key.value ?? ''), pair.key.type === 'PLAIN' && pair.key.tag === undefined);
    // Harmless in a Map; whoever copies one into an object would not know.
    if (key === '__proto__') return refuse(reading, `line ${lineOf(reading, pair.key)} has the key "__proto__"`);
    if (map.has(key)) return refuse(reading, `line ${lineOf(reading, pair.key)} gives "${key}" a second time`);
    map.set(key, readNode(reading, readScalar, readKey, pair.value, depth + 1));
  }
  return map;
}

/**
 * The YAML library recurses at each level, and V8 ends the whole process when the stack runs out inside a regular expression: what could nest
 * deeply is refused before it is parsed. Counts brackets wherever they stand, so it may refuse text that is only odd.
 */
function assertShallow(reading: Reading): void {
  let brackets = 0;
  for (const line of reading.text.split('\n')) {
    const lead = /^[\s?:-]*/.exec(line)![0];
    if (lead.length > 200 || lead.replaceAll(/\s/g, '').length > MAX_DEPTH) refuse(reading, 'it is nested too deeply');
    for (const c of line) {
      if (c === '[' || c === '{') brackets += 1;
      else if ((c === ']' || c === '}') && brackets > 0) brackets -= 1;
      if (brackets > 100) refuse(reading, 'it is nested too deeply');
    }
  }
}

/**
 * Reads one YAML document that nobody vouches for: at most `maxBytes` (1 MiB), no aliases, no tags, no key twice, nothing guessed into numbers or booleans.
 * `what` names the file in the sentence. Throws AppError `yaml-invalid`.
 */
export const parseYaml = (text: string, what: string, maxBytes = MAX_BYTES): YamlValue => parseYamlWith(text, what, asWritten, maxBytes);

/** The same with scalars and keys as the caller reads them, where a file's reader guesses and `yes` is not the text "yes". Throws AppError `yaml-invalid`. */
export function parseYamlWith<Scalar>(text: string, what: string, readScalar: ReadScalar<Scalar>, maxBytes = MAX_BYTES, readKey = asKey): Yaml<Scalar> {
  const given = { what, text };
  if (text.length > maxBytes || utf8(text).length > maxBytes) return refuse(given, `it is larger than ${maxBytes} bytes`);
  assertShallow(given);
  // The library looks for repeated keys in quadratic time (minutes for 1 MiB), so that is left to readNode.
  const { document, text: parsed } = parseUnindented(text, (each) => parseDocument(each, { schema: 'failsafe', uniqueKeys: false, merge: false, prettyErrors: false, logLevel: 'error' }));
  const reading = { what, text: parsed };
  const trouble = document.errors[0] ?? document.warnings[0];
  if (trouble) return refuse(reading, `line ${parsed.slice(0, trouble.pos[0]).split('\n').length}: ${trouble.message.split('\n')[0]}`, trouble);
  return readNode(reading, readScalar, readKey, document.contents, 0);
}

export const asMap = (value: YamlValue | undefined): YamlMap | undefined => (value instanceof Map ? value : undefined);
export const asList = (value: YamlValue | undefined): YamlValue[] | undefined => (Array.isArray(value) ? value : undefined);
export const asText = (value: YamlValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
