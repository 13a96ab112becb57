import { crc32Of } from './crc32';
import { MEMBER_HEADER, pushStored, pushZeros, trailer } from './gzip';
import { packedAs, segmentLength, type ImagePlan } from './plan';
import { SegmentList, sliceSegments } from './segments';
import { BLOCK_BYTES, cutRuns, lengthOf, pushRun, windowByte, type PlainRun } from './zst';

// Forms as images without a `framing` have them: their sizes and checksums are published.

/** The `.gz` with a member for each segment. What lies compressed is the whole data of one. */
export function encodeGzipMembers({ segments }: ImagePlan): ImagePlan {
  const list = new SegmentList();
  for (const segment of segments) {
    const length = segmentLength(segment);
    if (length === 0) continue;
    list.bytes(MEMBER_HEADER);
    const packed = packedAs(segment, 'gz');
    if (packed) list.push(packed);
    else if (segment.kind === 'zeros') pushZeros(list, length, true);
    else pushStored(list, segment, true);
    list.bytes(trailer(crc32Of(segment), length));
  }
  return { sizeBytes: list.sizeBytes, segments: list.segments };
}

/** A frame's content size is told in 4 bytes. */
export const FRAME_BYTES = 2 ** 30;

/** The `.zst` in frames; what lies compressed is in frames of its own. */
export function encodeZstFrames({ segments }: ImagePlan): ImagePlan {
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
    for (let at = 0; at < run.length;) {
      const length = Math.min(run.length - at, FRAME_BYTES - lengthOf(frame));
      const own = run.kind === 'zeros' ? [] : sliceSegments(run.segments, at, at + length);
      frame.push({ kind: run.kind, length, segments: own });
      at += length;
      if (lengthOf(frame) === FRAME_BYTES) close();
    }
  }
  close();
  return { sizeBytes: archive.sizeBytes, segments: archive.segments };
}

function pushFrame(archive: SegmentList, runs: PlainRun[]): void {
  if (runs.length === 0) return;
  const header = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x80, windowByte(BLOCK_BYTES), 0, 0, 0, 0]);
  new DataView(header.buffer).setUint32(6, lengthOf(runs), true);
  archive.bytes(header);
  runs.forEach((run, i) => pushRun(archive, run, i === runs.length - 1));
}
