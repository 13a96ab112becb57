import { open } from 'node:fs/promises';
import zlib from 'node:zlib';
import type { FileContent } from '../seed/tree';
import type { BlobStore } from '../storage/blob-store';
import type { OpenBlob } from '../storage/read-segments';
import type { FilePaths } from './fetch-snaps';

/** Keeps what is too large to be held while an image is planned: files out of its gadget and kernel, pieces of its ext4 file systems. */
export type ContentStore = Pick<BlobStore, 'put' | 'stat' | 'open'>;

export type Unpacked = Extract<FileContent, { kind: 'unpacked' }>;

/** Reads a file to its end and keeps it, in memory never more than a piece. Throws as BlobStore.put, or what the file throws. */
export async function keepContent(store: ContentStore, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Unpacked> {
  let crc32 = 0;
  async function* summed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      crc32 = zlib.crc32(chunk, crc32);
      yield chunk;
    }
  }
  const { sha3_384, sizeBytes } = await store.put(summed(), { signal });
  return { kind: 'unpacked', sha3_384, sizeBytes, crc32 };
}

/** Opens whatever a plan speaks of: snaps where they lie, the rest where it is kept. */
export const openerOf =
  (paths: FilePaths, store: Pick<BlobStore, 'open'>): OpenBlob =>
  async (digest) => {
    const path = paths.get(digest);
    return path === undefined ? store.open(digest) : open(path, 'r');
  };
