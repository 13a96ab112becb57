import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { BLOCK_BYTES, mapRanges, writeBmap } from '../image/bmap';
import type { ImagePlan, Segment } from '../image/plan';
import { readSegments, type OpenBlob } from '../storage/read-segments';

/** What is computed once of a file and serves every image that it is in. */
export type BlobChecks = { crc32: number; /** SHA-256, in hexadecimal, of the bytes filled up with zeros to whole blocks of 4 KiB. */ sha256Padded: string };

type BlobRange = Extract<Segment, { kind: 'blob' }>;

/** Blobs that are whole in an image, each once: of a range that is only a part its CRC-32 stands in the plan, and nothing else is known. */
export const wholeBlobs = ({ segments }: { segments: readonly Segment[] }): BlobRange[] => [...new Map(segments.flatMap((s) => (s.kind === 'blob' && s.crc32 === undefined ? [[s.sha3_384, s] as const] : []))).values()];

/** One pass over a whole file. */
export async function checkBlob(blob: BlobRange, openBlob: OpenBlob, signal: AbortSignal): Promise<BlobChecks> {
  const hash = createHash('sha256');
  let crc32 = 0;
  for await (const chunk of readSegments([blob], openBlob, { signal, reuse: true })) {
    crc32 = zlib.crc32(chunk, crc32);
    hash.update(chunk);
  }
  return { crc32, sha256Padded: hash.update(new Uint8Array(-blob.length & (BLOCK_BYTES - 1))).digest('hex') };
}

/** Of a range whose checksum nobody knows yet. */
export async function crcOf(range: BlobRange, openBlob: OpenBlob, signal: AbortSignal): Promise<number> {
  let crc32 = 0;
  for await (const chunk of readSegments([range], openBlob, { signal, reuse: true })) crc32 = zlib.crc32(chunk, crc32);
  return crc32;
}

/** The block map of an image, for which nothing is read but what begins within a block. */
export async function mapBlocks(plan: ImagePlan, checks: ReadonlyMap<string, BlobChecks>, openBlob: OpenBlob, signal: AbortSignal): Promise<string> {
  const digested = [];
  for (const { first, end, segments, blob } of mapRanges(plan)) {
    // What is known is known of the whole.
    const known = blob === undefined || (segments[0]?.kind === 'blob' && segments[0].crc32 !== undefined) ? undefined : checks.get(blob);
    const hash = createHash('sha256');
    if (!known) for await (const chunk of readSegments(segments, openBlob, { signal, reuse: true })) hash.update(chunk);
    digested.push({ first, end, sha256: known?.sha256Padded ?? hash.digest('hex') });
  }
  return writeBmap(plan.sizeBytes, digested, (text) => createHash('sha256').update(text).digest('hex'));
}
