import { AppError } from '@/lib/errors';
import type { Model } from '@/lib/model/model';
import type { ResolvedSnaps } from '@/lib/prepare/resolve-snaps';
import { inMegabytes } from '@/lib/prepare/teller';
import { RESERVE_BYTES } from '@/lib/storage/blob-store';
import type { Services } from './services';

/** An image's own bytes, partition tables, FAT and GRUB's files, are few. Snaps are kept once, by fetching them. */
const OWN_BYTES = 64 * 2 ** 20;

/** The file system of UC16 and UC18 holds all snaps for the moment in which it is made, and the copies that it is made of as well. Throws AppError `disk-full` before a byte is fetched that would not fit. */
export async function assertRoom({ cache, blobs }: Pick<Services, 'cache' | 'blobs'>, { offers }: ResolvedSnaps, { extended }: Pick<Model, 'extended'>): Promise<void> {
  const all = [...offers.values()];
  const cached = await Promise.all(all.map((offer) => cache.has(offer.sha3_384, offer.sizeBytes)));
  const needed = all.reduce((sum, offer, i) => sum + (cached[i] ? 0 : offer.sizeBytes) + (extended ? 0 : 2 * offer.sizeBytes), 0) + OWN_BYTES + RESERVE_BYTES;
  const free = await blobs.freeBytes();
  if (free === undefined || free >= needed) return;
  throw new AppError('disk-full', `This build needs ${inMegabytes(needed)} of disk, but only ${inMegabytes(free)} are free. Delete old images or give the disk more room, then build again.`, { details: { neededBytes: needed, freeBytes: free } });
}
