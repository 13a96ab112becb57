import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Segment } from './plan';
import { encodeQcow2 } from './qcow2';
import { lengthOf, longSegments, plain } from './testing';

const CLUSTER = 65_536;

/** The format read without our encoder's help; every cluster must be counted once and used once. */
function decode(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const number = (at: number) => Number(view.getBigUint64(at) & ((1n << 56n) - 1n));
  expect([view.getUint32(0), view.getUint32(4), view.getUint32(20)]).toEqual([0x514649fb, 3, 16]);
  const sizeBytes = number(24);
  const image = new Uint8Array(sizeBytes);
  const [l1At, countsTable] = [number(40), number(48)];
  const used = new Set([0, l1At / CLUSTER]);
  for (let i = 0; i < view.getUint32(56); i += 1) used.add(countsTable / CLUSTER + i);
  const blocks: number[] = [];
  for (let i = 0; i < (view.getUint32(56) * CLUSTER) / 8 && number(countsTable + i * 8) !== 0; i += 1) blocks.push(number(countsTable + i * 8));
  for (const block of blocks) used.add(block / CLUSTER);
  for (let i = 0; i < view.getUint32(36); i += 1) {
    const l2 = number(l1At + i * 8);
    if (l2 === 0) continue;
    used.add(l2 / CLUSTER);
    for (let k = 0; k < CLUSTER / 8; k += 1) {
      const at = number(l2 + k * 8);
      if (at === 0) continue;
      expect(used.has(at / CLUSTER)).toBe(false);
      used.add(at / CLUSTER);
      const start = (i * (CLUSTER / 8) + k) * CLUSTER;
      image.set(file.subarray(at, at + Math.min(CLUSTER, sizeBytes - start)), start);
    }
  }
  const clusters = file.length / CLUSTER;
  expect([...used].sort((a, b) => a - b)).toEqual(Array.from({ length: clusters }, (_, i) => i));
  const counts = blocks.flatMap((block) => Array.from({ length: CLUSTER / 2 }, (_, i) => view.getUint16(block + i * 2)));
  expect(counts.slice(0, clusters).every((count) => count === 1)).toBe(true);
  expect(counts.slice(clusters).every((count) => count === 0)).toBe(true);
  return image;
}

const planOf = (segments: Segment[]) => ({ sizeBytes: lengthOf(segments), segments });
const padded = (segments: Segment[]): Segment[] => [...segments, { kind: 'zeros', length: 512 - (lengthOf(segments) % 512) }];

describe('an image as qcow2', () => {
  it('is decoded to the image', () =>
    fc.assert(
      fc.property(longSegments, (some) => {
        const segments = padded(some);
        const { sizeBytes, segments: encoded } = encodeQcow2(planOf(segments));
        const file = plain(encoded);
        expect(file.length).toBe(sizeBytes);
        expect(Buffer.compare(decode(file), plain(segments))).toBe(0);
      }),
      { numRuns: 25 },
    ));

  it('holds no zeros and copies no blob', () => {
    const { sizeBytes, segments } = encodeQcow2(planOf([{ kind: 'zeros', length: 2 ** 31 }, { kind: 'blob', sha3_384: 'a', offset: 0, length: 2 ** 30 }, { kind: 'zeros', length: 2 ** 33 }]));
    expect(sizeBytes).toBe(2 ** 30 + (4 + 2) * CLUSTER);
    expect(segments.map(({ kind }) => kind)).toEqual(['bytes', 'blob']);
  });

  it('counts the clusters of the counts as well', () => {
    // 32,768 clusters of data fill a whole block of counts by themselves.
    const { segments } = encodeQcow2(planOf([{ kind: 'blob', sha3_384: 'a', offset: 0, length: 32_768 * CLUSTER }]));
    const [head] = segments;
    expect(head?.kind === 'bytes' && head.bytes.length / CLUSTER).toBe(1 + 1 + 2 + 1 + 4);
  });
});
