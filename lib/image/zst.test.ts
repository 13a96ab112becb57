import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { lengthOf, longSegments, plain } from './testing';
import { BLOCK_BYTES, encodeZst, FRAME_BYTES } from './zst';

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
    expect([archive[at + 4], archive[at + 5]]).toEqual([0x80, 0x38]);
    const content = view.getUint32(at + 6, true);
    expect(content).toBeLessThanOrEqual(FRAME_BYTES);
    at += 10;
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
        const { sizeBytes, segments: stored } = encodeZst(segments);
        const archive = plain(stored);
        expect(archive.length).toBe(sizeBytes);
        expect(same(decode(archive), plain(segments))).toBe(true);
      }),
      { numRuns: 25 },
    ));

  it('names the ranges of blobs and copies none of them', () => {
    const { segments } = encodeZst([{ kind: 'blob', sha3_384: 'a', offset: 0, length: 2 * FRAME_BYTES + 1 }]);
    const literal = segments.filter((s) => s.kind === 'bytes');
    expect(lengthOf(literal)).toBe(3 * 10 + (2 * (FRAME_BYTES / BLOCK_BYTES) + 1) * 3);
    expect(lengthOf(segments) - lengthOf(literal)).toBe(2 * FRAME_BYTES + 1);
  });

  it('puts frames that are there already in place of the bytes', () => {
    const frame = { sha3_384: 'b', offset: 5, length: 70 };
    const blob = { kind: 'blob' as const, sha3_384: 'a', offset: 0, length: 1000, packed: { zst: frame } };
    const { segments } = encodeZst([{ kind: 'bytes', bytes: Uint8Array.of(1) }, blob, { kind: 'zeros', length: 5000 }]);
    expect(segments.filter((s) => s.kind === 'blob')).toEqual([{ kind: 'blob', ...frame }]);
    // A frame before it of one raw block of a byte, and one behind it of an RLE block.
    expect(lengthOf(segments)).toBe(10 + 3 + 1 + 70 + 10 + 4);
  });

  it('takes 4 bytes for each 128 KiB of zeros, and keeps them once', () => {
    const { sizeBytes, segments } = encodeZst([{ kind: 'zeros', length: FRAME_BYTES }]);
    expect(sizeBytes).toBe(10 + (FRAME_BYTES / BLOCK_BYTES) * 4);
    expect(new Set(segments.flatMap((s) => (s.kind === 'bytes' && s.bytes.length > 10 ? [s.bytes] : []))).size).toBe(2);
  });

  it('of nothing is nothing', () => expect(encodeZst([])).toMatchObject({ sizeBytes: 0, segments: [] }));
});
