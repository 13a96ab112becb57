import { expect, test } from 'vitest';
import { canonicalJson } from './lock';

test('writes keys in order whatever order they came in', () => {
  expect(canonicalJson({ b: 1, a: [true, { d: 'x', c: null }] })).toBe('{"a":[true,{"c":null,"d":"x"}],"b":1}');
  expect(canonicalJson({ a: [true, { c: null, d: 'x' }], b: 1 })).toBe(canonicalJson({ b: 1, a: [true, { d: 'x', c: null }] }));
});

test('leaves out what is undefined and keeps the order of lists', () => {
  expect(canonicalJson({ a: undefined, b: [2, 1] })).toBe('{"b":[2,1]}');
});
