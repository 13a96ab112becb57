import { spawnSync } from 'node:child_process';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Segment } from './plan';
import { lengthOf, longSegments, plain } from './testing';
import { encodeXz } from './xz';

vi.setConfig({ testTimeout: 60_000 });

function unpack(file: Uint8Array): Buffer {
  const { status, stdout, stderr } = spawnSync('/usr/bin/xz', ['-dc'], { input: file, maxBuffer: 2 ** 30 });
  expect([status, stderr.toString()]).toEqual([0, '']);
  return stdout;
}
const checked = (segments: Segment[]): Segment[] => segments.map((s) => (s.kind === 'blob' ? { ...s, crc32: zlib.crc32(plain([s])) } : s));

describe('an image as xz', () => {
  it('is decoded to the image', () =>
    fc.assert(
      fc.property(longSegments, (segments) => {
        const { sizeBytes, segments: encoded } = encodeXz({ sizeBytes: lengthOf(segments), segments: checked(segments) });
        const file = plain(encoded);
        expect(file.length).toBe(sizeBytes);
        expect(Buffer.compare(unpack(file), plain(segments))).toBe(0);
      }),
      { numRuns: 25 },
    ));

  it('is decoded wherever a run of zeros ends', () => {
    const lengths = [...Array.from({ length: 40 }, (_, i) => i + 1), 272, 273, 274, 275, 547, 65_536, 2 ** 21 - 1, 2 ** 21, 2 ** 21 + 1, 2_096_913, 2_096_914, 2_096_915, 2 * 2_096_913 + 1, 2 * 2_096_913 + 2, 5_000_000, 8_000_000];
    // Blocks of one stream, with something between them.
    const segments = lengths.flatMap((length): Segment[] => [{ kind: 'zeros', length }, { kind: 'bytes', bytes: Uint8Array.of(length & 0xff, 7) }]);
    expect(Buffer.compare(unpack(plain(encodeXz({ sizeBytes: lengthOf(segments), segments }).segments)), plain(segments))).toBe(0);
  });

  it('takes for zeros what xz itself takes, and keeps them once', () => {
    const length = 32 * 2 ** 20;
    const { sizeBytes } = encodeXz({ sizeBytes: length, segments: [{ kind: 'zeros', length }] });
    const { stdout } = spawnSync('/usr/bin/xz', ['-6', '-T1', '-c'], { input: Buffer.alloc(length), maxBuffer: 2 ** 30 });
    expect(sizeBytes).toBeLessThanOrEqual(stdout.length * 1.005);
    const { segments } = encodeXz({ sizeBytes: 2 ** 33, segments: [{ kind: 'zeros', length: 2 ** 33 }] });
    expect(new Set(segments.flatMap((s) => (s.kind === 'bytes' && s.bytes.length > 100 ? [s.bytes] : []))).size).toBe(3);
  });

  it('puts a block that is there already in place of the bytes', () => {
    const block = { sha3_384: 'b', offset: 5, length: 70 };
    const { segments } = encodeXz({ sizeBytes: 1000, segments: [{ kind: 'blob', sha3_384: 'a', offset: 0, length: 1000, crc32: 7, packed: { xz: block } }] });
    expect(segments.filter((s) => s.kind === 'blob')).toEqual([{ kind: 'blob', ...block }]);
  });

  it('of nothing is an empty stream', () => expect(unpack(plain(encodeXz({ sizeBytes: 0, segments: [] }).segments)).length).toBe(0));
});
