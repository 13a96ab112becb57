import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { segmentLength, type Segment } from '../../lib/image/plan';
import { createHasher } from '../../lib/snapstore/hasher';
import type { OpenBlob } from '../../lib/storage/read-segments';
import { makeFolder } from './testing';
import { HOLE_BYTES, writeSegments } from './write-segments';

const { folder, remove } = makeFolder();
const hasher = createHasher('sha256');
afterAll(async () => {
  await hasher.close();
  remove();
});

const MIB = 2 ** 20;
const blob = Buffer.from(Uint8Array.from({ length: 3 * MIB + 123 }, (_, i) => (i * 7 + (i >> 8)) % 251));
const openBlob: OpenBlob = async () => ({
  async readv([buffer], position) {
    const bytesRead = blob.copy(buffer as Uint8Array, 0, position);
    return { bytesRead };
  },
  close: async () => undefined,
});
const zeros = (length: number): Segment => ({ kind: 'zeros', length });
const bytes = (length: number): Segment => ({ kind: 'bytes', bytes: new Uint8Array(length).fill(length % 255 || 1) });
const range = (offset: number, length: number): Segment => ({ kind: 'blob', sha3_384: 'a', offset, length });

const textOf = (segment: Segment): Buffer => {
  if (segment.kind === 'zeros') return Buffer.alloc(segment.length);
  return segment.kind === 'bytes' ? Buffer.from(segment.bytes) : blob.subarray(segment.offset, segment.offset + segment.length);
};

it.each<[string, Segment[]]>([
  ['nothing at all', []],
  ['zeros alone', [zeros(5 * MIB)]],
  ['short zeros between bytes', [bytes(10), zeros(HOLE_BYTES - 1), bytes(20)]],
  ['more stretches than there are buffers', Array.from({ length: 40 }, (_, i) => (i % 2 ? zeros(HOLE_BYTES + i) : bytes(i + 1)))],
  ['more chunks than there are buffers', Array.from({ length: 5 }, (_, i) => range(i, 3 * MIB))],
  ['zeros at both ends', [zeros(2 * MIB + 7), range(5, MIB), bytes(0), range(5, 77), zeros(3 * MIB + 1)]],
])('what is written of %s is what is hashed', async (what, segments) => {
  const file = path.join(folder, what);
  const sizeBytes = segments.reduce((sum, segment) => sum + segmentLength(segment), 0);
  const signal = new AbortController().signal;
  const digest = await writeSegments(segments, sizeBytes, { file, openBlob, hasher, signal });
  const wanted = Buffer.concat(segments.map(textOf));
  expect(readFileSync(file).equals(wanted)).toBe(true);
  expect(digest).toBe(createHash('sha256').update(wanted).digest('hex'));
  const holes = segments.filter((segment) => segment.kind === 'zeros' && segment.length >= 2 * HOLE_BYTES);
  const holeBytes = holes.reduce((sum, segment) => sum + segmentLength(segment) - HOLE_BYTES, 0);
  expect(statSync(file).blocks * 512).toBeLessThanOrEqual(sizeBytes - holeBytes + HOLE_BYTES);
});
