import type { SeededSnap } from '@/lib/api/builds';
import type { BuildLock } from '@/lib/build/lock';
import type { TakenBuild } from '@/db/build-progress';
import type { StoredPlan } from '@/lib/image/stored-plan';
import type { VerifiedModel } from './stages/verify-model';
import type { VerifiedSnap } from './stages/verify-snaps';

export type Publication = { verified: VerifiedModel; snaps: VerifiedSnap[]; lock: BuildLock; image: StoredPlan; bmap: string; warnings: string[] };

export const seededSnaps = (snaps: VerifiedSnap[]): SeededSnap[] =>
  snaps.map(({ resolved, info }) => ({
    name: resolved.name,
    snapId: resolved.snapId,
    type: info.type,
    revision: resolved.revision,
    version: info.version,
    channel: resolved.channel,
    publisher: resolved.publisher.displayName,
    sizeBytes: resolved.sizeBytes,
    sha3_384: resolved.sha3_384,
  }));

/** What is in the image and whose word it rests on, for whoever holds the image later: model, key and snap revisions. */
export function makeManifest(taken: TakenBuild, { verified, snaps, lock, image, warnings }: Publication): Record<string, unknown> {
  const { model, assertion } = verified;
  return {
    format: 1,
    brand: { accountId: taken.brand.accountId, name: taken.brand.name },
    build: taken.number,
    model: { name: model.name, displayName: model.displayName, revision: model.revision, version: taken.model.version, architecture: model.architecture, base: model.base, grade: verified.grade, timestamp: model.timestamp, sha3_384: taken.model.sha3_384 },
    key: { id: assertion.signKeyId },
    validForProduction: verified.production,
    warnings,
    image: { sizeBytes: image.sizeBytes },
    snaps: seededSnaps(snaps),
    lock,
  };
}
