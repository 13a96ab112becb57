import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, mapRanges } from './bmap';
import type { Segment } from './plan';
import { lengthOf, longSegments, plain } from './testing';

/** Of each byte, whether it is more than free. */
function meaningOf(segments: readonly Segment[]): Uint8Array {
  const bytes = new Uint8Array(lengthOf(segments));
  let at = 0;
  for (const segment of segments) {
    const end = at + lengthOf([segment]);
    if (segment.kind !== 'zeros' || !segment.isFree) bytes.fill(1, at, end);
    at = end;
  }
  return bytes;
}

describe('the mapped blocks of an image', () => {
  it('hold all that is not free, each once, in order, with their bytes', () =>
    fc.assert(
      fc.property(longSegments, (segments) => {
        const image = plain(segments);
        const ranges = mapRanges({ sizeBytes: image.length, segments });
        const rest = Buffer.from(meaningOf(segments));
        let before = 0;
        for (const { first, end, segments: part } of ranges) {
          expect([first >= before, end > first, (end - 1) * BLOCK_BYTES < image.length]).toEqual([true, true, true]);
          before = end;
          expect(Buffer.compare(plain(part), image.subarray(first * BLOCK_BYTES, end * BLOCK_BYTES))).toBe(0);
          for (let block = first; block < end; block += 1) {
            const of = rest.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
            expect(of.includes(1)).toBe(true);
            of.fill(0);
          }
        }
        expect(Buffer.compare(rest, Buffer.alloc(rest.length))).toBe(0);
      }),
      { numRuns: 50 },
    ));

  it('keep a blob that fills whole blocks by itself', () => {
    const blob = (length: number) => ({ kind: 'blob' as const, sha3_384: 'a'.repeat(96), offset: 0, length });
    const zeros = (length: number, isFree?: true) => ({ kind: 'zeros' as const, length, isFree });
    const rest = [zeros(1000), zeros(2 * BLOCK_BYTES - 6000, true)];
    const ones = { kind: 'bytes' as const, bytes: new Uint8Array(BLOCK_BYTES).fill(1) };
    const segments = [ones, blob(5000), ...rest, blob(BLOCK_BYTES), blob(100)];
    const found = mapRanges({ sizeBytes: lengthOf(segments), segments });
    expect(found.map(({ first, end }) => [first, end])).toEqual([[0, 1], [1, 3], [3, 4], [4, 5]]);
    expect(found.map(({ blob: own }) => own !== undefined)).toEqual([false, true, true, true]);
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
