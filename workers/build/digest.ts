import { createHash } from 'node:crypto';
import { readStored } from '@/lib/storage/read-stored';
import { findUndigested, setDigest } from '@/db/artifacts';
import { sweepBlobs } from '@/db/blobs';
import type { Services } from './services';

/** The SHA-256 of an image in one of its forms: one pass over every byte, holes included, so it follows the link rather than holding it up. */
export async function digestArtifact(artifactId: string, signal: AbortSignal, { db, blobs, log }: Services): Promise<void> {
  const file = await findUndigested(db, artifactId);
  if (!file) return;
  const hash = createHash('sha256');
  for await (const chunk of await readStored(blobs, file, { start: 0, end: file.sizeBytes - 1 }, { reuse: true, signal })) {
    hash.update(chunk);
  }
  await setDigest(db, artifactId, hash.digest('hex'));
  log.info({ artifact: artifactId, file: file.fileName }, 'checksum computed');
}

/** Frees the disk of blobs that no artifact shows any more. */
export async function sweep(candidates: string[], { db, blobs, log }: Services): Promise<void> {
  const removed = await sweepBlobs(db, candidates, (sha3_384) => blobs.delete(sha3_384));
  log.info({ removed: removed.length, asked: candidates.length }, 'blobs swept');
}
