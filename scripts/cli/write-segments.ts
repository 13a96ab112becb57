import { open } from 'node:fs/promises';
import { segmentLength, type Segment } from '../../lib/image/plan';
import { CHUNK_BYTES, type Hasher } from '../../lib/snapstore/hasher';
import { readSegments, type OpenBlob } from '../../lib/storage/read-segments';

/** A hole costs nothing; shorter runs of zeros are written like other bytes. */
export const HOLE_BYTES = 64 * 1024;

type Means = { file: string; openBlob: OpenBlob; hasher: Hasher; signal: AbortSignal };

/**
 * Writes a new file, with holes for long runs of zeros, and has it hashed meanwhile, out of the very buffers that were
 * written. Gives the digest.
 */
export async function writeSegments(
  segments: readonly Segment[],
  sizeBytes: number,
  { file, openBlob, hasher, signal }: Means,
): Promise<string> {
  const handle = await open(file, 'wx');
  try {
    let at = 0;
    for (const run of runsOf(segments)) {
      if ('hole' in run) {
        hasher.zeros(run.hole);
        at += run.hole;
        continue;
      }
      const chunks = readSegments(run.segments, openBlob, { signal, chunkBytes: CHUNK_BYTES, lend: hasher.lend });
      for await (const chunk of chunks) {
        for (let done = 0; done < chunk.length; ) {
          done += (await handle.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
        }
        at += chunk.length;
        hasher.update(chunk as Uint8Array<ArrayBuffer>, chunk.length);
      }
    }
    await handle.truncate(sizeBytes);
  } finally {
    await handle.close();
  }
  return hasher.digest();
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
