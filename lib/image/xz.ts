import { concat, utf8 } from '../bytes';
import { crc32 } from '../crc32';
import { crc32Of } from './crc32';
import { LZMA_ZEROS_BYTES, lzmaZeros } from './lzma-zeros';
import { packedAs, segmentLength, type ImagePlan, type Segment } from './plan';
import { cut, SegmentList } from './segments';

// The .xz file format 1.2.1; LZMA2 as xz's own decoder reads it.
const STORED_BYTES = 2 ** 16;
/** Check: CRC-32. */
const STREAM_FLAGS = Uint8Array.of(0, 1);
/** One filter, LZMA2, with a dictionary of 64 KiB: nothing refers back further than one byte. */
const BLOCK_HEADER = withCheck(Uint8Array.of(2, 0, 0x21, 1, 8, 0, 0, 0));
const END_OF_CHUNKS = Uint8Array.of(0);

/**
 * The `.xz` of an image without compressing anything: one stream, a block for each segment. What lies compressed is such a block; other bytes become uncompressed LZMA2
 * chunks, zeros what xz itself makes of them, about 300 bytes for 2 MiB. Blobs come with their CRC-32; throws TypeError for one that does not. Takes milliseconds.
 */
export function encodeXz({ segments }: ImagePlan): ImagePlan {
  const list = new SegmentList();
  const records: number[] = [];
  list.bytes(concat(Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), withCheck(STREAM_FLAGS)));
  for (const segment of segments) {
    const length = segmentLength(segment);
    if (length === 0) continue;
    const from = list.sizeBytes;
    const packed = packedAs(segment, 'xz');
    if (packed) {
      list.push(packed);
    } else {
      list.bytes(BLOCK_HEADER);
      if (segment.kind === 'zeros') pushZeros(list, length);
      else pushStored(list, segment, length);
      list.bytes(END_OF_CHUNKS);
    }
    const unpadded = list.sizeBytes - from + 4;
    list.bytes(new Uint8Array(-list.sizeBytes & 3));
    list.bytes(uint32(crc32Of(segment)));
    records.push(unpadded, length);
  }
  const index = writeIndex(records);
  list.bytes(index);
  const footer = concat(uint32(index.length / 4 - 1), STREAM_FLAGS);
  list.bytes(concat(uint32(crc32(footer)), footer, utf8('YZ')));
  return { sizeBytes: list.sizeBytes, segments: list.segments };
}

function pushStored(list: SegmentList, segment: Segment, length: number): void {
  for (let at = 0; at < length; at += STORED_BYTES) {
    const size = Math.min(STORED_BYTES, length - at);
    // The first chunk of a block resets the dictionary.
    list.bytes(Uint8Array.of(at === 0 ? 1 : 2, (size - 1) >> 8, (size - 1) & 0xff));
    list.push(cut(segment, at, at + size));
  }
}

function pushZeros(list: SegmentList, length: number): void {
  let left = length;
  for (const packed of lzmaZeros(length)) {
    const isFirst = left === length;
    const unpacked = Math.min(left, isFirst ? LZMA_ZEROS_BYTES.first : LZMA_ZEROS_BYTES.next);
    const [unpackedLess, packedLess] = [unpacked - 1, packed.length - 1];
    // The first resets dictionary and state and tells the properties, lc = lp = pb = 0; the others go on from there.
    list.bytes(Uint8Array.of((isFirst ? 0xe0 : 0x80) | (unpackedLess >> 16), (unpackedLess >> 8) & 0xff, unpackedLess & 0xff, packedLess >> 8, packedLess & 0xff, ...(isFirst ? [0] : [])));
    list.bytes(packed);
    left -= unpacked;
  }
}

/** `records`: each block's size without its padding, then that of what it holds. */
function writeIndex(records: number[]): Uint8Array {
  const bytes = [0, ...variable(records.length / 2), ...records.flatMap(variable)];
  while (bytes.length % 4 !== 0) bytes.push(0);
  return withCheck(Uint8Array.from(bytes));
}

/** Seven bits a byte, the lowest first. */
function variable(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  return [...bytes, left];
}

function withCheck(bytes: Uint8Array): Uint8Array {
  return concat(bytes, uint32(crc32(bytes)));
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
