import type { SeededSnap } from '@/lib/api/builds';
import type { StoredPlan } from '@/lib/image/stored-plan';
import { describeImage } from '@/lib/prepare/evidence';
import type { PreparedImage } from '@/lib/prepare/prepare-image';
import type { VerifiedSnaps } from '@/lib/prepare/verify-snaps';
import type { TakenBuild } from '@/db/build-progress';

/** `volume` is empty where there is but one. */
export type KeptDisk = { volume: string; image: StoredPlan; bmap: string };

export type Publication = { prepared: PreparedImage; disks: KeptDisk[] };

export const seededSnaps = ({ fromModel, extras }: VerifiedSnaps): SeededSnap[] =>
  [...fromModel, ...extras].map(({ found, channel, publisher }) => ({
    name: found.name,
    snapId: found.snapId ?? '',
    type: found.facts.type,
    revision: found.revision,
    version: found.facts.version,
    channel,
    publisher: publisher.displayName,
    sizeBytes: found.sizeBytes,
    sha3_384: found.sha3_384,
  }));

/** For whoever holds the image later: what is in it, and which build of whose it is. */
export const makeManifest = (taken: TakenBuild, { prepared }: Publication): Record<string, unknown> => {
  const { model, ...rest } = describeImage(prepared) as { model: Record<string, unknown> };
  return { brand: { accountId: taken.brand.accountId, name: taken.brand.name }, build: taken.number, model: { ...model, version: taken.model.version }, ...rest };
};
