import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../snap/yaml';
import { asMap, asString } from '../snap/yaml-value';
import { writeYaml, type YamlEntries, type YamlNode } from './yaml-out';

const map = (...entries: [string, YamlNode][]): YamlEntries => ({ entries });
const LONG = 'one two three four five six seven eight nine ten eleven twelve thirteen';

// What yaml.v2 of Go marshals these to, read from it.
describe('YAML as Go writes it', () => {
  it.each<[string, string]>([
    ['latest/stable', 'latest/stable'],
    ['18', '"18"'],
    ['null', '"null"'],
    ['', '""'],
    ['1:30', '"1:30"'],
    ['2001-01-01', '"2001-01-01"'],
    ['- x', "'- x'"],
    ['a: b', "'a: b'"],
    ["#it's", "'#it''s'"],
    ['a #b', "'a #b'"],
    ['a#b', 'a#b'],
    ['x ', "'x '"],
    ['=', '='],
    ['é', 'é'],
    ['--x', '--x'],
    ['---x', "'---x'"],
    ['tab\there', '"tab\\there"'],
    ['\ufeffab', '"\\uFEFF\\x61\\x62"'],
    ['\u{1f600}', '"\\U0001F600"'],
    ['a\nb', '|-\n    a\n    b'],
    ['a\n', '|\n    a'],
    [' a\n\n', '|2+\n     a\n'],
    ['a \nb', '"a \\nb"'],
    [`${LONG} fourteen`, `${LONG}\n    fourteen`],
    [`#${LONG} fourteen`, `'#${LONG}\n    fourteen'`],
    [`\t${LONG}  fourteen`, `"\\t${LONG}\n    \\ fourteen"`],
  ])('%j is %s', (text, written) => expect(writeYaml(map(['snaps', [map(['name', 'hello'], ['contact', text], ['file', 'x'])]]))).toBe(`snaps:\n- name: hello\n  contact: ${written}\n  file: x\n`));

  it('has its lists at the indentation of their key', () =>
    expect(writeYaml(map(['snaps', [map(['name', 'a'], ['devmode', true], ['components', [map(['name', 'b'], ['unasserted', 'c'])]]), map(['name', 'd'])]], ['words', ['e', '1']], ['sub', map(['f', 'g'])], ['none', []], ['empty', map()]))).toBe(
      'snaps:\n- name: a\n  devmode: true\n  components:\n  - name: b\n    unasserted: c\n- name: d\nwords:\n- e\n- "1"\nsub:\n  f: g\nnone: []\nempty: {}\n',
    ));

  it('reads back as it was', () => {
    const unit = fc.constantFrom('a', '1', ' ', ':', '#', '-', "'", '"', '\\', '\n', '{', '?', 'é', ' word word word word', '\u0085', '\u2028', '\r');
    const isRead = (value: string) => asString(asMap(parseYaml(writeYaml(map(['a', value], ['b', 'x'])), 'it'))?.get('a')) === value;
    fc.assert(fc.property(fc.string({ unit }), isRead));
  });
});
