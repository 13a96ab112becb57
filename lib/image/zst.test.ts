import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Segment } from './plan';
import { lengthOf, longSegments, plain } from './testing';
import { BLOCK_BYTES, encodeStored, FRAME_BYTES } from './zst';

// Tools and property tests share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

/** The format by RFC 8878, raw and RLE blocks only, read without our encoder's help. */
function decode(archive: Uint8Array): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.length);
  const parts: Uint8Array[] = [];
  let at = 0;
  while (at < archive.length) {
    expect(view.getUint32(at, true)).toBe(0xfd2fb528);
    expect(archive[at + 4]).toBe(0xa0);
    const content = view.getUint32(at + 5, true);
    expect(content).toBeLessThanOrEqual(FRAME_BYTES);
    at += 9;
    let length = 0;
    for (let isLast = false; !isLast; ) {
      const header = archive[at]! | (archive[at + 1]! << 8) | (archive[at + 2]! << 16);
      const size = header >> 3;
      const type = (header >> 1) & 3;
      isLast = (header & 1) === 1;
      expect(size).toBeLessThanOrEqual(BLOCK_BYTES);
      parts.push(type === 0 ? archive.subarray(at + 3, at + 3 + size) : new Uint8Array(size).fill(archive[at + 3]!));
      at += 3 + (type === 0 ? size : 1);
      length += size;
    }
    expect(length).toBe(content);
  }
  return Buffer.concat(parts);
}

describe('a stored archive', () => {
  it('is decoded to the image', () =>
    fc.assert(
      fc.property(longSegments, (segments) => {
        const { sizeBytes, segments: stored } = encodeStored(segments);
        const archive = plain(stored);
        expect(archive.length).toBe(sizeBytes);
        expect(same(decode(archive), plain(segments))).toBe(true);
      }),
      { numRuns: 25 },
    ));

  it('names the ranges of blobs and copies none of them', () => {
    const { segments } = encodeStored([{ kind: 'blob', sha3_384: 'a', offset: 0, length: 20 * FRAME_BYTES }]);
    const literal = segments.filter((s) => s.kind === 'bytes');
    expect(lengthOf(literal)).toBe(20 * (9 + 64 * 3));
    expect(lengthOf(segments) - lengthOf(literal)).toBe(20 * FRAME_BYTES);
  });

  it('takes 265 bytes for each 8 MiB of zeros, and keeps them once', () => {
    const { sizeBytes, segments } = encodeStored([{ kind: 'zeros', length: 64 * FRAME_BYTES }]);
    expect(sizeBytes).toBe(64 * (9 + 64 * 4));
    expect(new Set(segments.filter((s) => s.kind === 'bytes' && s.bytes.length > 9).map((s) => (s as Extract<Segment, { kind: 'bytes' }>).bytes)).size).toBe(1);
  });

  it('of nothing is nothing', () => expect(encodeStored([])).toMatchObject({ sizeBytes: 0, segments: [] }));
});
