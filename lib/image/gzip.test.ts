import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32, crc32Zeros } from '../crc32';
import { encodeGzip } from './gzip';
import type { Segment } from './plan';
import { lengthOf, longSegments, plain } from './testing';

const checked = (segments: Segment[]): Segment[] => segments.map((s) => (s.kind === 'blob' ? { ...s, crc32: zlib.crc32(plain([s])) } : s));
const planOf = (segments: Segment[]) => ({ sizeBytes: lengthOf(segments), segments: checked(segments) });

describe('an image as gzip', () => {
  it('is decoded to the image', () =>
    fc.assert(
      fc.property(longSegments, (segments) => {
        const { sizeBytes, segments: encoded } = encodeGzip(planOf(segments));
        const file = plain(encoded);
        expect(file.length).toBe(sizeBytes);
        expect(Buffer.compare(file.length > 0 ? zlib.gunzipSync(file) : file, plain(segments))).toBe(0);
      }),
      { numRuns: 25 },
    ));

  it('is decoded wherever a run of zeros ends', () => {
    for (const length of [...Array.from({ length: 1100 }, (_, i) => i + 1), 65_535, 258 * 4096, 258 * 4096 + 1, 258 * 4096 + 2]) {
      const file = plain(encodeGzip({ sizeBytes: length, segments: [{ kind: 'zeros', length }] }).segments);
      expect(zlib.gunzipSync(file).equals(Buffer.alloc(length)), `${length}`).toBe(true);
    }
  });

  it('takes a thousandth for zeros, and nothing is computed of them', () => {
    const { sizeBytes, segments } = encodeGzip({ sizeBytes: 2 ** 40, segments: [{ kind: 'zeros', length: 2 ** 40 }] });
    expect(sizeBytes).toBeLessThan(2 ** 40 / 1000);
    expect(lengthOf(segments.filter(({ kind }) => kind === 'bytes'))).toBeLessThan(200);
  });

  it('puts data that is there already in place of the bytes', () => {
    const data = { sha3_384: 'b', offset: 5, length: 70 };
    const { segments, sizeBytes } = encodeGzip({ sizeBytes: 1000, segments: [{ kind: 'blob', sha3_384: 'a', offset: 0, length: 1000, crc32: 7, packed: { gz: data } }] });
    expect(segments.filter((s) => s.kind === 'blob')).toEqual([{ kind: 'blob', ...data }]);
    expect(sizeBytes).toBe(10 + 70 + 8);
  });

  it('asks for the checksum of a blob', () => expect(() => encodeGzip({ sizeBytes: 1, segments: [{ kind: 'blob', sha3_384: 'a', offset: 0, length: 1 }] })).toThrow(TypeError));
});

describe('CRC-32', () => {
  it('is that of zlib, and of zeros without looking at them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.nat(3_000_000), (bytes, zeros) => {
        expect(crc32(bytes)).toBe(zlib.crc32(bytes));
        expect(crc32Zeros(zeros)).toBe(zlib.crc32(new Uint8Array(zeros)));
      }),
    );
    expect(crc32Zeros(0)).toBe(0);
  });
});
