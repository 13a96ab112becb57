import { segmentLength, type ImagePlan, type Segment } from './plan';
import { sliceSegments } from './segments';

export const BLOCK_BYTES = 4096;

/** Blocks from `first` to before `end`, of which not all is free, and their bytes. */
export type MappedRange = { first: number; end: number; segments: Segment[]; /** The one snap, or part of one, that they are, filled up with zeros to whole blocks. */ blob: string | undefined };

/**
 * Whoever writes an image by its map leaves the other blocks as they are, whatever a used medium has there.
 * A snap that begins with a block is a range of its own, so that its digest serves every image that it is in.
 */
export function mapRanges({ segments, sizeBytes }: ImagePlan): MappedRange[] {
  const ranges: Omit<MappedRange, 'segments'>[] = [];
  let at = 0;
  segments.forEach((segment, i) => {
    const length = segmentLength(segment);
    const start = at;
    at += length;
    if ((segment.kind === 'zeros' && segment.isFree) || length === 0) return;
    const last = ranges.at(-1);
    // The zeros with which a snap's last block ends are in its range already.
    const first = Math.max(Math.floor(start / BLOCK_BYTES), last?.blob === undefined ? 0 : last.end);
    const end = Math.ceil(at / BLOCK_BYTES);
    if (first === end) return;
    const isSnap = segment.kind === 'blob' && !segment.isOwn && start % BLOCK_BYTES === 0;
    const blob = isSnap && isPadded(segments, i, at) ? segment.sha3_384 : undefined;
    if (last && blob === undefined && last.blob === undefined && first <= last.end) last.end = Math.max(last.end, end);
    else ranges.push({ first, end, blob });
  });
  return ranges.map((range) => ({ ...range, segments: sliceSegments(segments, range.first * BLOCK_BYTES, Math.min(range.end * BLOCK_BYTES, sizeBytes)) }));
}

/** Whether nothing but zeros follows in the block where the segment of that place ends, at byte `at`. */
function isPadded(segments: readonly Segment[], place: number, at: number): boolean {
  let rest = Math.ceil(at / BLOCK_BYTES) * BLOCK_BYTES - at;
  for (let i = place + 1; rest > 0 && i < segments.length; i += 1) {
    const next = segments[i]!;
    if (next.kind !== 'zeros' && segmentLength(next) > 0) return false;
    rest -= segmentLength(next);
  }
  return true;
}

type Digested = Pick<MappedRange, 'first' | 'end'> & { /** Of its bytes, in hexadecimal. */ sha256: string };

/** The block map that bmaptool 2.0 reads beside an image of `sizeBytes`; `sha256` in hexadecimal. */
export function writeBmap(sizeBytes: number, ranges: readonly Digested[], sha256: (text: string) => string): string {
  const blocks = Math.ceil(sizeBytes / BLOCK_BYTES);
  const mapped = ranges.reduce((sum, { first, end }) => sum + end - first, 0);
  const write = (checksum: string) =>
    [
      '<?xml version="1.0" ?>',
      '<bmap version="2.0">',
      `    <ImageSize> ${sizeBytes} </ImageSize>`,
      `    <BlockSize> ${BLOCK_BYTES} </BlockSize>`,
      `    <BlocksCount> ${blocks} </BlocksCount>`,
      `    <MappedBlocksCount> ${mapped} </MappedBlocksCount>`,
      '    <ChecksumType> sha256 </ChecksumType>',
      `    <BmapFileChecksum> ${checksum} </BmapFileChecksum>`,
      '    <BlockMap>',
      ...ranges.map((range) => `        <Range chksum="${range.sha256}"> ${range.end - range.first === 1 ? range.first : `${range.first}-${range.end - 1}`} </Range>`),
      '    </BlockMap>',
      '</bmap>',
      '',
    ].join('\n');
  // The file's checksum is that of the file with zeros in its place.
  return write(sha256(write('0'.repeat(64))));
}
