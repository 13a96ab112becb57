import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { readStored } from '@/lib/storage/read-stored';
import type { BlobStore } from '@/lib/storage/blob-store';
import type { StoredArtifact } from '@/db/artifacts';

const ZEROS = Buffer.alloc(1024 * 1024);
/** As fast as the memory is: an image is gigabytes, and most of them zeros. */
const isHole = (chunk: Uint8Array): boolean => chunk.length <= ZEROS.length && ZEROS.subarray(0, chunk.length).equals(chunk);

/** Writes an artifact as somebody who downloads it would, leaving holes where it is zeros; returns its SHA-256. */
export async function writeArtifact(blobs: BlobStore, file: StoredArtifact, path: string): Promise<string> {
  const out = await open(path, 'w');
  const hash = createHash('sha256');
  try {
    let at = 0;
    for await (const chunk of await readStored(blobs, file, { start: 0, end: file.sizeBytes - 1 })) {
      hash.update(chunk);
      if (!isHole(chunk)) await out.write(chunk, 0, chunk.length, at);
      at += chunk.length;
    }
    await out.truncate(file.sizeBytes);
    return hash.digest('hex');
  } finally {
    await out.close();
  }
}
