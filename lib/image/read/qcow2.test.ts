import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { encodeQcow2 } from '../qcow2';
import { SegmentList } from '../segments';
import { anySegments, plain } from '../testing';
import { isQcow2, openQcow2 } from './qcow2';
import { codeOf, memory } from './testing';

// Tools and property tests share the machine with others.
vi.setConfig({ testTimeout: 60_000 });

const CLUSTER = 2 ** 16;

function disk(): { file: Uint8Array; bytes: Uint8Array } {
  const list = new SegmentList();
  list.bytes(new Uint8Array(700).fill(1));
  list.zerosTo(5 * CLUSTER);
  list.bytes(new Uint8Array(CLUSTER + 100).fill(2));
  list.zerosTo(20 * CLUSTER + 512);
  return { file: plain(encodeQcow2(list).segments), bytes: plain(list.segments) };
}
const { file, bytes } = disk();
const changed = (at: number, ...put: number[]): Uint8Array => {
  const copy = file.slice();
  copy.set(put, at);
  return copy;
};
const codeOfFile = (qcow2: Uint8Array) => codeOf(() => openQcow2(memory(qcow2)));

describe('a qcow2 file', () => {
  it('is the disk that was written, wherever it is read', async () => {
    expect(isQcow2(file)).toBe(true);
    const reader = await openQcow2(memory(file));
    expect(reader.sizeBytes).toBe(bytes.length);
    expect(Buffer.compare(await reader.read(0, bytes.length), bytes)).toBe(0);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), fc.nat(3 * CLUSTER), async (from, most) => {
        const length = Math.min(most, bytes.length - from);
        expect(Buffer.compare(await reader.read(from, length), bytes.subarray(from, from + length))).toBe(0);
      }),
    );
  });

  it('is read whatever is in it', () =>
    fc.assert(
      fc.asyncProperty(anySegments, async (segments) => {
        const list = new SegmentList();
        list.push(...segments);
        list.zerosTo(Math.ceil(Math.max(1, list.sizeBytes) / 512) * 512);
        const reader = await openQcow2(memory(plain(encodeQcow2(list).segments)));
        expect(Buffer.compare(await reader.read(0, list.sizeBytes), plain(list.segments))).toBe(0);
      }),
      { numRuns: 30 },
    ));

  it.each([
    ['another version', 7, [4]],
    ['clusters too small', 23, [8]],
    ['clusters too large', 23, [22]],
    ['a backing file', 15, [1]],
    ['encryption', 35, [1]],
    ['snapshots', 63, [1]],
    ['a feature nobody knows', 79, [1]],
    ['a disk beyond all tables', 24, [0, 1]],
    ['a table that is too short', 36, [0, 0, 0, 0]],
  ])('is refused with %s', async (_, at, put) => expect(await codeOfFile(changed(at, ...put))).toBe('image-qcow2'));

  it('is refused when a cluster is not there, lies across others or is compressed', async () => {
    const view = new DataView(file.buffer, file.byteOffset);
    const l2 = Number(view.getBigUint64(Number(view.getBigUint64(40))) & 0x00fffffffffffe00n);
    expect(await codeOfFile(file.subarray(0, file.length - 1))).toBe('image-truncated');
    expect(await codeOfFile(file.subarray(0, 50))).toBe('image-truncated');
    expect(await codeOfFile(changed(l2, 0x80, 0, 0, 0xff))).toBe('image-truncated');
    expect(await codeOfFile(changed(l2, 0x40))).toBe('image-qcow2');
    expect(await codeOfFile(changed(l2 + 6, 0x02))).toBe('image-qcow2');
  });

  it('never makes its reader read outside, whatever was changed', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.oneof(fc.nat(112), fc.nat(6 * CLUSTER)), fc.nat(255)), { minLength: 1, maxLength: 4 }), async (changes) => {
        const copy = file.slice();
        for (const [at, byte] of changes) copy[at] = byte;
        const code = await codeOf(async () => {
          const reader = await openQcow2(memory(copy));
          if (reader.sizeBytes < 2 ** 24) await reader.read(0, reader.sizeBytes);
        });
        expect(code ?? 'image-').toMatch(/^image-/);
      }),
      { numRuns: 200 },
    ));
});
