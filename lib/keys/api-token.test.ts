import { expect, test } from 'vitest';
import { bearerOf, hashApiToken, makeApiToken } from './api-token';

test('a token names its maker, holds 256 random bits, and is kept as their hash', () => {
  const { secret, hash } = makeApiToken();
  expect(secret).toMatch(/^imprint_[\w-]{43}$/);
  expect(hash).toBe(hashApiToken(secret));
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(makeApiToken().secret).not.toBe(secret);
  expect(hashApiToken('imprint_x')).toBe('a3e8a402633b0d237451ce20283c07d5ff27cff82ea7fe793f60d29c10f450f9');
});

test.each([
  ['Bearer imprint_abc', 'imprint_abc'],
  ['bearer  imprint_abc ', 'imprint_abc'],
  ['BEARER a b', 'a b'],
  ['Bearer', ''],
  ['Basic dXNlcjpw', undefined],
  ['Bearerimprint_abc', undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
])('%j bears %j', (header, secret) => expect(bearerOf(header)).toBe(secret));
