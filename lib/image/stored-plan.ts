import { z } from 'zod';
import { concat } from '../bytes';
import { crc32 } from '../crc32';
import type { ImagePlan, Segment } from './plan';
import { SegmentList } from './segments';

const natural = z.number().int().nonnegative();
const storedSegment = z.union([
  z.object({ kind: z.literal('blob'), sha3_384: z.string().regex(/^[0-9a-f]{96}$/), offset: natural, length: natural, crc32: natural }),
  z.object({ kind: z.literal('zeros'), length: natural }),
]) satisfies z.ZodType<Segment>;

/** A plan that can be written down: nothing but zeros and ranges of blobs with their checksums. Plain JSON. */
export const storedPlan = z.object({ sizeBytes: natural, segments: z.array(storedSegment) });
export type StoredPlan = z.infer<typeof storedPlan>;

type BlobRange = Extract<Segment, { kind: 'blob' }>;

/** From here on literal bytes are a blob of their own, so that boot loaders that images share are kept once. */
const OWN_BLOB_BYTES = 64 * 1024;

/**
 * Takes the literal bytes out of a plan: `literals` are the blobs to keep, large ones each by itself, the small ones of the image together.
 * `place`, given their digests in the same order and what the CRC-32 of other blobs' ranges is, is the plan that reads them from there.
 */
export function gatherLiterals({ sizeBytes, segments }: ImagePlan): { literals: Uint8Array[]; place: (digests: readonly string[], crcOf: (range: BlobRange) => number) => StoredPlan } {
  const large = new Map<Uint8Array, number>();
  const small: Uint8Array[] = [];
  for (const segment of segments) {
    if (segment.kind !== 'bytes') continue;
    if (segment.bytes.length < OWN_BLOB_BYTES) small.push(segment.bytes);
    // Both copies of a FAT are the same array.
    else if (!large.has(segment.bytes)) large.set(segment.bytes, large.size);
  }
  const checks = new Map([...large.keys(), ...small].map((bytes) => [bytes, crc32(bytes)]));
  const literals = [...large.keys(), ...(small.length > 0 ? [concat(...small)] : [])];
  const place = (digests: readonly string[], crcOf: (range: BlobRange) => number): StoredPlan => {
    const list = new SegmentList();
    let at = 0;
    for (const segment of segments) {
      if (segment.kind === 'zeros') {
        list.push(segment);
        continue;
      }
      if (segment.kind === 'blob') {
        list.push({ ...segment, crc32: crcOf(segment) });
        continue;
      }
      const length = segment.bytes.length;
      const own = large.get(segment.bytes);
      list.push({ kind: 'blob', sha3_384: digests[own ?? literals.length - 1]!, offset: own === undefined ? at : 0, length, crc32: checks.get(segment.bytes)! });
      if (own === undefined) at += length;
    }
    return { sizeBytes, segments: list.segments as StoredPlan['segments'] };
  };
  return { literals, place };
}

/** Every blob that a plan reads, each once. */
export const blobsOf = ({ segments }: { segments: readonly Segment[] }): string[] => [...new Set(segments.flatMap((segment) => (segment.kind === 'blob' ? [segment.sha3_384] : [])))];
