import { describe, expect, it } from 'vitest';
import { parseYaml } from './yaml';
import { asScalar, YamlMap, type YamlValue } from './yaml-value';

/** Maps as objects, scalars as texts but null. */
const plain = (value: YamlValue | undefined): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof YamlMap)
    return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
  const scalar = asScalar(value);
  return scalar?.kind === 'null' ? null : scalar?.text;
};
const read = (file: string | Uint8Array) => plain(parseYaml(file, 'a file'));
const why = (file: string | Uint8Array): string | undefined => {
  try {
    parseYaml(file, 'a file');
  } catch (error) {
    expect(error).toMatchObject({ code: 'yaml-invalid' });
    return (error as Error).message;
  }
  return undefined;
};

// Every expectation here is what Go's yaml.v2 makes of the same text.
describe('YAML', () => {
  it.each<[string, unknown]>([
    ['a: b\nc:\n- d\n- e: f\n  g: h\n', { a: 'b', c: ['d', { e: 'f', g: 'h' }] }],
    ['? a\n: b\n? c\n', { a: 'b', c: null }],
    [
      'a: [b, {c: d, e}, [], {}, f: g, "h": i]',
      { a: ['b', { c: 'd', e: null }, [], {}, { f: 'g' }, { h: 'i' }] },
    ],
    ['{a: b, "c":d, e:f, g: , h}', { a: 'b', c: 'd', 'e:f': null, g: null, h: null }],
    ['[a, b, ]', ['a', 'b']],
    ['- - a\n  - b\n-\n  c: d\n-\n', [['a', 'b'], { c: 'd' }, null]],
    ['a: b c\n  d\n\n  e # f\n', { a: 'b c d\ne' }],
    ['a: b#c:d\n', { a: 'b#c:d' }],
    ["a: 'b''c\n  d'\n", { a: "b'c d" }],
    [
      'a: "b\\x41\\u00e4\\U0001F600\\N\\_\\L\\P\\e\\0\\\tc\\\n   d"',
      { a: 'bAä😀\x85\xa0\u2028\u2029\x1b\0\tcd' },
    ],
    ['a: |\n  b\n   c\n\n  d\n\ne: >-\n  f\n  g\n\n   h\n  i\n\n', { a: 'b\n c\n\nd\n', e: 'f g\n\n h\ni' }],
    ['a: |2+ # b\n   c\n\nd: >1\n e\n', { a: ' c\n\n', d: 'e\n' }],
    ['a:\tb\nc: \t d', { a: 'b', c: 'd' }],
    ['a: b\n  \n# c\n  # d\ne: f', { a: 'b', e: 'f' }],
    ['&a b: &c d', { b: 'd' }],
    ['a: !!str 1\nb: !c 2\nc: !<tag:yaml.org,2002:str> ~\nd: ! ~\n', { a: '1', b: '2', c: '~', d: '~' }],
    ['%YAML 1.1\n%TAG !e! tag:e,2000:\n--- # a\nb: !e!c d\n', { b: 'd' }],
    ['a: !!binary YWJj\nb: !!binary |\n  YW\n  Jj\n', { a: 'abc', b: 'abc' }],
    [`${'a'.repeat(1024)}: b`, { ['a'.repeat(1024)]: 'b' }],
    ['', undefined],
    ['# a', undefined],
    ['~', null],
    ['a', 'a'],
  ])('%j is read as Go reads it', (text, value) => expect(read(text)).toEqual(value));

  it.each([
    "a: 'b",
    'a: "b\\c"',
    'a: "\\ud800"',
    'a: [b',
    'a: b: c',
    'a: b\n c: d',
    'a:\n- b\n c: d',
    'a\nb: c',
    'a:\n\t- b',
    'a: |\n\tb',
    'a: |0\n b',
    'a: | b\n',
    'a: @b',
    'a: %b',
    'a: `b`',
    'a: !e!b c',
    '%YAML 1.2\n--- a',
    '%a\n--- b',
    '%YAML 1.1\na',
    '{a: b: c}',
    '[a, , b]',
    ': a',
    `${'a'.repeat(1025)}: b`,
    '[- ]',
    "'a\n--- b'",
    '[a\n...\n]',
    'a: &b* c',
    'a: !b!c',
  ])('%j is refused where Go refuses it', (text) => expect(why(text)).toMatch(/line \d/));

  it.each([
    ["a: 'x\n\n'\nb: c\n", { a: 'x\n', b: 'c' }],
    ["m:\n  a: 'it''s\nx'\n  b: c\n", { m: { a: "it's x", b: 'c' } }],
    ['m:\n  a: "x \\" w\n y\\\nz"\n', { m: { a: 'x " w yz' } }],
    ['a: [b,\nc\n]\n', { a: ['b', 'c'] }],
    ['m:\n- {b: c,\nd: e}\n', { m: [{ b: 'c', d: 'e' }] }],
  ])('goes on in quotes and brackets without indentation: %j', (text, value) =>
    expect(read(text)).toEqual(value),
  );

  it('tells scalars with quotes from those without', () => {
    const kinds = (
      parseYaml(
        '[yes, "yes", ~, "~", 1, "1", !!int "1", !!str 1, 1.5, !!float 1, !!int x]',
        'a file',
      ) as YamlValue[]
    ).map((value) => asScalar(value)?.kind);
    expect(kinds).toEqual([
      'boolean',
      'text',
      'null',
      'text',
      'integer',
      'text',
      'integer',
      'text',
      'float',
      'float',
      'unreadable',
    ]);
  });

  it('says of a map which keys are no texts, and why one cannot be read', () => {
    const map = parseYaml('{a: b, 1: c, yes: d, ~: e, "2": f, 2020-01-01: g}', 'a file') as YamlMap;
    expect(map.fault).toBeUndefined();
    expect([...map.oddKeys!]).toEqual(['1', 'yes', '']);
    for (const text of ['{? [a] : b}', '{{}: b, c: d}', '{<<: {a: b}}', '{!!int a: b}', '? - a\n: b']) {
      expect((parseYaml(text, 'a file') as YamlMap).fault).toMatch(/line 1 has a key/);
    }
    expect((parseYaml('{"<<": a}', 'a file') as YamlMap).fault).toBeUndefined();
  });

  it.each([
    ['a: &a b\nc: *a', 'line 2: there is an alias (*a)'],
    ['a: b\na: c', 'line 2: the key "a" stands there a second time'],
    ['a:\n  __proto__: b', 'line 2: there is the key "__proto__"'],
  ])('is refused though Go takes it: %j', (text, words) => expect(why(text)).toContain(words));
});

