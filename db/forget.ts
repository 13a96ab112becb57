import { and, eq, gt, inArray, notExists, sql } from 'drizzle-orm';
import { liveImage } from './artifacts';
import { findUnneeded } from './blobs';
import type { Database } from './context';
import { artifact, blobCheck, blobHold, blobPacking, blobSize, build, imagePlan } from './schema/builds';

const PAGE = 1000;

/** Removes rows that nothing reads any more: plans of images that are gone, checksums, sizes and compressed forms of blobs that nothing shows, what builds held that are over. Returns how many of each. */
export async function forgetUnneeded(db: Database): Promise<{ plans: number; /** Checksums, sizes and where they lie compressed. */ facts: number; holds: number }> {
  const images = db.select({ one: sql`1` }).from(artifact).where(and(eq(artifact.buildId, imagePlan.buildId), liveImage));
  const plans = await db.delete(imagePlan).where(notExists(images)).returning({ buildId: imagePlan.buildId });
  const over = db.select({ id: build.id }).from(build).where(inArray(build.state, ['succeeded', 'failed', 'cancelled']));
  const holds = await db.delete(blobHold).where(inArray(blobHold.buildId, over)).returning({ buildId: blobHold.buildId });
  return { plans: plans.length, facts: await forgetBlobs(db), holds: holds.length };
}

/** What is told of bytes alone; it is made again should the same bytes come back. */
async function forgetBlobs(db: Database): Promise<number> {
  let forgotten = 0;
  for (const table of [blobCheck, blobPacking, blobSize]) {
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page: { blob: string }[] = await db.select({ blob: table.sha3384 }).from(table).where(gt(table.sha3384, after)).orderBy(table.sha3384).limit(PAGE);
      const unneeded = await findUnneeded(db, page.map(({ blob }) => blob));
      if (unneeded.length > 0) await db.delete(table).where(inArray(table.sha3384, unneeded));
      forgotten += unneeded.length;
      after = page.length < PAGE ? undefined : page.at(-1)!.blob;
    }
  }
  return forgotten;
}
