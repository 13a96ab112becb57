import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { IMAGE_KINDS } from '@/lib/api/builds';
import type { ArtifactKind } from '@/lib/api/builds';
import type { GoneBecause } from '@/lib/build/retention';
import { AppError } from '@/lib/errors';
import type { ImageForm } from '@/lib/image/forms';
import { storedPlan, type StoredPlan } from '@/lib/image/stored-plan';
import type { BuildRow } from './build-rows';
import type { Database } from './context';
import { notifyBuild } from './notify';
import { sendProof } from './queue';
import { artifact, build, imagePlan } from './schema/builds';
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

const found = (db: Database) => db.select({ file: artifact, plan: imagePlan.plan }).from(artifact).leftJoin(imagePlan, and(eq(imagePlan.buildId, artifact.buildId), eq(imagePlan.volume, artifact.volume))).$dynamic();

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
  const { deletedAt, deletedBecause } = row.file;
  if (deletedAt) throw new AppError('gone', `${row.file.fileName} of build ${of.number} was ${deletedBecause === 'expired' ? 'kept until' : 'deleted on'} ${deletedAt.toISOString().slice(0, 10)}. Build it again to have it back.`);
  return stored(row);
}

/** The artifact that a `digest` job is about; undefined when there is nothing left to compute. */
export async function findUndigested(db: Database, artifactId: string): Promise<StoredArtifact | undefined> {
  if (!isUuid(artifactId)) return undefined;
  const [row] = await found(db).where(and(eq(artifact.id, artifactId), isNull(artifact.sha256), isNull(artifact.deletedAt)));
  return row && stored(row);
}

/** Marks what is left of a build's images as gone; manifest, log and model stay. Returns their names and the blobs they came from. Inside the transaction that holds the build's row. */
export async function dropImages(tx: Database, of: Pick<BuildRow, 'id'>, because: GoneBecause): Promise<{ names: string[]; blobs: string[] }> {
  const dropped = await tx
    .update(artifact)
    .set({ deletedAt: sql`now()`, deletedBecause: because })
    .where(and(eq(artifact.buildId, of.id), liveImage))
    .returning();
  return { names: dropped.map((file) => file.fileName).sort(), blobs: [...new Set(dropped.flatMap((file) => file.blobs))].sort() };
}

/** Rows of images that are there. */
export const liveImage = and(inArray(artifact.kind, Object.keys(IMAGE_KINDS) as ArtifactKind[]), isNull(artifact.deletedAt))!;

/** Fills in the SHA-256 that was still missing, and asks for the provenance once none is; false when it was there already. */
export async function setDigest(db: Database, artifactId: string, sha256: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    // The build is locked first: of two forms that are ready together, the second sees both.
    const [of] = await tx.select({ id: build.id }).from(artifact).innerJoin(build, eq(build.id, artifact.buildId)).where(eq(artifact.id, artifactId)).for('no key update', { of: build });
    const [row] = await tx.update(artifact).set({ sha256 }).where(and(eq(artifact.id, artifactId), isNull(artifact.sha256))).returning({ id: artifact.id });
    if (!of || !row) return false;
    const [missing] = await tx.select({ id: artifact.id }).from(artifact).where(and(eq(artifact.buildId, of.id), isNull(artifact.sha256))).limit(1);
    if (!missing) await sendProof(tx, of.id);
    await notifyBuild(tx, of.id);
    return true;
  });
}