describe('a line of YAML', () => {
  const BREAKS = ['\n', '\r\n', '\r', '\u0085', '\u2028', '\u2029'];
  const lines = (line: string, ...more: string[]) => BREAKS.map((end) => [line, ...more].join(end));

  it('ends at each of six breaks, behind a comment, a value, a key and between entries', () => {
    for (const text of lines('a: b # c', 'd:', '  - e', '  - "f"', '', 'g: [h,', 'i]', '...', '{')) {
      expect(read(text)).toEqual({ a: 'b', d: ['e', 'f'], g: ['h', 'i'] });
    }
  });

  it.each(["a: 'b\u2028 c'", 'a: "b\u2028 c"', 'a: b\u2028 c', 'a: >\n b\u2028 c'])(
    'that ends at U+2028 or U+2029 keeps it where lines are folded, any other break is a space: %j',
    (text) => {
      for (const end of BREAKS) {
        const kept = end === '\u2028' || end === '\u2029' ? end : ' ';
        expect(read(text.replace('\u2028', end))).toEqual({ a: `b${kept}c` });
      }
    },
  );

  it('of a literal text keeps U+2028 and U+2029, and has a line feed for any other break', () =>
    expect(read('a: |\n b\r c\r\n d\u0085 e\u2028 f\u2029')).toEqual({ a: 'b\nc\nd\ne\u2028f\u2029' }));

  it('is counted in messages', () => {
    for (const text of lines('a: b', '# c', 'd', 'e: f')) expect(why(text)).toContain('line 3');
  });
});

describe('a second document of YAML', () => {
  it.each([
    '---',
    '--- [',
    '...',
    '... {',
    '---\n: [ "',
    '...\n%a',
    '---\na: *b',
    '---\n\t',
    `---\n${'\n'.repeat(600)}\0`,
  ])('is not looked at: %j', (text) => expect(read(`a: b\n${text}`)).toEqual({ a: 'b' }));

  it.each([
    ['--- a', 'a'],
    ['---\n---\na: b', null],
    ['---\n...\na: b', null],
    ['--- |\n a\n--- b', 'a\n'],
    ['[a], b: [', ['a']],
    ['{a: b} }', { a: 'b' }],
    ['"a" b', 'a'],
  ])('begins where the first ends: %j', (text, value) => expect(read(text)).toEqual(value));

  it.each(['a: b\n%c', 'a: b\n---\0', 'a: b\n--- \0', 'a: b\n--', 'a: b\n---c'])(
    'is looked at as far as Go reads ahead: %j',
    (text) => expect(why(text)).toMatch(/line \d/),
  );
});

