import { YamlFault } from './yaml-cursor';
import { EMPTY, type YamlScalar } from './yaml-scalars';
import type { YamlScanner } from './yaml-scanner';
import type { Mark, Token } from './yaml-token-queue';
import { asScalar, YamlMap, type YamlValue } from './yaml-value';

/** Reads what stands in a collection. A list in a map in lines need not be indented. */
export type ReadValue = (inBlock: boolean, withoutIndent: boolean) => YamlValue;

/** Throws YamlFault. */
export const fault = ({ line }: Token, message: string): never => {
  throw new YamlFault(line + 1, message);
};

export const isOneOf = ({ type }: Token, ...types: Token['type'][]): boolean => types.includes(type);

export function nameOf({ type }: Token): string {
  if (type === 'end') return 'the end of the file';
  return /^[^a-z]/.test(type) ? type : 'what stands there';
}

/**
 * Lists and maps as libyaml composes them (yaml.v2 parserc.go), from their first mark on. Throws YamlFault.
 */
export function readCollection(scanner: YamlScanner, read: ReadValue): YamlValue {
  switch (scanner.peek().type) {
    case '[':
      return readFlowList(scanner, read);
    case '{':
      return readFlowMap(scanner, read);
    case 'block-list':
      return readBlockList(scanner, read);
    case 'block-map':
      return readBlockMap(scanner, read);
    default:
      return readItems(scanner, read, ['-', 'key', ':', 'block-end']);
  }
}

function readItems(scanner: YamlScanner, read: ReadValue, ends: readonly Mark[]): YamlValue[] {
  const items: YamlValue[] = [];
  while (takeIf(scanner, '-')) items.push(isOneOf(scanner.peek(), ...ends) ? EMPTY : read(true, false));
  return items;
}

function readBlockList(scanner: YamlScanner, read: ReadValue): YamlValue[] {
  scanner.take();
  const items = readItems(scanner, read, ['-', 'block-end']);
  expect(scanner, 'block-end', 'another item of the list, or a line that is indented less,');
  return items;
}

function readBlockMap(scanner: YamlScanner, read: ReadValue): YamlMap {
  const map = new YamlMap();
  const readOrEmpty = (): YamlValue =>
    isOneOf(scanner.peek(), 'key', ':', 'block-end') ? EMPTY : read(true, true);
  scanner.take();
  while (scanner.peek().type === 'key') {
    const { line } = scanner.take();
    const key = readOrEmpty();
    addEntry(map, key, takeIf(scanner, ':') ? readOrEmpty() : EMPTY, line);
  }
  expect(scanner, 'block-end', 'another key of the map, or a line that is indented less,');
  return map;
}

function readFlowList(scanner: YamlScanner, read: ReadValue): YamlValue[] {
  const items: YamlValue[] = [];
  scanner.take();
  for (let isFirst = true; scanner.peek().type !== ']'; isFirst = false) {
    if (!isFirst) expect(scanner, ',', ', or ]');
    if (scanner.peek().type === ']') break;
    items.push(takeIf(scanner, 'key') ? readPair(scanner, read) : read(false, false));
  }
  scanner.take();
  return items;
}

/** A map of one entry in a list, without braces. */
function readPair(scanner: YamlScanner, read: ReadValue): YamlMap {
  const map = new YamlMap();
  const { line } = scanner.peek();
  const hasKey = !isOneOf(scanner.peek(), ':', ',', ']');
  const key = hasKey ? read(false, false) : EMPTY;
  // libyaml loses the token behind a key that is missing.
  if (!hasKey) scanner.take();
  const hasValue = takeIf(scanner, ':') && !isOneOf(scanner.peek(), ',', ']');
  addEntry(map, key, hasValue ? read(false, false) : EMPTY, line);
  return map;
}

function readFlowMap(scanner: YamlScanner, read: ReadValue): YamlMap {
  const map = new YamlMap();
  scanner.take();
  for (let isFirst = true; scanner.peek().type !== '}'; isFirst = false) {
    if (!isFirst) expect(scanner, ',', ', or }');
    const { line, type } = scanner.peek();
    if (type === '}') break;
    const isMarked = takeIf(scanner, 'key');
    const key = isMarked && isOneOf(scanner.peek(), ':', ',', '}') ? EMPTY : read(false, false);
    const hasValue = isMarked && takeIf(scanner, ':') && !isOneOf(scanner.peek(), ',', '}');
    addEntry(map, key, hasValue ? read(false, false) : EMPTY, line);
  }
  scanner.take();
  return map;
}

function addEntry(map: YamlMap, key: YamlValue, value: YamlValue, line: number): void {
  const scalar = asScalar(key);
  const why = whyNoKey(scalar);
  if (scalar === undefined || why !== undefined) {
    map.fault ??= `line ${line + 1} has a key that ${why}`;
    return;
  }
  // A key that says nothing is an empty text where a text is wanted.
  const text = scalar.kind === 'null' ? '' : scalar.text;
  // Harmless in a Map; whoever copies one into an object would not know.
  if (text === '__proto__') throw new YamlFault(line + 1, 'there is the key "__proto__"');
  if (map.has(text)) {
    throw new YamlFault(line + 1, `the key ${JSON.stringify(text.slice(0, 80))} stands there a second time`);
  }
  if (scalar.kind !== 'text' && scalar.kind !== 'timestamp') (map.oddKeys ??= new Set()).add(text);
  map.set(text, value);
}

function whyNoKey(key: YamlScalar | undefined): string | undefined {
  if (key === undefined) return 'is a list or a map';
  if (key.kind === 'merge') return 'merges maps (<<); write their entries out';
  return key.kind === 'unreadable' ? 'does not fit its tag' : undefined;
}

function takeIf(scanner: YamlScanner, type: Mark): boolean {
  const isNext = scanner.peek().type === type;
  if (isNext) scanner.take();
  return isNext;
}

function expect(scanner: YamlScanner, type: Mark, what: string): void {
  const token = scanner.peek();
  if (!takeIf(scanner, type)) fault(token, `${what} is missing before ${nameOf(token)}`);
}
