import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from '@/lib/env';
import type { Logger } from 'pino';
import { log } from '@/lib/log';
import { createSnapStore } from '@/lib/snapstore/client';
import { createSnapCache } from '@/lib/snapstore/download';
import { storeOptionsFromEnv } from '@/lib/snapstore/from-env';
import type { SnapCache } from '@/lib/snapstore/snap-cache';
import type { SnapStore } from '@/lib/snapstore/snap-store';
import { readTrustAnchors } from '@/lib/snapstore/trust-anchors';
import type { BlobStore } from '@/lib/storage/blob-store';
import { openStore } from '@/lib/storage/open-store';
import { OLD_MS, sweepHalfWritten } from '@/lib/storage/sweep';
import type { TrustAnchors } from '@/lib/trust/types';
import type { Database } from '@/db/context';

/** Root accounts of stores that are not for production may publish kernels and gadgets for any brand. */
export const trustedPublishers = ({ anchors }: Pick<Services, 'anchors'>): string[] => anchors.embedded.filter((a) => a.type === 'account').map((a) => a.primaryKey[0]!);

/** What a build works with, all of it given, so that tests can give something else. */
export type Services = {
  db: Database;
  store: SnapStore;
  cache: SnapCache;
  /** What snaps may take of the disk that only the cache has. */
  cacheBytes: number;
  blobs: BlobStore;
  /** Where file systems are made, on the disk of the cache; the system's temporary folder when not given. */
  scratch?: string;
  anchors: TrustAnchors;
  now: () => Date;
  log: Logger;
};

export async function openServices(db: Database): Promise<Services> {
  const options = storeOptionsFromEnv();
  const scratch = join(env().IMPRINT_DATA, 'scratch');
  await mkdir(scratch, { recursive: true });
  await sweepHalfWritten(scratch, Date.now() - OLD_MS);
  return {
    db,
    store: createSnapStore(options),
    cache: createSnapCache({ ...options, dir: join(env().IMPRINT_DATA, 'cache') }),
    cacheBytes: env().IMPRINT_SNAP_CACHE_GB * 1e9,
    blobs: openStore(),
    scratch,
    anchors: await readTrustAnchors(),
    now: () => new Date(),
    log: log(),
  };
}