describe('a character of YAML', () => {
  it.each(['\0', '\x07', '\x0b', '\x0c', '\x1f', '\x7f', '\x80', '\x9f', '\ufffe', '\uffff'])(
    'is refused where it stands: %j',
    (character) => {
      for (const text of [
        `a: b # ${character}`,
        `a: "${character}"`,
        `${character}`,
        `a: b\n\nc: d${character}e`,
      ]) {
        expect(why(text)).toMatch(/line [13]: U\+[0-9A-F]{4} cannot stand there as it is/);
      }
    },
  );

  it.each(['\t', '\xa0', 'ä', '漢', '😀', '\ufffd', '\ufeff'])('may stand in a text: %j', (character) =>
    expect(read(`a: 'b${character}c'`)).toEqual({ a: `b${character}c` }),
  );

  const utf16 = (text: string, isBig: boolean) => {
    const bytes = Uint8Array.from([...text].flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]));
    return isBig ? Uint8Array.from(bytes, (_, i) => bytes[i ^ 1]!) : bytes;
  };
  it('may be in UTF-8 with a byte order mark, and in UTF-16 behind one', () => {
    expect(read('\ufeffa: ä')).toEqual({ a: 'ä' });
    for (const isBig of [false, true]) {
      expect(read(utf16('\ufeffa: ä漢', isBig))).toEqual({ a: 'ä漢' });
      expect(why(utf16('\ufeffa: \ud800', isBig))).toContain('line 1: the bytes are no UTF-16');
      expect(why(utf16('\ufeffa: b\n\x07', isBig))).toContain('line 2: U+0007');
    }
    expect(why(Uint8Array.of(97, 58, 10, 0xff))).toContain('line 2: the bytes are no UTF-8');
    expect(why(Uint8Array.of(97, 58, 32, 0xe2, 0x82))).toContain('line 1: the bytes are no UTF-8');
    expect(why('\ufeff\ufeffa: b')).toContain('second byte order mark');
  });
});

describe('YAML that is made to be hard to read', () => {
  const MEGABYTE = 2 ** 20;
  const fill = (text: string, before = '', after = '') =>
    before + text.repeat((MEGABYTE - before.length - after.length) / text.length) + after;

  it.each([
    ['in lists of one line', fill('- ')],
    ['in brackets', fill('[')],
    ['in maps of one line', fill('{a: ')],
    ['in keys', fill('? ')],
    ['by indentation', Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('is refused where it nests deeper than 32 levels: %s', (_, text) =>
    expect(why(text)).toContain('nested deeper than 32 levels'),
  );

  it('is taken as deep as that', () =>
    expect(why(Array.from({ length: 32 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'))).toBeUndefined());

  it.each([
    ['lines in quotes', fill('\n', 'a: "', '"')],
    ['lines of a word in quotes', fill('x\n', "a: '", "'")],
    ['lines of a folded text', fill(' x\n', 'a: >\n')],
    ['lines of a plain text', fill(' x\n', 'a:\n')],
    ['words in brackets', fill('a,', '[', ']')],
    ['maps in brackets', fill('{a},', '[', ']')],
    ['items', fill('-\n')],
    ['digits', fill('1', 'a: ')],
    ['base64', fill('AAAA', 'a: !!binary ')],
    ['keys', Array.from({ length: 110_000 }, (_, i) => `${i.toString(36)}: x`).join('\n')],
    ['keys that are numbers', Array.from({ length: 120_000 }, (_, i) => `${i}:`).join('\n')],
  ])('is read in one pass: a megabyte of %s', (_, text) => expect(why(text)).toBeUndefined());

  it.each([
    ['a quote that is never closed', fill('x\n', 'a: "')],
    ['a bracket that is', fill('a,', '[')],
    ['directives', fill('%TAG !a! b\n')],
  ])('is refused in one pass: a megabyte of %s', (_, text) => expect(why(text)).toMatch(/line \d/));

  it('is refused by its size before it is read', () =>
    expect(why(`a: ${'é'.repeat(600_000)}`)).toContain('larger than 1048576 bytes'));
});
