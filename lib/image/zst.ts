import { packedAs, segmentLength, type Segment } from './plan';
import { SegmentList, sliceSegments } from './segments';

export const BLOCK_BYTES = 128 * 2 ** 10;
/** What lies compressed refers no further back. */
export const PACKED_WINDOW_BYTES = 4 * 2 ** 20;
const BLOCK_HEADER_BYTES = 3;
/**
 * Shorter runs of zeros stay between the bytes around them: a block of their own would save next to nothing.
 */
const ZEROS_WORTH_A_BLOCK = 4096;
const RAW = 0;
const RLE = 1;

export type Run =
  | { kind: 'zeros' | 'stored'; length: number; segments: Segment[] }
  | { kind: 'packed'; length: number; packed: Segment };
export type PlainRun = Extract<Run, { segments: Segment[] }>;

/**
 * The `.zst` of an image without compressing anything: one frame (RFC 8878), since flashing programs take the
 * size that the first one tells for the image's. What lies compressed are blocks of it; other bytes stay
 * where they are as raw blocks, zeros become RLE blocks of 4 bytes. Takes milliseconds.
 */
export function encodeZst(segments: readonly Segment[]): { sizeBytes: number; segments: Segment[] } {
  const archive = new SegmentList();
  const runs = cutRuns(segments);
  const window = runs.some(({ kind }) => kind === 'packed') ? PACKED_WINDOW_BYTES : BLOCK_BYTES;
  archive.bytes(frameHeader(lengthOf(runs), window));
  for (const run of runs) {
    if (run.kind === 'packed') archive.push(run.packed);
    else pushRun(archive, run, false);
  }
  archive.bytes(blockHeader(0, RAW, true));
  return { sizeBytes: archive.sizeBytes, segments: archive.segments };
}

export const lengthOf = (runs: readonly Run[]): number => runs.reduce((sum, { length }) => sum + length, 0);

/** `isLast`: its last block is that of the frame. */
export function pushRun(archive: SegmentList, run: PlainRun, isLast: boolean): void {
  if (run.kind === 'zeros') pushZeros(archive, run.length, isLast);
  else pushStored(archive, run, isLast);
}

function pushStored(archive: SegmentList, { length, segments }: PlainRun, isLast: boolean): void {
  // Each range is cut by itself: cutting all of them anew for each block would look at every one again.
  let block: Segment[] = [];
  let filled = 0;
  let left = length;
  for (const segment of segments) {
    for (let at = 0; at < segmentLength(segment);) {
      const take = Math.min(segmentLength(segment) - at, BLOCK_BYTES - filled);
      block.push(...sliceSegments([segment], at, at + take).map(materialise));
      at += take;
      filled += take;
      left -= take;
      if (filled < BLOCK_BYTES && left > 0) continue;
      archive.bytes(blockHeader(filled, RAW, isLast && left === 0));
      archive.push(...block);
      block = [];
      filled = 0;
    }
  }
}

/** Inside a raw block zeros are bytes like others. */
const materialise = (segment: Segment): Segment =>
  segment.kind === 'zeros' ? { kind: 'bytes', bytes: new Uint8Array(segment.length) } : segment;

/** Bytes that are stored, and zeros that are worth a block, in as few runs as there can be. */
export function cutRuns(segments: readonly Segment[]): Run[] {
  const runs: Run[] = [];
  for (const segment of segments) {
    const length = segmentLength(segment);
    if (length === 0) continue;
    const packed = packedAs(segment, 'zst');
    const kind = segment.kind === 'zeros' && length >= ZEROS_WORTH_A_BLOCK ? 'zeros' : 'stored';
    const last = runs.at(-1);
    if (packed) {
      runs.push({ kind: 'packed', length, packed });
    } else if (last && last.kind !== 'packed' && last.kind === kind) {
      last.length += length;
      last.segments.push(segment);
    } else {
      runs.push({ kind, length, segments: [segment] });
    }
  }
  return runs;
}

/**
 * Magic number, a window, a content size of 8 bytes, no checksum (RFC 8878, section 3.1.1). A frame in a
 * single segment would want a window as long as itself, and decoders refuse more than 8 MiB.
 */
function frameHeader(contentBytes: number, windowBytes: number): Uint8Array {
  const bytes = Uint8Array.from([
    0x28,
    0xb5,
    0x2f,
    0xfd,
    0xc0,
    windowByte(windowBytes),
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  ]);
  new DataView(bytes.buffer).setBigUint64(6, BigInt(contentBytes), true);
  return bytes;
}

/** Of a power of two (RFC 8878, section 3.1.1.1.2). */
export const windowByte = (bytes: number): number => (Math.log2(bytes) - 10) << 3;

function blockHeader(sizeBytes: number, type: typeof RAW | typeof RLE, isLast: boolean): Uint8Array {
  const header = (sizeBytes << 3) | (type << 1) | (isLast ? 1 : 0);
  return Uint8Array.of(header & 0xff, (header >>> 8) & 0xff, header >>> 16);
}

/** Zeros beyond that are the same bytes over and over, which are kept once. */
const ZEROS_BYTES = 64 * BLOCK_BYTES;
const FULL_ZEROS = zeroBlocks(ZEROS_BYTES, false);

function pushZeros(archive: SegmentList, length: number, isLast: boolean): void {
  let left = length;
  for (; left > ZEROS_BYTES; left -= ZEROS_BYTES) archive.bytes(FULL_ZEROS);
  archive.bytes(zeroBlocks(left, isLast));
}

function zeroBlocks(length: number, isLast: boolean): Uint8Array {
  const count = Math.ceil(length / BLOCK_BYTES);
  const bytes = new Uint8Array(count * (BLOCK_HEADER_BYTES + 1));
  for (let i = 0; i < count; i += 1) {
    const size = Math.min(BLOCK_BYTES, length - i * BLOCK_BYTES);
    bytes.set(blockHeader(size, RLE, isLast && i === count - 1), i * (BLOCK_HEADER_BYTES + 1));
  }
  return bytes;
}
