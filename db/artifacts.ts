import { and, arrayOverlaps, eq, isNull, sql } from 'drizzle-orm';
import { IMAGE_KINDS } from '@/lib/api/builds';
import type { ArtifactKind } from '@/lib/api/builds';
import { AppError } from '@/lib/errors';
import type { ImageForm } from '@/lib/image/forms';
import { storedPlan, type StoredPlan } from '@/lib/image/stored-plan';
import type { BuildRow } from './build-rows';
import type { Database } from './context';
import { notifyBuild } from './notify';
import { artifact, imagePlan } from './schema/builds';
import { isUuid, storable } from './text';

/** A file of a build and where its bytes are. */
export type StoredArtifact = {
  id: string;
  kind: ArtifactKind;
  fileName: string;
  /** Of the file as downloaded. */
  sizeBytes: number;
  sha256: string | null;
  createdAt: Date;
  /** Digests of the stored blobs that the bytes come from. */
  blobs: string[];
  /** How they come out of the blobs; null when they are those of the one blob. */
  image: { plan: StoredPlan; form: ImageForm } | null;
};

const found = (db: Database) => db.select({ file: artifact, plan: imagePlan.plan }).from(artifact).leftJoin(imagePlan, eq(imagePlan.buildId, artifact.buildId)).$dynamic();

function stored({ file, plan }: { file: typeof artifact.$inferSelect; plan: StoredPlan | null }): StoredArtifact {
  const { id, kind, fileName, sizeBytes, sha256, createdAt, blobs } = file;
  const form = IMAGE_KINDS[kind];
  // Images of version 0.1 are blobs as they stand.
  return { id, kind, fileName, sizeBytes, sha256, createdAt, blobs, image: form && plan ? { plan: storedPlan.parse(plan), form } : null };
}

/** Throws AppError `not-found`, or `gone` when it was deleted. */
export async function readArtifact(db: Database, of: Pick<BuildRow, 'id' | 'number'>, fileName: string): Promise<StoredArtifact> {
  const [row] = await found(db).where(and(eq(artifact.buildId, of.id), eq(artifact.fileName, storable(fileName))));
  if (!row) throw new AppError('not-found', `Build ${of.number} has no file ${fileName}.`);
  const { deletedAt } = row.file;
  if (deletedAt) throw new AppError('gone', `${row.file.fileName} of build ${of.number} was deleted on ${deletedAt.toISOString().slice(0, 10)}. Build it again to have it back.`);
  return stored(row);
}

/** The artifact that a `digest` job is about; undefined when there is nothing left to compute. */
export async function findUndigested(db: Database, artifactId: string): Promise<StoredArtifact | undefined> {
  if (!isUuid(artifactId)) return undefined;
  const [row] = await found(db).where(and(eq(artifact.id, artifactId), isNull(artifact.sha256), isNull(artifact.deletedAt)));
  return row && stored(row);
}

/** Fills in the SHA-256 that was still missing; false when it was there already. */
export async function setDigest(db: Database, artifactId: string, sha256: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [row] = await tx.update(artifact).set({ sha256 }).where(and(eq(artifact.id, artifactId), isNull(artifact.sha256))).returning({ buildId: artifact.buildId });
    if (row) await notifyBuild(tx, row.buildId);
    return row !== undefined;
  });
}

/** Holds off, until the transaction ends, everybody who would publish or remove a blob of these. */
export async function lockBlobs(tx: Database, blobs: string[]): Promise<void> {
  for (const blob of [...new Set(blobs)].sort()) await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${blob}, 0))`);
}

/** Calls `remove` for each of the blobs that no live artifact of any brand comes from; a build that publishes one of them meanwhile waits. Returns those removed. */
export async function sweepBlobs(db: Database, blobs: string[], remove: (sha3_384: string) => Promise<void>): Promise<string[]> {
  const removed: string[] = [];
  for (const blob of new Set(blobs)) {
    await db.transaction(async (tx) => {
      await lockBlobs(tx, [blob]);
      const [used] = await tx.select({ id: artifact.id }).from(artifact).where(and(arrayOverlaps(artifact.blobs, [blob]), isNull(artifact.deletedAt))).limit(1);
      if (used) return;
      await remove(blob);
      removed.push(blob);
    });
  }
  return removed;
}
