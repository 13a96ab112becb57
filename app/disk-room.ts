import { AppError } from '@/lib/errors';
import { openStore } from '@/lib/storage/open-store';

/** Below this not even a small image fits. The worker looks again, exactly, once it knows the snaps. */
const LEAST_BYTES = 512 * 2 ** 20;

/** Refuses a build that could not be kept. Throws AppError `disk-full`. */
export async function assertRoomForBuild(): Promise<void> {
  const free = await openStore().freeBytes();
  if (free === undefined || free >= LEAST_BYTES) return;
  throw new AppError('disk-full', `Only ${Math.floor(free / 1e6)} MB of disk are free, too little for an image. Delete the images of old builds, or give the disk more room.`, { details: { freeBytes: free } });
}
