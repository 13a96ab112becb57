import { inArray } from 'drizzle-orm';
import { packing, type Packing } from '@/lib/image/packing';
import type { Database } from './context';
import { blobPacking } from './schema/builds';

/**
 * Of those blobs that they were noted of, by SHA3-384; what was compressed for forms as they are no longer
 * made counts as not noted. Whoever uses them sees whether the compressed bytes are still there.
 */
export async function readPackings(db: Database, blobs: string[]): Promise<Map<string, Packing>> {
  if (blobs.length === 0) return new Map();
  const rows = await db.select().from(blobPacking).where(inArray(blobPacking.sha3384, blobs));
  return new Map(
    rows.flatMap(({ sha3384, ranges }) => {
      const { success, data } = packing.safeParse(ranges);
      return success ? [[sha3384, data] as const] : [];
    }),
  );
}

/** Notes where ranges of a blob lie compressed, in place of what was noted before. */
export async function notePacking(db: Database, sha3384: string, ranges: Packing): Promise<void> {
  await db.insert(blobPacking).values({ sha3384, ranges }).onConflictDoUpdate({ target: blobPacking.sha3384, set: { ranges } });
}
