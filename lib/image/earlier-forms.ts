import { crc32Of } from './crc32';
import { MEMBER_HEADER, pushStored, pushZeros, trailer } from './gzip';
import { packedAs, segmentLength, type ImagePlan } from './plan';
import { SegmentList } from './segments';

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
