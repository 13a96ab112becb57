import { at, mapOf, refuseAt, textOf, textsOf } from './typed-yaml';
import { YamlMap, type YamlValue } from './yaml-value';

const WHERE = 'epoch';
const MAX_EPOCHS = 10;

function readNumber(text: string): number {
  if (!/^(?:0|[1-9]\d*)$/.test(text) || Number(text) >= 2 ** 32) return refuseAt(WHERE, `has ${JSON.stringify(text.slice(0, 40))}, which is no number of one: write it in decimal digits without zeros before it, below 4294967296.`);
  return Number(text);
}

/** Which data a snap reads and writes: `1`, `1*` (and that of the epoch before), or lists (snapd snap/epoch.go). Throws AppError `snap-yaml-invalid`. */
export function assertEpoch(value: YamlValue | undefined): void {
  if (!(value instanceof YamlMap)) {
    const text = textOf(value, WHERE) ?? '';
    if (text === '0*') refuseAt(WHERE, 'is 0*, and there is no epoch before 0.');
    if (text !== '') readNumber(text.replace(/\*$/, ''));
    return;
  }
  const map = mapOf(value, WHERE);
  const listOf = (key: string): number[] | undefined => {
    const list = map.get(key);
    if (list === undefined || (!Array.isArray(list) && textOf(list, at(WHERE, key)) === undefined)) return undefined;
    const numbers = textsOf(list, at(WHERE, key)).map(readNumber);
    if (numbers.length === 0) refuseAt(at(WHERE, key), 'must have an entry.');
    return numbers;
  };
  const said = { read: listOf('read'), write: listOf('write') };
  const read = said.read ?? said.write ?? [0];
  const write = said.write ?? read.slice(-1);
  if ([read, write].every((list) => list.length === 1 && list[0] === 0)) return;
  for (const list of [read, write]) {
    if (list.length > MAX_EPOCHS) refuseAt(WHERE, `lists ${list.length} epochs; at most ${MAX_EPOCHS} may be.`);
    if (list.some((each, i) => i > 0 && each <= list[i - 1]!)) refuseAt(WHERE, 'must list its epochs in rising order.');
  }
  if (!read.some((each) => write.includes(each))) refuseAt(WHERE, 'must read at least one of the epochs that it writes.');
}
