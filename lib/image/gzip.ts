import { crc32Combine } from '../crc32';
import { crc32Of } from './crc32';
import { packedAs, segmentLength, type ImagePlan, type Segment } from './plan';
import { cut, SegmentList } from './segments';

const STORED_BYTES = 65_535;
/** The longest match of deflate. */
const MATCH_BYTES = 258;

/**
 * The `.gz` of an image without compressing anything: one member (RFC 1952), since flashing programs take the
 * size that its last four bytes tell for the image's. What lies compressed are blocks of it; other bytes
 * become stored blocks (RFC 1951, section 3.2.4), zeros matches of two bits. The CRC-32 is composed of those
 * of segments. Blobs come with theirs; throws TypeError for one that does not. Takes milliseconds.
 */
export function encodeGzip({ segments, sizeBytes }: ImagePlan): ImagePlan {
  const list = new SegmentList();
  list.bytes(MEMBER_HEADER);
  let check = 0;
  for (const segment of segments) {
    const length = segmentLength(segment);
    if (length === 0) continue;
    check = crc32Combine(check, crc32Of(segment), length);
    const packed = packedAs(segment, 'gz');
    if (packed) list.push(packed);
    else if (segment.kind === 'zeros') pushZeros(list, length, false);
    else pushStored(list, segment, false);
  }
  list.bytes(LAST_BLOCK);
  list.bytes(trailer(check, sizeBytes));
  return { sizeBytes: list.sizeBytes, segments: list.segments };
}

/** Deflate, no name, no time, made on no system in particular. */
export const MEMBER_HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
/** The last one, with fixed codes and nothing in it. */
const LAST_BLOCK = Uint8Array.of(3, 0);

export function trailer(check: number, length: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, check, true);
  view.setUint32(4, length % 2 ** 32, true);
  return bytes;
}

export function pushStored(list: SegmentList, segment: Segment, isLast: boolean): void {
  const length = segmentLength(segment);
  for (let at = 0; at < length; at += STORED_BYTES) {
    const size = Math.min(STORED_BYTES, length - at);
    list.bytes(storedHeader(size, isLast && at + size === length));
    list.push(cut(segment, at, at + size));
  }
}

const storedHeader = (size: number, isLast: boolean): Uint8Array =>
  Uint8Array.of(isLast ? 1 : 0, size & 0xff, size >> 8, ~size & 0xff, (~size >> 8) & 0xff);

/** Bits in the order of deflate: the first is the lowest of its byte. */
class Bits {
  readonly bytes: number[] = [];
  /** Of the last byte. */
  free = 0;

  write(value: number, count: number): void {
    for (let i = 0; i < count; i += 1) {
      if (this.free === 0) {
        this.bytes.push(0);
        this.free = 8;
      }
      this.bytes[this.bytes.length - 1]! |= ((value >> i) & 1) << (8 - this.free);
      this.free -= 1;
    }
  }
}

// One block with codes of its own (RFC 1951, section 3.2.7), first bit first: a match of 258 is 0, its distance of 1 is 0, a zero byte is 10, the end is 11.
// So matches are zero bits, two for 258 zeros, and most of the block is zeros again.
const ZERO_BYTE = 0b01;
const END = 0b11;
/** A stored block that is not the last; its length follows with the next byte. */
const STORED = 0b000;

/** Ends with a whole byte: behind a block that is not the last there is an empty stored one. */
export function pushZeros(list: SegmentList, length: number, isLast: boolean): void {
  const matches = Math.floor((length - 1) / MATCH_BYTES);
  let bits = new Bits();
  writeCodes(bits, isLast);
  bits.write(ZERO_BYTE, 2);
  let zeroBits = matches * 2;
  const fill = Math.min(zeroBits, bits.free);
  bits.write(0, fill);
  zeroBits -= fill;
  if (zeroBits >= 8) {
    list.bytes(Uint8Array.from(bits.bytes));
    list.zeros(Math.floor(zeroBits / 8));
    zeroBits %= 8;
    bits = new Bits();
  }
  bits.write(0, zeroBits);
  for (let i = 1 + matches * MATCH_BYTES; i < length; i += 1) bits.write(ZERO_BYTE, 2);
  bits.write(END, 2);
  if (!isLast) bits.write(STORED, 3);
  list.bytes(Uint8Array.from(bits.bytes));
  if (!isLast) list.bytes(storedHeader(0, false).subarray(1));
}

/** The lengths of the codes: 2 for a zero byte and the end, 1 for the match and its distance, none for the rest. Lengths 1 and 2 are told by 10 and 11, a run of none by 0. */
function writeCodes(bits: Bits, isLast: boolean): void {
  // Own codes; 286 codes of bytes and lengths, 1 of distances, 18 lengths of the codes that tell lengths.
  bits.write(isLast ? 1 : 0, 1);
  bits.write(2, 2);
  bits.write(286 - 257, 5);
  bits.write(0, 5);
  bits.write(18 - 4, 4);
  // In the format's order: 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1.
  for (const codeLength of [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2]) bits.write(codeLength, 3);
  const one = () => bits.write(0b01, 2);
  const two = () => bits.write(0b11, 2);
  const none = (count: number) => {
    bits.write(0, 1);
    bits.write(count - 11, 7);
  };
  two();
  none(138);
  none(117);
  two();
  none(28);
  one();
  one();
}
