import { packedAs, segmentLength, type Segment } from './plan';
import { SegmentList, sliceSegments } from './segments';

/** A frame's content size is told in 4 bytes. */
export const FRAME_BYTES = 2 ** 30;
export const BLOCK_BYTES = 128 * 2 ** 10;
const BLOCK_HEADER_BYTES = 3;
/** Shorter runs of zeros stay between the bytes around them: a block of their own would save next to nothing. */
const ZEROS_WORTH_A_BLOCK = 4096;
const RAW = 0;
const RLE = 1;

type Run = { kind: 'zeros' | 'stored'; length: number; segments: Segment[] } | { kind: 'packed'; length: number; packed: Segment };
type PlainRun = Extract<Run, { segments: Segment[] }>;

/**
 * The `.zst` of an image without compressing anything: what lies compressed comes in frames of its own, other bytes stay where they are as raw blocks, zeros become
 * RLE blocks of 4 bytes. Takes milliseconds.
 */
export function encodeZst(segments: readonly Segment[]): { sizeBytes: number; segments: Segment[] } {
  const archive = new SegmentList();
  let frame: PlainRun[] = [];
  const close = () => {
    pushFrame(archive, frame);
    frame = [];
  };
  for (const run of cutRuns(segments)) {
    if (run.kind === 'packed') {
      close();
      archive.push(run.packed);
      continue;
    }
    for (let at = 0; at < run.length; ) {
      const length = Math.min(run.length - at, FRAME_BYTES - lengthOf(frame));
      frame.push({ kind: run.kind, length, segments: run.kind === 'zeros' ? [] : sliceSegments(run.segments, at, at + length) });
      at += length;
      if (lengthOf(frame) === FRAME_BYTES) close();
    }
  }
  close();
  return { sizeBytes: archive.sizeBytes, segments: archive.segments };
}

const lengthOf = (runs: readonly Run[]): number => runs.reduce((sum, { length }) => sum + length, 0);

function pushFrame(archive: SegmentList, runs: PlainRun[]): void {
  if (runs.length === 0) return;
  archive.bytes(frameHeader(lengthOf(runs)));
  runs.forEach((run, i) => {
    const isLast = i === runs.length - 1;
    if (run.kind === 'zeros') pushZeros(archive, run.length, isLast);
    else pushStored(archive, run, isLast);
  });
}

function pushStored(archive: SegmentList, { length, segments }: PlainRun, isLast: boolean): void {
  // Each range is cut by itself: cutting all of them anew for each block would look at every one again.
  let block: Segment[] = [];
  let filled = 0;
  let left = length;
  for (const segment of segments) {
    for (let at = 0; at < segmentLength(segment); ) {
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
const materialise = (segment: Segment): Segment => (segment.kind === 'zeros' ? { kind: 'bytes', bytes: new Uint8Array(segment.length) } : segment);

function cutRuns(segments: readonly Segment[]): Run[] {
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
 * Magic number, a window of one block since nothing here refers back, a content size of 4 bytes, no checksum (RFC 8878, section 3.1.1). A frame in a single segment
 * would want a window as long as itself, and decoders refuse more than 8 MiB.
 */
function frameHeader(contentBytes: number): Uint8Array {
  const bytes = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x80, WINDOW, 0, 0, 0, 0]);
  new DataView(bytes.buffer).setUint32(6, contentBytes, true);
  return bytes;
}

/** 2^(10 + 7) bytes (RFC 8878, section 3.1.1.1.2). */
const WINDOW = 7 << 3;

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
