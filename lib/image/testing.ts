import fc from 'fast-check';
import { segmentLength, type Segment } from './plan';

/** For tests: blobs whose every byte is known, segments of all kinds, and what they are when written out. */
export const blobByte = (sha3_384: string, at: number): number => (at * 31 + (at >> 8) * 7 + sha3_384.charCodeAt(0)) & 0xff;

export const lengthOf = (segments: readonly Segment[]): number => segments.reduce((sum, s) => sum + segmentLength(s), 0);

export function plain(segments: readonly Segment[]): Uint8Array {
  const whole = new Uint8Array(lengthOf(segments));
  let at = 0;
  for (const s of segments) {
    if (s.kind === 'bytes') whole.set(s.bytes, at);
    if (s.kind === 'blob') fillBlob(whole.subarray(at, at + s.length), s);
    at += segmentLength(s);
  }
  return whole;
}

/** `blobByte` comes round again after so many. */
const PERIOD = 2 ** 16;

function fillBlob(into: Uint8Array, { sha3_384, offset, length }: { sha3_384: string; offset: number; length: number }): void {
  const round = Uint8Array.from({ length: Math.min(PERIOD, length) }, (_, i) => blobByte(sha3_384, offset + i));
  for (let at = 0; at < length; at += PERIOD) into.set(round.subarray(0, length - at), at);
}

const anySegment = (unit: number) =>
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes): Segment => ({ kind: 'bytes', bytes })),
    fc.nat(1000 * unit).map((length): Segment => ({ kind: 'zeros', length })),
    fc.nat(1000 * unit).map((length): Segment => ({ kind: 'zeros', length, isFree: true })),
    fc.tuple(fc.constantFrom('a'.repeat(96), 'b'.repeat(96)), fc.nat(4000), fc.nat(1000 * unit)).map(([sha3_384, offset, length]): Segment => ({ kind: 'blob', sha3_384, offset, length })),
  );

export const anySegments = fc.array(anySegment(1), { maxLength: 20 });
/** Long enough for several blocks and frames of an archive. */
export const longSegments = fc.array(anySegment(3000), { maxLength: 8 });

/** Bytes that do not compress, and differ by seed. */
export function noise(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let x = seed * 2654435761 + 1;
  for (let i = 0; i < length; i += 1) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    bytes[i] = x >>> 24;
  }
  return bytes;
}
