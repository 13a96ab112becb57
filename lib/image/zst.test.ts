import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { lengthOf, longSegments, plain } from './testing';
import { BLOCK_BYTES, encodeZst } from './zst';

// Tools and property tests share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

/** The format by RFC 8878, one frame of raw and RLE blocks only, read without our encoder's help. */
function decode(archive: Uint8Array): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.length);
  const parts: Uint8Array[] = [];
  expect(view.getUint32(0, true)).toBe(0xfd2fb528);
  expect([archive[4], archive[5]]).toEqual([0xc0, 0x38]);
  let at = 14;
  for (let isLast = false; !isLast;) {
    const header = archive[at]! | (archive[at + 1]! << 8) | (archive[at + 2]! << 16);
    const size = header >> 3;
    const type = (header >> 1) & 3;
    isLast = (header & 1) === 1;
    expect(size).toBeLessThanOrEqual(BLOCK_BYTES);
    parts.push(
      type === 0 ? archive.subarray(at + 3, at + 3 + size) : new Uint8Array(size).fill(archive[at + 3]!),
    );
    at += 3 + (type === 0 ? size : 1);
  }
  expect(at).toBe(archive.length);
  const content = Buffer.concat(parts);
  expect(view.getBigUint64(6, true)).toBe(BigInt(content.length));
  return content;
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
    const { segments } = encodeZst([{ kind: 'blob', sha3_384: 'a', offset: 0, length: 2 ** 31 + 1 }]);
    const literal = segments.filter((s) => s.kind === 'bytes');
    expect(lengthOf(literal)).toBe(14 + (2 ** 31 / BLOCK_BYTES + 1) * 3 + 3);
    expect(lengthOf(segments) - lengthOf(literal)).toBe(2 ** 31 + 1);
  });

  it('puts blocks that are there already in place of the bytes, with a window that holds them', () => {
    const blocks = { sha3_384: 'b', offset: 5, length: 70 };
    const blob = { kind: 'blob' as const, sha3_384: 'a', offset: 0, length: 1000, packed: { zst: blocks } };
    const { segments } = encodeZst([
      { kind: 'bytes', bytes: Uint8Array.of(1) },
      blob,
      { kind: 'zeros', length: 5000 },
    ]);
    expect(segments.filter((s) => s.kind === 'blob')).toEqual([{ kind: 'blob', ...blocks }]);
    // A raw block of a byte before them, an RLE block behind, and the last.
    expect(lengthOf(segments)).toBe(14 + 3 + 1 + 70 + 4 + 3);
    expect(plain(segments.slice(0, 1))[5]).toBe((22 - 10) << 3);
  });

  it('takes 4 bytes for each 128 KiB of zeros, and keeps them once', () => {
    const { sizeBytes, segments } = encodeZst([{ kind: 'zeros', length: 2 ** 33 }]);
    expect(sizeBytes).toBe(14 + (2 ** 33 / BLOCK_BYTES) * 4 + 3);
    expect(
      new Set(segments.flatMap((s) => (s.kind === 'bytes' && s.bytes.length > 14 ? [s.bytes] : []))).size,
    ).toBe(2);
  });

  it('of nothing is a frame of nothing', () => expect(decode(plain(encodeZst([]).segments))).toHaveLength(0));
});
