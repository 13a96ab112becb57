import { inArray } from 'drizzle-orm';
import type { Database } from './context';
import { blobCheck } from './schema/builds';

/** The CRC-32 of those blobs that it was noted of, by SHA3-384. */
export async function readBlobChecks(db: Database, blobs: string[]): Promise<Map<string, number>> {
  if (blobs.length === 0) return new Map();
  const rows = await db.select().from(blobCheck).where(inArray(blobCheck.sha3384, blobs));
  return new Map(rows.map(({ sha3384, crc32 }) => [sha3384, crc32]));
}

/** Notes it for good: the same bytes have the same checksum. */
export async function noteBlobCheck(db: Database, sha3384: string, crc32: number): Promise<void> {
  await db.insert(blobCheck).values({ sha3384, crc32 }).onConflictDoNothing();
}
