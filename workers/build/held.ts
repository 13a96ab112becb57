import { AppError } from '@/lib/errors';
import type { SnapCache } from '@/lib/snapstore/snap-cache';
import type { BlobStore } from '@/lib/storage/blob-store';

type Hold = (blobs: string[]) => Promise<void>;

/** Asks for each blob once: what a build holds it holds until it is over. */
export function holder(hold: Hold): Hold {
  const held = new Set<string>();
  return async (blobs) => {
    const more = blobs.filter((blob) => !held.has(blob));
    if (more.length === 0) return;
    await hold(more);
    for (const blob of more) held.add(blob);
  };
}

/** The store as a build sees it: what the build looks for or stores is held before anything is said about it, so that nothing it was told of can be removed. */
export function heldStore(blobs: BlobStore, hold: Hold): BlobStore {
  return {
    async put(source, options) {
      const blob = await blobs.put(source, options);
      await hold([blob.sha3_384]);
      // Its name is known only now: the same bytes may have been there, and removed before they were held.
      if (await blobs.stat(blob.sha3_384)) return blob;
      throw new AppError('blob-lost', `The blob ${blob.sha3_384} was removed while it was being stored.`, { details: { blob: blob.sha3_384 } });
    },
    async adopt(path, sha3_384) {
      await hold([sha3_384]);
      await blobs.adopt(path, sha3_384);
    },
    async stat(sha3_384) {
      await hold([sha3_384]);
      return blobs.stat(sha3_384);
    },
    async read(sha3_384, range) {
      await hold([sha3_384]);
      return blobs.read(sha3_384, range);
    },
    async open(sha3_384) {
      await hold([sha3_384]);
      return blobs.open(sha3_384);
    },
    delete: (sha3_384) => blobs.delete(sha3_384),
    list: () => blobs.list(),
    removeHalfWritten: (untouchedSince) => blobs.removeHalfWritten(untouchedSince),
    freeBytes: () => blobs.freeBytes(),
  };
}

/** The cache as a build sees it: a snap that the build fetches stays until it is over. */
export const heldCache = (cache: SnapCache, hold: Hold): SnapCache => ({
  ...cache,
  async fetch(snap, options) {
    await hold([snap.sha3_384]);
    return cache.fetch(snap, options);
  },
});
