import type { SeededSnap } from '@/lib/api/builds';
import type { StoredPlan } from '@/lib/image/stored-plan';
import type { PreparedImage } from '@/lib/prepare/prepare-image';
import type { VerifiedSnaps } from '@/lib/prepare/verify-snaps';
import type { TakenBuild } from '@/db/build-progress';

export type Publication = { prepared: PreparedImage; image: StoredPlan; bmap: string };

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

/** What is in the image and whose word it rests on, for whoever holds the image later: model, key and snap revisions. */
export function makeManifest(taken: TakenBuild, { prepared: { verified, snaps, lock, warnings }, image }: Publication): Record<string, unknown> {
  const { model, assertion } = verified;
  return {
    format: 1,
    brand: { accountId: taken.brand.accountId, name: taken.brand.name },
    build: taken.number,
    model: { name: model.name, displayName: model.displayName, revision: model.revision, version: taken.model.version, architecture: model.architecture, base: model.base, grade: model.grade, timestamp: model.timestamp, sha3_384: taken.model.sha3_384 },
    key: { id: assertion.signKeyId },
    validForProduction: verified.production,
    warnings,
    image: { sizeBytes: image.sizeBytes },
    snaps: seededSnaps(snaps),
    lock,
  };
}
