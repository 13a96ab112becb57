import { describe, expect, it } from 'vitest';
import { utf8 } from '../bytes';
import { Fault } from './format-error';
import { checkGoJson, writeGoJson } from './json-body';

const refused = (text: string): boolean => {
  try {
    checkGoJson(utf8(text), 'confdb-schema');
  } catch (error) {
    if (error instanceof Fault) return true;
    throw error;
  }
  return false;
};

describe('a body of JSON', () => {
  it.each([
    '{}', '[]', 'null', 'true', '"x"', '{\n  "a": 1,\n  "b": [\n    "x",\n    {}\n  ]\n}', '-0', '1e+21', '1e-7', '0.000001', '100000000000000000000', '"\\u003c\\u003e\\u0026\\u2028"', '"é\\n\\t\\u0001"', '{\n  "": 1,\n  "a": 1,\n  "é": 1\n}',
  ])('is taken in the form that Go writes: %j', (text) => expect(refused(text)).toBe(false));

  it.each([
    '', ' {}', '{}\n', '{"a": 1}', '{\n\t"a": 1\n}', '{\n  "b": 1,\n  "a": 1\n}', '{\n  "a": 1,\n  "a": 1\n}', '"<"', '"&"', '"\u2028"', '1.0', '1E3', '1e21', '1e999', '"\\u0041"', '"\\ud800"', '"\\/"', '{a: 1}', '[\n  1,\n]', "'x'",
  ])('is refused in any other: %j', (text) => expect(refused(text)).toBe(true));

  it('sorts keys by bytes, where UTF-16 would sort otherwise', () => {
    expect(writeGoJson({ '\u{10000}': 1, '\uffff': 2 })).toBe('{\n  "\uffff": 2,\n  "\u{10000}": 1\n}');
  });

  it('refuses depth without end', () => {
    expect(refused('['.repeat(100_000))).toBe(true);
    expect(refused(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toBe(true);
  });
});
