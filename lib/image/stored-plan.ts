import { z } from 'zod';
import { concat } from '../bytes';
import { packedBlobs, packedRanges, storedDigest } from './packing';
import { FRAMING, segmentLength, type BlobRange, type ImagePlan, type Packed, type Segment } from './plan';
import { SegmentList } from './segments';

const natural = z.number().int().nonnegative();
const storedSegment = z.union([
  z.object({ kind: z.literal('blob'), sha3_384: storedDigest, offset: natural, length: natural, crc32: natural, packed: packedRanges.optional() }),
  z.object({ kind: z.literal('zeros'), length: natural }),
]) satisfies z.ZodType<Segment>;

/** A plan that can be written down: nothing but zeros and ranges of blobs with their checksums. Plain JSON. */
export const storedPlan = z.object({
  sizeBytes: natural,
  segments: z.array(storedSegment),
  framing: z.literal(FRAMING).optional(),
});
export type StoredPlan = z.infer<typeof storedPlan>;

/** From here on literal bytes are a blob of their own, so that boot loaders that images share are kept once. */
export const OWN_BLOB_BYTES = 64 * 1024;
/**
 * Zeros up to here between small literals, as in a file's last cluster, belong to them: what compresses them sees all of it at once. The smaller the image the longer:
 * little is left of a small one, and each piece that begins anew is felt. 178 KiB for one of 3 GB, 2 MiB at most.
 */
const joinedZerosBytes = (imageBytes: number): number => Math.min(2 ** 49 / imageBytes, 2 ** 21);

/** A range of a blob, and its CRC-32 where the image's plan knows it. */
export type CheckedRange = BlobRange & { crc32?: number | undefined };
/** What a range of blobs is: its CRC-32, and where it lies compressed. */
export type RangeFacts = { crc32: number; packed?: Packed | undefined };

/** Literal bytes to be kept as one blob, and the ranges of it that segments are. */
export type Literal = { bytes: Uint8Array; ranges: { offset: number; length: number }[] };

/**
 * Takes the literal bytes out of a plan: `literals` are the blobs to keep, large ones each by itself, the small ones of the image together, in runs with the short
 * zeros between them. `place`, given the literals' digests in the same order and what is known of a range of any blob, is the plan that reads them from there.
 */
export function gatherLiterals({ sizeBytes, segments }: ImagePlan): { literals: Literal[]; place: (digests: readonly string[], factsOf: (range: CheckedRange) => RangeFacts) => StoredPlan } {
  const joined = joinSmall(segments, joinedZerosBytes(sizeBytes));
  const large = new Map<Uint8Array, number>();
  const small: Uint8Array[] = [];
  for (const segment of joined) {
    if (segment.kind !== 'bytes') continue;
    if (!segment.isLarge) small.push(segment.bytes);
    // Both copies of a FAT are the same array.
    else if (!large.has(segment.bytes)) large.set(segment.bytes, large.size);
  }
  const literals: Literal[] = [...large.keys()].map((bytes) => ({ bytes, ranges: [{ offset: 0, length: bytes.length }] }));
  if (small.length > 0) literals.push({ bytes: concat(...small), ranges: rangesOf(small) });

  const place = (digests: readonly string[], factsOf: (range: CheckedRange) => RangeFacts): StoredPlan => {
    const list = new SegmentList();
    let at = 0;
    const pushBlob = ({ sha3_384, offset, length, crc32 }: CheckedRange) => list.push({ kind: 'blob', sha3_384, offset, length, ...factsOf({ sha3_384, offset, length, crc32 }) });
    for (const segment of joined) {
      if (segment.kind === 'zeros') {
        list.zeros(segment.length);
      } else if (segment.kind === 'blob') {
        pushBlob(segment);
      } else {
        const length = segment.bytes.length;
        pushBlob({ sha3_384: digests[large.get(segment.bytes) ?? literals.length - 1]!, offset: segment.isLarge ? 0 : at, length });
        if (!segment.isLarge) at += length;
      }
    }
    return { sizeBytes, segments: list.segments as StoredPlan['segments'], framing: FRAMING };
  };
  return { literals, place };
}

function rangesOf(pieces: readonly Uint8Array[]): Literal['ranges'] {
  let offset = 0;
  return pieces.map(({ length }) => ({ offset: (offset += length) - length, length }));
}

type Joined = Exclude<Segment, { kind: 'bytes' }> | { kind: 'bytes'; bytes: Uint8Array; isLarge: boolean };

/** Small literals that stand together, or nearly, become one. */
function joinSmall(segments: readonly Segment[], zerosBytes: number): Joined[] {
  const joined: Joined[] = [];
  let run: Uint8Array[] = [];
  /** Zeros behind the run, which belong to it if a small literal follows. */
  let gap = 0;
  const close = () => {
    if (run.length > 0) joined.push({ kind: 'bytes', bytes: run.length === 1 ? run[0]! : concat(...run), isLarge: false });
    if (gap > 0) joined.push({ kind: 'zeros', length: gap });
    [run, gap] = [[], 0];
  };
  for (const segment of segments) {
    const length = segmentLength(segment);
    if (length === 0) continue;
    if (segment.kind === 'bytes' && length < OWN_BLOB_BYTES) {
      if (gap > 0) run.push(new Uint8Array(gap));
      run.push(segment.bytes);
      gap = 0;
    } else if (segment.kind === 'zeros' && run.length > 0 && gap + length <= zerosBytes) {
      gap += length;
    } else {
      close();
      joined.push(segment.kind === 'bytes' ? { ...segment, isLarge: true } : segment);
    }
  }
  close();
  return joined;
}

/** Every blob that a plan reads in any of its forms, each once. */
export const blobsOf = ({ segments }: { segments: readonly Segment[] }): string[] => [...new Set(segments.flatMap((segment) => (segment.kind === 'blob' ? [segment.sha3_384, ...packedBlobs(segment.packed)] : [])))];
