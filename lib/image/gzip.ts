import { crc32Of } from './crc32';
import { packedAs, segmentLength, type ImagePlan, type Segment } from './plan';
import { cut, SegmentList } from './segments';

const STORED_BYTES = 65_535;
/** The longest match of deflate. */
const MATCH_BYTES = 258;

/**
 * The `.gz` of an image without compressing anything: a member for each segment (RFC 1952). What lies compressed is its data; other bytes become stored blocks (RFC 1951,
 * section 3.2.4), zeros matches of two bits. Blobs come with their CRC-32; throws TypeError for one that does not. Takes milliseconds.
 */
export function encodeGzip({ segments }: ImagePlan): ImagePlan {
  const list = new SegmentList();
  for (const segment of segments) {
    const length = segmentLength(segment);
    if (length === 0) continue;
    list.bytes(MEMBER_HEADER);
    const packed = packedAs(segment, 'gz');
    if (packed) list.push(packed);
    else if (segment.kind === 'zeros') pushZeros(list, length);
    else pushStored(list, segment, length);
    list.bytes(trailer(crc32Of(segment), length));
  }
  return { sizeBytes: list.sizeBytes, segments: list.segments };
}

/** Deflate, no name, no time, made on no system in particular. */
const MEMBER_HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);

function trailer(check: number, length: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, check, true);
  view.setUint32(4, length % 2 ** 32, true);
  return bytes;
}

function pushStored(list: SegmentList, segment: Segment, length: number): void {
  for (let at = 0; at < length; at += STORED_BYTES) {
    const size = Math.min(STORED_BYTES, length - at);
    list.bytes(Uint8Array.of(at + size === length ? 1 : 0, size & 0xff, size >> 8, ~size & 0xff, (~size >> 8) & 0xff));
    list.push(cut(segment, at, at + size));
  }
}

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

function pushZeros(list: SegmentList, length: number): void {
  const matches = Math.floor((length - 1) / MATCH_BYTES);
  let bits = new Bits();
  writeCodes(bits);
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
  list.bytes(Uint8Array.from(bits.bytes));
}

/** The lengths of the codes: 2 for a zero byte and the end, 1 for the match and its distance, none for the rest. Lengths 1 and 2 are told by 10 and 11, a run of none by 0. */
function writeCodes(bits: Bits): void {
  // Last block, own codes; 286 codes of bytes and lengths, 1 of distances, 18 lengths of the codes that tell lengths.
  bits.write(1, 1);
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
