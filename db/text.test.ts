import { expect, test } from 'vitest';
import { isRowNumber, isUuid, likeLiteral, storable, storableJson, unstorable } from './text';

test('leaves out what PostgreSQL cannot keep and nothing else', () => {
  expect(storable('a\0b ü 🙂\n')).toBe('ab ü 🙂\n');
  expect(storableJson({ 'n\0': ['\ud800x', '🙂', 1, null, true] })).toEqual({ n: ['\ufffdx', '🙂', 1, null, true] });
});

test('names each place that jsonb cannot keep', () => {
  expect(unstorable({ a: 'fine 🙂', list: ['x', { deep: 'a\0' }], 'half \udc00': 'x' }).map((p) => p.path)).toEqual(['list[1].deep', '']);
  expect(unstorable({ a: [1, null, 'ü'] })).toEqual([]);
});

test('makes every character of a pattern stand for itself', () => {
  expect(likeLiteral('50%_\\x\0')).toBe('50\\%\\_\\\\x');
});

test('tells row numbers and ids from what only looks like them', () => {
  expect([1, 2_147_483_647].every(isRowNumber)).toBe(true);
  expect([0, -1, 1.5, 2_147_483_648, Number.NaN, Number.POSITIVE_INFINITY].some(isRowNumber)).toBe(false);
  expect(isUuid('0f0e0d0c-0b0a-4908-8706-050403020100')).toBe(true);
  expect(['', '0f0e0d0c0b0a49088706050403020100', '0F0E0D0C-0B0A-4908-8706-050403020100', '0f0e0d0c-0b0a-4908-8706-050403020100 '].some(isUuid)).toBe(false);
});
