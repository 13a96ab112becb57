import { segmentLength, type ImagePlan, type Segment } from './plan';
import { sliceSegments } from './segments';

export const BLOCK_BYTES = 4096;

/** Blocks from `first` to before `end` that hold anything but planned zeros, and their bytes. */
export type MappedRange = { first: number; end: number; segments: Segment[]; /** The one snap, or part of one, that they are, filled up with zeros to whole blocks. */ blob: string | undefined };

/** A snap that begins with a block is a range of its own, so that its digest serves every image that it is in. */
export function mapRanges({ segments, sizeBytes }: ImagePlan): MappedRange[] {
  const ranges: Omit<MappedRange, 'segments'>[] = [];
  let at = 0;
  segments.forEach((segment, i) => {
    const length = segmentLength(segment);
    const start = at;
    at += length;
    if (segment.kind === 'zeros' || length === 0) return;
    const [first, end] = [Math.floor(start / BLOCK_BYTES), Math.ceil(at / BLOCK_BYTES)];
    const blob = segment.kind === 'blob' && !segment.isOwn && start % BLOCK_BYTES === 0 && isPadded(segments[i + 1], at) ? segment.sha3_384 : undefined;
    const last = ranges.at(-1);
    if (last && blob === undefined && last.blob === undefined && first <= last.end) last.end = Math.max(last.end, end);
    else ranges.push({ first, end, blob });
  });
  return ranges.map((range) => ({ ...range, segments: sliceSegments(segments, range.first * BLOCK_BYTES, Math.min(range.end * BLOCK_BYTES, sizeBytes)) }));
}

/** Whether the rest of the block after `at` is zeros, or there is none. */
const isPadded = (next: Segment | undefined, at: number): boolean => {
  const rest = -at & (BLOCK_BYTES - 1);
  return rest === 0 || next === undefined || (next.kind === 'zeros' && next.length >= rest);
};

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
