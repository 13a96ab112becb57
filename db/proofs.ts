import { and, eq, isNull, sql } from 'drizzle-orm';
import { IMAGE_KINDS, MEDIA_TYPES } from '@/lib/api/builds';
import { AppError } from '@/lib/errors';
import type { EvidenceInput } from '@/lib/evidence/input';
import { lockBlobs } from './blobs';
import type { NewArtifact } from './build-progress';
import { readFiles } from './build-rows';
import { withBuildKey } from './build-keys';
import type { ProofSigner } from './build-keys';
import type { Database } from './context';
import { notifyBuild } from './notify';
import { brand } from './schema/brands';
import { artifact, build, buildEvidence } from './schema/builds';
import { isUuid } from './text';

/** All that the provenance tells, but who built it. */
export type ProofInput = Omit<EvidenceInput, 'builderId'>;

/**
 * Signs and publishes what tells of all files of a build, once each has its checksum: `make` gives the files, with their bytes in the store. One change with the use
 * of the key and its audit row. False when there is nothing to do: a checksum is missing, it was done, or the build kept nothing to tell of.
 * `exists` is asked for each blob while no sweep can remove it; throws AppError `blob-lost` when one is gone.
 */
export async function proveBuild(db: Database, buildId: string, make: (input: ProofInput, signer: ProofSigner) => Promise<NewArtifact[]>, exists: (sha3_384: string) => Promise<boolean>): Promise<boolean> {
  if (!isUuid(buildId)) return false;
  return db.transaction(async (tx) => {
    const [row] = await tx.select().from(build).where(eq(build.id, buildId)).for('no key update');
    const [kept] = await tx.select({ facts: buildEvidence.facts }).from(buildEvidence).where(and(eq(buildEvidence.buildId, buildId), isNull(buildEvidence.provenAt)));
    const files = await readFiles(tx, buildId);
    if (!row?.lock || !kept || files.some(({ sha256 }) => sha256 === null)) return false;

    const described = files.map(({ kind, fileName, sizeBytes, sha256 }) => ({ kind, fileName, sizeBytes, sha256: sha256! }));
    const input: ProofInput = {
      ...kept.facts,
      buildNumber: row.number,
      lock: row.lock,
      epoch: row.lock.epoch,
      images: described.flatMap(({ kind, ...file }) => (IMAGE_KINDS[kind] ? [{ ...file, form: IMAGE_KINDS[kind] }] : [])),
      sideFiles: described.flatMap(({ kind, ...file }) => (IMAGE_KINDS[kind] ? [] : [{ ...file, mediaType: MEDIA_TYPES[kind] }])),
      startedOn: row.startedAt?.toISOString(),
      finishedOn: row.finishedAt?.toISOString(),
    };
    const [of] = await tx.select({ id: brand.id, slug: brand.slug, name: brand.name, accountId: brand.accountId }).from(brand).where(eq(brand.id, row.brandId));
    await withBuildKey(tx, of!, row.number, async (signer) => {
      const made = await make(input, signer);
      const blobs = made.flatMap((file) => file.blobs);
      await lockBlobs(tx, blobs, 'use');
      for (const blob of blobs) if (!(await exists(blob))) throw new AppError('blob-lost', `The stored blob ${blob} was removed before the provenance of build ${row.number} could be published.`, { details: { blob } });
      await tx.insert(artifact).values(made.map((file) => ({ brandId: row.brandId, buildId, ...file })));
      await tx.update(buildEvidence).set({ buildKeyId: signer.rowId, provenAt: sql`now()` }).where(eq(buildEvidence.buildId, buildId));
    });
    await notifyBuild(tx, buildId);
    return true;
  });
}
