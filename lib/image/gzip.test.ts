import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { crc32, crc32Combine, crc32Zeros } from '../crc32';
import { encodeGzip } from './gzip';
import type { Segment } from './plan';
import { sliceSegments } from './segments';
import { lengthOf, longSegments, noise, plain } from './testing';

// Gigabytes of zeros are hashed, on a machine that is shared.
vi.setConfig({ testTimeout: 60_000 });

const checked = (segments: Segment[]): Segment[] => segments.map((s) => (s.kind === 'blob' ? { ...s, crc32: zlib.crc32(plain([s])) } : s));
const planOf = (segments: Segment[]) => ({ sizeBytes: lengthOf(segments), segments: checked(segments) });

describe('an image as gzip', () => {
  it('is decoded to the image', () =>
    fc.assert(
      fc.property(longSegments, (segments) => {
        const { sizeBytes, segments: encoded } = encodeGzip(planOf(segments));
        const file = plain(encoded);
        expect(file.length).toBe(sizeBytes);
        expect(Buffer.compare(zlib.gunzipSync(file), plain(segments))).toBe(0);
        // One member: its data alone is the whole of it.
        expect(Buffer.compare(zlib.inflateRawSync(file.subarray(10, -8)), plain(segments))).toBe(0);
      }),
      { numRuns: 25 },
    ));

  it('is decoded wherever a run of zeros ends', () => {
    for (const length of [...Array.from({ length: 1100 }, (_, i) => i + 1), 65_535, 258 * 4096, 258 * 4096 + 1, 258 * 4096 + 2]) {
      const image: Segment[] = [{ kind: 'zeros', length }, { kind: 'bytes', bytes: Uint8Array.of(1) }];
      const file = plain(encodeGzip({ sizeBytes: length + 1, segments: image }).segments);
      expect(Buffer.compare(zlib.gunzipSync(file), plain(image)), `${length}`).toBe(0);
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
    expect(sizeBytes).toBe(10 + 70 + 2 + 8);
  });

  it('ends with size and CRC-32 of all of it, the size modulo 4 GiB', () => {
    const ends = [noise(1, 70_000), noise(2, 16_896)] as const;
    const gap = 2 ** 32 + 12_345;
    const [first, last] = ends.map((bytes): Segment => ({ kind: 'bytes', bytes }));
    const image: Segment[] = [first!, { kind: 'zeros', length: gap }, last!];
    const { sizeBytes, segments } = encodeGzip({ sizeBytes: lengthOf(image), segments: image });
    const tail = Buffer.from(plain(sliceSegments(segments, sizeBytes - 8, sizeBytes)));
    const zeros = Buffer.alloc(2 ** 26);
    let check = zlib.crc32(ends[0]);
    for (let left = gap; left > 0; left -= zeros.length) check = zlib.crc32(zeros.subarray(0, left), check);
    const wanted = [zlib.crc32(ends[1], check), 70_000 + 16_896 + 12_345];
    expect([tail.readUInt32LE(0), tail.readUInt32LE(4)]).toEqual(wanted);
  });

  it('of nothing is a file of nothing', () =>
    expect(zlib.gunzipSync(plain(encodeGzip({ sizeBytes: 0, segments: [] }).segments))).toHaveLength(0));

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

  it('of two stretches is composed of theirs', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.uint8Array({ maxLength: 3000 }), (first, second) => {
        const combined = crc32Combine(zlib.crc32(first), zlib.crc32(second), second.length);
        expect(combined).toBe(zlib.crc32(Buffer.concat([first, second])));
      }),
    ));

  it('of zeros beyond 4 GiB is that of their halves', () => {
    for (const length of [2 ** 32, 2 ** 32 + 1, 2 ** 33 - 1, 2 ** 40 + 12_345]) {
      const [half, rest] = [Math.floor(length / 2), Math.ceil(length / 2)];
      expect(crc32Zeros(length)).toBe(crc32Combine(crc32Zeros(half), crc32Zeros(rest), rest));
    }
  });
});
