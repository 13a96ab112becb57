import { segmentLength, type Segment } from './plan';
import { SegmentList, sliceSegments } from './segments';

/** Frames are no longer than the window that every decoder must take (RFC 8878, section 3.1.1.1.2). */
export const FRAME_BYTES = 8 * 2 ** 20;
export const BLOCK_BYTES = 128 * 2 ** 10;
const BLOCK_HEADER_BYTES = 3;
/** Shorter runs of zeros stay between the bytes around them: a block of their own would save next to nothing. */
const ZEROS_WORTH_A_BLOCK = 4096;
const RAW = 0;
const RLE = 1;

type Run = { zeros: boolean; /** In the image. */ start: number; length: number; segments: Segment[] };

/**
 * The `.zst` of an image without compressing anything: stored bytes stay where they are as raw blocks, zeros become RLE blocks of 4 bytes. Snaps are
 * compressed already, so nothing is lost but 3 bytes in 128 KiB. Takes milliseconds.
 */
export function encodeStored(segments: readonly Segment[]): { sizeBytes: number; segments: Segment[] } {
  const archive = new SegmentList();
  for (const frame of cutFrames(cutRuns(segments))) {
    const length = frame.reduce((sum, run) => sum + run.length, 0);
    archive.bytes(frameHeader(length));
    frame.forEach((run, i) => {
      const isLast = i === frame.length - 1;
      if (run.zeros) {
        archive.bytes(zeroBlocks(run.length, isLast));
        return;
      }
      for (let at = 0; at < run.length; at += BLOCK_BYTES) {
        const end = Math.min(at + BLOCK_BYTES, run.length);
        archive.bytes(blockHeader(end - at, RAW, isLast && end === run.length));
        archive.push(...(run.length <= BLOCK_BYTES ? run.segments : sliceSegments(run.segments, at, end)).flatMap(materialise));
      }
    });
  }
  return { sizeBytes: archive.sizeBytes, segments: archive.segments };
}

/** Inside a raw block zeros are bytes like others. */
const materialise = (segment: Segment): Segment[] => [segment.kind === 'zeros' ? { kind: 'bytes', bytes: new Uint8Array(segment.length) } : segment];

function cutRuns(segments: readonly Segment[]): Run[] {
  const runs: Run[] = [];
  let at = 0;
  for (const segment of segments) {
    const length = segmentLength(segment);
    const zeros = segment.kind === 'zeros' && length >= ZEROS_WORTH_A_BLOCK;
    const last = runs.at(-1);
    if (last && last.zeros === zeros) {
      last.length += length;
      last.segments.push(segment);
    } else if (length > 0) {
      runs.push({ zeros, start: at, length, segments: [segment] });
    }
    at += length;
  }
  return runs;
}

/** Frames start at multiples of 8 MiB of the image. */
function* cutFrames(runs: Run[]): Generator<Run[]> {
  let frame: Run[] = [];
  for (const run of runs) {
    let at = 0;
    while (at < run.length) {
      const room = FRAME_BYTES - ((run.start + at) % FRAME_BYTES);
      const length = Math.min(room, run.length - at);
      frame.push({ zeros: run.zeros, start: run.start + at, length, segments: run.zeros ? [] : sliceSegments(run.segments, at, at + length) });
      at += length;
      if (length === room) {
        yield frame;
        frame = [];
      }
    }
  }
  if (frame.length > 0) yield frame;
}

/** Magic number, single segment with a content size of 4 bytes, no checksum (RFC 8878, section 3.1.1). */
function frameHeader(contentBytes: number): Uint8Array {
  const bytes = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  new DataView(bytes.buffer).setUint32(5, contentBytes, true);
  return bytes;
}

function blockHeader(sizeBytes: number, type: typeof RAW | typeof RLE, isLast: boolean): Uint8Array {
  const header = (sizeBytes << 3) | (type << 1) | (isLast ? 1 : 0);
  return Uint8Array.of(header & 0xff, (header >>> 8) & 0xff, header >>> 16);
}

const FULL_ZEROS = { open: repeatedZeros(FRAME_BYTES, false), last: repeatedZeros(FRAME_BYTES, true) };

const zeroBlocks = (length: number, isLast: boolean): Uint8Array => (length === FRAME_BYTES ? FULL_ZEROS[isLast ? 'last' : 'open'] : repeatedZeros(length, isLast));

function repeatedZeros(length: number, isLast: boolean): Uint8Array {
  const count = Math.ceil(length / BLOCK_BYTES);
  const bytes = new Uint8Array(count * (BLOCK_HEADER_BYTES + 1));
  for (let i = 0; i < count; i += 1) {
    const size = Math.min(BLOCK_BYTES, length - i * BLOCK_BYTES);
    bytes.set(blockHeader(size, RLE, isLast && i === count - 1), i * (BLOCK_HEADER_BYTES + 1));
  }
  return bytes;
}
