import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headersOf, jsonLine } from './json';

const nested = (depth: number, wrap: (inner: unknown) => unknown, value: unknown = 'x'): unknown => {
  for (let i = 0; i < depth; i += 1) value = wrap(value);
  return value;
};

describe('JSON', () => {
  it('stands on one line for every reader', () => {
    const line = jsonLine({ a: 'a\nb\u2028c\u2029d\u0085e' });
    expect(line).toBe('{"a":"a\\nb\\u2028c\\u2029d\\u0085e"}\n');
    expect(JSON.parse(line)).toEqual({ a: 'a\nb\u2028c\u2029d\u0085e' });
  });
  it('is written however deep it is', () => {
    const depth = 20_000;
    for (const [open, close, wrap] of [['[', ']', (inner: unknown) => [inner, 1]], ['{"a":', '}', (inner: unknown) => ({ a: inner, b: undefined })]] as const) {
      const text = jsonLine(nested(depth, wrap));
      expect(text).toBe(`${open.repeat(depth)}"x"${(open === '[' ? ',1]' : close).repeat(depth)}\n`);
    }
  });
  it('is written deep as it is written flat', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(jsonLine(nested(20_000, (inner) => [inner], value))).toBe(`${'['.repeat(20_000)}${jsonLine(value).trimEnd()}${']'.repeat(20_000)}\n`);
      }),
      { numRuns: 10 },
    );
  });
});

describe('headers from JSON', () => {
  it('are maps without a prototype, whatever they are called', () => {
    const headers = headersOf(JSON.parse('{"__proto__":{"constructor":"x"},"toString":["y",{"valueOf":"z"}]}'));
    expect(Object.getPrototypeOf(headers)).toBeNull();
    expect(Object.keys(headers)).toEqual(['__proto__', 'toString']);
    expect('constructor' in headers).toBe(false);
  });
  it('have U+FFFD for halves of characters, in names too, as Go reads them', () => expect(Object.entries(headersOf(JSON.parse('{"a\\ud800":["\\udc00x","\\ud83d\\ude00"]}')))).toEqual([['a\ufffd', ['\ufffdx', '\u{1f600}']]]));
  it.each(['[]', 'null', '"x"', '1'])('are never %s', (text) => expect(() => headersOf(JSON.parse(text))).toThrow('should be a JSON object'));
  it('are refused, not tripped over, when they are nested without end', () => expect(() => headersOf({ a: nested(100_000, (inner) => [inner]) })).toThrow('nested deeper'));
});
