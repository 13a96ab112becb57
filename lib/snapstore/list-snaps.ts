import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ifMissing } from './disk';
import type { CachedSnap } from './snap-cache';

/** What lies in the folder under a digest, the least recently used first. */
export async function listSnaps(dir: string): Promise<CachedSnap[]> {
  const names = ((await readdir(dir).catch(ifMissing)) ?? []).filter((name) => /^[0-9a-f]{96}$/.test(name));
  const found = await Promise.all(
    names.map(async (sha3_384): Promise<CachedSnap[]> => {
      const stat = await lstat(join(dir, sha3_384)).catch(ifMissing);
      return stat?.isFile() ? [{ sha3_384, sizeBytes: stat.size, usedAt: stat.atime, isLinked: stat.nlink > 1 }] : [];
    }),
  );
  return found.flat().sort((a, b) => a.usedAt.getTime() - b.usedAt.getTime());
}
