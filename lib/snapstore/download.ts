import { constants } from 'node:fs';
import { lstat, open, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors';
import { parseCredentials } from './credentials';
import { assertFits, ifMissing, syncFolder, toDiskError } from './disk';
import { hashFile } from './hash-file';
import { olderHeaders } from './headers';
import { receiveVerified } from './receive';
import { listSnaps } from './list-snaps';
import { createSharing } from './sharing';
import { openSink } from './sink';
import type { Downloadable, FetchOptions, SnapCache } from './snap-cache';
import { sweepTempFiles, tempName } from './temp-files';
import { createTransport } from './transport';
import type { TransportOptions } from './transport';

export type SnapCacheOptions = TransportOptions & {
  /** Files are kept in `<dir>/sha3-384/`. */
  dir: string;
  /** For a brand store; sent to `apiUrl` alone. */
  credentials?: string;
};

/** Throws AppError `invalid` or `store-auth` like createSnapStore. */
export function createSnapCache(options: SnapCacheOptions): SnapCache {
  const dir = join(options.dir, 'sha3-384');
  const transport = createTransport(options);
  const apiOrigin = new URL(options.apiUrl).origin;
  const authorization = options.credentials === undefined ? undefined : parseCredentials(options.credentials);
  const sharing = createSharing();
  let swept: Promise<void> | undefined;

  const path = (digest: string) => {
    if (!/^[0-9a-f]{96}$/.test(digest)) throw new RangeError('not a SHA3-384 digest in lower-case hexadecimal');
    return join(dir, digest);
  };
  const has = async (digest: string, sizeBytes: number) => {
    const stat = await lstat(path(digest)).catch(ifMissing);
    return stat !== undefined && stat.isFile() && stat.size === sizeBytes;
  };

  /** Whether it is there; if so, it was used now. Most disks are mounted so that reading a file does not say so. */
  const take = async (digest: string, sizeBytes: number) => {
    if (!(await has(digest, sizeBytes))) return false;
    const file = path(digest);
    const stat = await lstat(file).catch(ifMissing);
    if (!stat) return false;
    await utimes(file, new Date(transport.now()), stat.mtime);
    return true;
  };

  async function download(snap: Downloadable, device: FetchOptions['device'], signal: AbortSignal, onBytes: (received: number) => void): Promise<void> {
    await assertFits(dir, snap.name, snap.sizeBytes);
    await (swept ??= sweepTempFiles(dir, transport.now()));
    const temp = join(dir, tempName(snap.sha3_384));
    const isOwn = new URL(snap.downloadUrl).origin === apiOrigin;
    const headers = { ...olderHeaders(device), ...(isOwn && authorization !== undefined && { Authorization: authorization }) };
    const sink = await openSink(temp, onBytes);
    try {
      await receiveVerified(transport, { snap, headers, sink, signal });
      await sink.keep();
      await rename(temp, path(snap.sha3_384));
      await syncFolder(dir);
    } finally {
      await sink.close();
      await rm(temp, { force: true });
    }
  }

  return {
    path,
    has,
    async fetch(snap, fetchOptions = {}) {
      const file = path(snap.sha3_384);
      fetchOptions.signal?.throwIfAborted();
      try {
        if (await take(snap.sha3_384, snap.sizeBytes)) return { path: file, cached: true };
        await sharing(`${snap.sha3_384} ${snap.sizeBytes}`, fetchOptions, (signal, onBytes) => download(snap, fetchOptions.device, signal, onBytes));
        return { path: file, cached: false };
      } catch (error) {
        throw toDiskError(error, dir);
      }
    },
    async open(digest) {
      const file = await open(path(digest), constants.O_RDONLY | constants.O_NOFOLLOW).catch(ifMissing);
      if (!file) throw new AppError('not-found', 'This snap is not in the cache. Start the build again to fetch it.', { details: { sha3_384: digest } });
      return file;
    },
    async verify(digest, signal) {
      const file = path(digest);
      const found = await hashFile(file, signal).catch(ifMissing);
      if (found !== undefined && found !== digest) await rm(file, { force: true });
      return found === digest;
    },
    list: () => listSnaps(dir),
    remove: (digest) => rm(path(digest), { force: true }),
  };
}
