import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { encodeImage, type ImageForm } from '../../lib/image/forms';
import { segmentLength, type ImagePlan, type Segment } from '../../lib/image/plan';
import { gatherLiterals, type StoredPlan } from '../../lib/image/stored-plan';
import { checkBlob, mapBlocks, wholeBlobs, type BlobChecks } from '../../lib/prepare/block-map';
import type { FilePaths } from '../../lib/prepare/fetch-snaps';
import { AppError } from '../../lib/errors';
import { readSegments, type BlobReader, type OpenBlob } from '../../lib/storage/read-segments';

/** What `--format` takes, the ending of the file's name, and the form of it. */
export const FORMATS = { img: 'raw', 'img.zst': 'zst', 'img.xz': 'xz', 'img.gz': 'gz', qcow2: 'qcow2', bmap: undefined } as const satisfies Record<string, ImageForm | undefined>;
export type Format = keyof typeof FORMATS;

/** An image whose parts can be read: snaps where they lie, its own bytes in memory. */
export type ReadableImage = { plan: StoredPlan; raw: ImagePlan; checks: ReadonlyMap<string, BlobChecks>; openBlob: OpenBlob };

const sha3 = (bytes: Uint8Array): string => createHash('sha3-384').update(bytes).digest('hex');

export async function openImage(raw: ImagePlan, paths: FilePaths, signal: AbortSignal): Promise<ReadableImage> {
  const { literals, place } = gatherLiterals(raw);
  const digests = literals.map(sha3);
  const memory = new Map(digests.map((digest, i) => [digest, literals[i]!]));
  const openBlob: OpenBlob = async (digest) => {
    const bytes = memory.get(digest);
    if (bytes) return memoryReader(bytes);
    const path = paths.get(digest);
    if (path === undefined) throw new AppError('not-found', `There is no file with the digest ${digest}.`);
    return open(path, 'r');
  };
  const checks = new Map<string, BlobChecks>();
  for (const blob of wholeBlobs(raw)) checks.set(blob.sha3_384, await checkBlob(blob, openBlob, signal));
  return { plan: place(digests, ({ sha3_384, crc32 }) => crc32 ?? checks.get(sha3_384)!.crc32), raw, checks, openBlob };
}

const memoryReader = (bytes: Uint8Array): BlobReader => ({
  async readv(buffers, position) {
    let bytesRead = 0;
    for (const buffer of buffers) {
      const part = bytes.subarray(position + bytesRead, position + bytesRead + buffer.byteLength);
      new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).set(part);
      bytesRead += part.length;
    }
    return { bytesRead };
  },
  close: async () => undefined,
});

/** Writes one form of the image to a new file. Gives its size and SHA-256. */
export async function writeForm(image: ReadableImage, format: Format, file: string, signal: AbortSignal): Promise<{ sizeBytes: number; sha256: string }> {
  const form = FORMATS[format];
  if (form === undefined) return writeText(file, await mapBlocks(image.raw, image.checks, image.openBlob, signal));
  const { segments, sizeBytes } = encodeImage(form, image.plan);
  return { sizeBytes, sha256: await writeSegments(segments, sizeBytes, file, image.openBlob, signal) };
}

export async function writeText(file: string, text: string | Uint8Array): Promise<{ sizeBytes: number; sha256: string }> {
  const bytes = Buffer.from(text);
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
  return { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

const ZEROS = new Uint8Array(2 ** 20);
/** A hole costs nothing; shorter runs of zeros are written like other bytes. */
const HOLE_BYTES = 64 * 1024;

/** Long runs of zeros become holes. */
async function writeSegments(segments: readonly Segment[], sizeBytes: number, file: string, openBlob: OpenBlob, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file, 'wx');
  try {
    let at = 0;
    for (const run of runsOf(segments)) {
      if ('hole' in run) {
        for (let left = run.hole; left > 0; left -= ZEROS.length) hash.update(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS);
        at += run.hole;
        continue;
      }
      for await (const chunk of readSegments(run.segments, openBlob, { signal, reuse: true })) {
        hash.update(chunk);
        await handle.write(chunk, 0, chunk.length, at);
        at += chunk.length;
      }
    }
    await handle.truncate(sizeBytes);
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

function* runsOf(segments: readonly Segment[]): Generator<{ hole: number } | { segments: Segment[] }> {
  let some: Segment[] = [];
  for (const segment of segments) {
    if (segment.kind !== 'zeros' || segmentLength(segment) < HOLE_BYTES) {
      some.push(segment);
      continue;
    }
    if (some.length > 0) yield { segments: some };
    some = [];
    yield { hole: segment.length };
  }
  if (some.length > 0) yield { segments: some };
}
