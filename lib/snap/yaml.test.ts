import { describe, expect, it } from 'vitest';
import { parseYaml, parseYamlWith } from './yaml';

const codeOf = (text: string) => {
  try {
    parseYaml(text, 'a file');
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};

describe('YAML that nests without end', () => {
  // Each of these ended the whole process: V8 does not survive a stack that runs out inside a regular expression.
  it.each([
    ['in lists of one line', '- '.repeat(400_000)],
    ['in brackets', '['.repeat(500_000)],
    ['in maps of one line', '{a: '.repeat(200_000)],
    ['in keys', '? '.repeat(400_000)],
    ['by indentation', Array.from({ length: 700 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('is refused before it is parsed: %s', (_, text) => expect(codeOf(text)).toBe('yaml-invalid'));

  it('is taken as deep as real files go', () => expect(codeOf(Array.from({ length: 20 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'))).toBeUndefined());
});

describe('YAML read in the way of another', () => {
  it('tells scalars with quotes from those without', () =>
    expect(parseYamlWith('a: yes\nb: "yes"\nc: [!!str yes, ~]\nd:\n', 'a file', (text, plain) => `${plain ? 'plain' : 'quoted'} ${text}`)).toEqual(
      new Map<string, unknown>([['a', 'plain yes'], ['b', 'quoted yes'], ['c', ['quoted yes', 'plain ~']], ['d', 'plain ']]),
    ));
});

describe('YAML that is not indented where it goes on', () => {
  it.each([
    ["a: 'x\n\n'\nb: c\n", { a: 'x\n', b: 'c' }],
    ["m:\n  a: 'it''s\nx'\n  b: c\n", { m: new Map([['a', "it's x"], ['b', 'c']]) }],
    ['m:\n  a: "x \\" w\n y\\\nz"\n', { m: new Map([['a', 'x " w yz']]) }],
    ['a: [b,\nc\n]\n', { a: ['b', 'c'] }],
    ['m:\n- {b: c,\nd: e}\n', { m: [new Map([['b', 'c'], ['d', 'e']])] }],
  ])('is read as libyaml reads it: %j', (text, value) => expect(parseYaml(text, 'a file')).toEqual(new Map(Object.entries(value))));

  it.each(["a: 'x\n--- y'\n", "a: 'x\ny\n", 'a: [b,\nc\n', 'a: [b\n...\n]\n'])('is refused where libyaml refuses it: %j', (text) => expect(codeOf(text)).toBe('yaml-invalid'));

  it('tells the line of a fault behind it', () => expect(() => parseYaml("a: 'x\ny'\nb: *c\n", 'a file')).toThrow('line 3 uses an alias'));
});
