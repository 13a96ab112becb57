import { findUnneeded, noteSizes, sweepBlobs, unlessHeld } from '@/db/blobs';
import { forgetUnneeded } from '@/db/forget';
import { expireImages } from '@/db/retention';
import type { ListedBlob } from '@/lib/storage/blob-store';
import type { Services } from './services';

/** For bytes that were stored and are not held yet, in whatever clock's time; a build that runs for longer holds what is its own. */
const GRACE_MS = 24 * 3600 * 1000;
const PAGE = 500;

type Removed = { files: number; sizeBytes: number };

/** Removes what nobody needs any more, and says what that was. `now` decides what has come to its time; stops between two files when `signal` aborts. */
export async function tidy(services: Services, { now = services.now(), signal }: { now?: Date; signal?: AbortSignal } = {}): Promise<void> {
  const expired = await expireImages(services.db, now);
  const blobs = await collectBlobs(services, now, signal);
  const halves = await services.blobs.removeHalfWritten(before(now));
  const cached = await trimCache(services, services.cacheBytes, signal);
  const rows = await forgetUnneeded(services.db);
  services.log.info({ expired, blobs, halves, cached, rows }, 'tidied');
}

const before = (now: Date): Date => new Date(now.getTime() - GRACE_MS);

/** Looks at every blob of the store and removes those that no file of any brand comes from, no build works with and nobody has stored just now: whatever was left behind, by whom ever. */
export async function collectBlobs({ db, blobs }: Services, now: Date, signal?: AbortSignal): Promise<Removed> {
  const removed = { files: 0, sizeBytes: 0 };
  for await (const page of inPages(blobs.list())) {
    signal?.throwIfAborted();
    const sizes = new Map(page.map(({ sha3_384, sizeBytes }) => [sha3_384, sizeBytes]));
    const unneeded = new Set(await findUnneeded(db, [...sizes.keys()]));
    await noteSizes(db, new Map([...sizes].filter(([blob]) => !unneeded.has(blob))));
    const old = page.filter(({ sha3_384, storedAt }) => unneeded.has(sha3_384) && storedAt < before(now));
    for (const blob of await sweepBlobs(db, old.map(({ sha3_384 }) => sha3_384), (sha3_384) => blobs.delete(sha3_384))) {
      removed.files += 1;
      removed.sizeBytes += sizes.get(blob)!;
    }
  }
  return removed;
}

/** Keeps what the cache alone takes of the disk under `limitBytes`: the least recently used snaps go first, and none that a build works with. */
export async function trimCache({ db, cache }: Pick<Services, 'db' | 'cache'>, limitBytes: number, signal?: AbortSignal): Promise<Removed> {
  // Bytes that the store has on the same disk cost nothing in the cache, and removing them there would free nothing.
  const own = (await cache.list()).filter(({ isLinked }) => !isLinked);
  let excess = own.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) - limitBytes;
  const removed = { files: 0, sizeBytes: 0 };
  for (const { sha3_384, sizeBytes } of own) {
    if (excess <= 0) break;
    signal?.throwIfAborted();
    if (!(await unlessHeld(db, sha3_384, () => cache.remove(sha3_384)))) continue;
    excess -= sizeBytes;
    removed.files += 1;
    removed.sizeBytes += sizeBytes;
  }
  return removed;
}

async function* inPages(blobs: AsyncIterable<ListedBlob>): AsyncGenerator<ListedBlob[]> {
  let page: ListedBlob[] = [];
  for await (const blob of blobs) {
    page.push(blob);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
