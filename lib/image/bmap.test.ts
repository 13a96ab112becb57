import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, mapRanges } from './bmap';
import { lengthOf, longSegments, plain } from './testing';

describe('the mapped blocks of an image', () => {
  it('hold all that is not zero, each once, in order, with their bytes', () =>
    fc.assert(
      fc.property(longSegments, (segments) => {
        const image = plain(segments);
        const ranges = mapRanges({ sizeBytes: image.length, segments });
        const rest = Buffer.from(image);
        let before = 0;
        for (const { first, end, segments: part } of ranges) {
          expect([first >= before, end > first, (end - 1) * BLOCK_BYTES < image.length]).toEqual([true, true, true]);
          before = end;
          expect(Buffer.compare(plain(part), image.subarray(first * BLOCK_BYTES, end * BLOCK_BYTES))).toBe(0);
          rest.fill(0, first * BLOCK_BYTES, Math.min(end * BLOCK_BYTES, image.length));
        }
        expect(Buffer.compare(rest, Buffer.alloc(rest.length))).toBe(0);
      }),
      { numRuns: 50 },
    ));

  it('keep a blob that fills whole blocks by itself', () => {
    const blob = (length: number) => ({ kind: 'blob' as const, sha3_384: 'a'.repeat(96), offset: 0, length });
    const segments = [{ kind: 'bytes' as const, bytes: new Uint8Array(BLOCK_BYTES).fill(1) }, blob(5000), { kind: 'zeros' as const, length: 2 * BLOCK_BYTES - 5000 }, blob(BLOCK_BYTES), blob(100)];
    expect(mapRanges({ sizeBytes: lengthOf(segments), segments }).map(({ first, end }) => [first, end])).toEqual([[0, 1], [1, 3], [3, 4], [4, 5]]);
  });

  it('join what is the image\'s own, wherever its bytes are kept', () => {
    const own = { kind: 'blob' as const, isOwn: true as const, sha3_384: 'a'.repeat(96), offset: 0, length: 2 * BLOCK_BYTES, crc32: 1 };
    const segments = [{ kind: 'bytes' as const, bytes: new Uint8Array(BLOCK_BYTES).fill(1) }, own, { kind: 'bytes' as const, bytes: new Uint8Array(BLOCK_BYTES).fill(1) }];
    expect(mapRanges({ sizeBytes: 4 * BLOCK_BYTES, segments })).toEqual([{ first: 0, end: 4, blob: undefined, segments }]);
  });

  it('join a blob that begins within a block with what is there', () => {
    const segments = [{ kind: 'bytes' as const, bytes: new Uint8Array(10).fill(1) }, { kind: 'blob' as const, sha3_384: 'a'.repeat(96), offset: 0, length: BLOCK_BYTES }];
    expect(mapRanges({ sizeBytes: lengthOf(segments), segments }).map(({ first, end }) => [first, end])).toEqual([[0, 2]]);
  });
});
