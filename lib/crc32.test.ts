import fc from 'fast-check';
import { expect, it } from 'vitest';
import { utf8 } from './bytes';
import { crc32, crc32Zeros } from './crc32';

it('is that of IEEE 802.3', () => {
  expect(crc32(utf8('123456789'))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
});

it('is known of zeros without going through them', () => fc.assert(fc.property(fc.nat(5000), (length) => crc32Zeros(length) === crc32(new Uint8Array(length)))));
