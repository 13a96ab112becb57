import { and, arrayContains, eq, inArray, isNull, notExists, sql } from 'drizzle-orm';
import type { SQLWrapper } from 'drizzle-orm';
import type { Database } from './context';
import { artifact, blobHold, blobSize, build } from './schema/builds';
import { isUuid } from './text';

/**
 * Until the transaction ends: whoever would use one of these blobs (hold it for a build, publish it) waits for whoever removes it, and the other way round.
 * Users do not wait for each other.
 */
export async function lockBlobs(tx: Database, blobs: string[], to: 'use' | 'remove'): Promise<void> {
  const lock = to === 'use' ? sql`pg_advisory_xact_lock_shared` : sql`pg_advisory_xact_lock`;
  await tx.execute(sql`select ${lock}(hashtextextended(blob, 0)) from (select distinct blob from unnest(${sql.param(blobs)}::text[]) as blob order by blob) as blobs`);
}

/** Says, before a build looks for these blobs or stores them, that nobody may remove them until it is over. False, and nothing said, when it is not `owner`'s any more. */
export async function holdBlobs(db: Database, buildId: string, owner: string, blobs: string[]): Promise<boolean> {
  if (!isUuid(buildId)) return false;
  return db.transaction(async (tx) => {
    const [row] = await tx
      .select({ brandId: build.brandId })
      .from(build)
      .where(and(eq(build.id, buildId), eq(build.leaseOwner, owner), eq(build.state, 'running')))
      .for('share');
    if (!row) return false;
    if (blobs.length === 0) return true;
    await lockBlobs(tx, blobs, 'use');
    await tx.insert(blobHold).values([...new Set(blobs)].map((sha3384) => ({ brandId: row.brandId, buildId, sha3384 }))).onConflictDoNothing();
    return true;
  });
}

/** Rows that keep a blob: of a build that waits or runs. */
const holders = (tx: Database, blob: SQLWrapper | string) =>
  tx.select({ one: sql`1` }).from(blobHold).innerJoin(build, eq(build.id, blobHold.buildId)).where(and(eq(blobHold.sha3384, blob), inArray(build.state, ['queued', 'running'])));

/** Rows that keep a blob: of a file that can be downloaded. */
const showers = (tx: Database, blob: SQLWrapper | string) => tx.select({ one: sql`1` }).from(artifact).where(and(arrayContains(artifact.blobs, sql`array[${blob}]`), isNull(artifact.deletedAt)));

/** Those of the blobs that nothing needed a moment ago: candidates for `sweepBlobs`, which looks again under each one's lock. */
export async function findUnneeded(db: Database, blobs: string[]): Promise<string[]> {
  if (blobs.length === 0) return [];
  const asked = db.$with('asked').as(db.select({ blob: sql<string>`blob`.as('blob') }).from(sql`unnest(${sql.param(blobs)}::text[]) as blob`));
  const rows = await db.with(asked).select().from(asked).where(and(notExists(showers(db, asked.blob)), notExists(holders(db, asked.blob))));
  return rows.map(({ blob }) => blob);
}

/** Calls `remove` for each of the blobs that no live artifact of any brand comes from and no build works with; who would use one of them meanwhile waits. Returns those removed. */
export async function sweepBlobs(db: Database, blobs: string[], remove: (sha3_384: string) => Promise<void>): Promise<string[]> {
  const removed: string[] = [];
  for (const blob of new Set(blobs)) {
    await db.transaction(async (tx) => {
      await lockBlobs(tx, [blob], 'remove');
      if ((await findUnneeded(tx, [blob])).length === 0) return;
      await remove(blob);
      removed.push(blob);
    });
  }
  return removed;
}

/** Calls `remove` unless a build works with the blob, published or not: for copies that only builds read. */
export async function unlessHeld(db: Database, blob: string, remove: (sha3_384: string) => Promise<void>): Promise<boolean> {
  return db.transaction(async (tx) => {
    await lockBlobs(tx, [blob], 'remove');
    if ((await holders(tx, blob).limit(1)).length > 0) return false;
    await remove(blob);
    return true;
  });
}

/** Remembers how large blobs are, in bytes by digest. */
export async function noteSizes(db: Database, sizes: ReadonlyMap<string, number>): Promise<void> {
  if (sizes.size === 0) return;
  await db.insert(blobSize).values([...sizes].map(([sha3384, sizeBytes]) => ({ sha3384, sizeBytes }))).onConflictDoNothing();
}
