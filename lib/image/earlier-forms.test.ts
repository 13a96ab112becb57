import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeImage } from './forms';
import { FRAMING, type ImagePlan, type Segment } from './plan';
import { storedPlan } from './stored-plan';
import { lengthOf, plain } from './testing';

const blob = (letter: string, length: number) => {
  const segment = { kind: 'blob' as const, sha3_384: letter.repeat(96), offset: 5, length };
  return { ...segment, crc32: zlib.crc32(plain([segment])) };
};
const packed = { sha3_384: 'c'.repeat(96), offset: 7, length: 300 };
const segments: Segment[] = [
  { kind: 'zeros', length: 700_001 },
  { ...blob('a', 200_000), packed: { zst: packed, xz: packed, gz: packed } },
  { kind: 'zeros', length: 5 },
  blob('b', 70_000),
  { kind: 'zeros', length: 300_000 },
];
const plan: ImagePlan = { sizeBytes: lengthOf(segments), segments };
const digestOf = (form: 'zst' | 'xz' | 'gz', of: ImagePlan): string =>
  createHash('sha256')
    .update(plain(encodeImage(form, of).segments))
    .digest('hex');

describe('an image that was published before there was a framing', () => {
  it('keeps the bytes of every form', () => {
    expect(digestOf('gz', plan)).toBe('862dc4a6202fdcfa6f86c6a30d45a72ddc589701a9b0dab330d2e92c3a743de9');
    expect(digestOf('zst', plan)).toBe('c4cd321cea831260a0827a6ef30215845a8a544ebabaeaff685b4fdc2e624dd2');
    expect(digestOf('xz', plan)).toBe('ccd3ceca502fad2d6e7da0e386594a892a1695d51b67a8bc9cb833ca97a6c937');
  });

  it('has forms of its own when it is read from where it was kept', () => {
    const read = storedPlan.parse(JSON.parse(JSON.stringify(plan)));
    expect(digestOf('gz', read)).toBe(digestOf('gz', plan));
    const now = storedPlan.parse({ ...read, framing: FRAMING });
    expect(digestOf('gz', now)).not.toBe(digestOf('gz', plan));
  });

  it('is gzip, too', () => {
    const zeros = segments.filter(({ kind }) => kind === 'zeros');
    const { segments: encoded } = encodeImage('gz', { sizeBytes: lengthOf(zeros), segments: zeros });
    expect(zlib.gunzipSync(plain(encoded))).toHaveLength(1_000_006);
  });
});
