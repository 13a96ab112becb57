import { inArray } from 'drizzle-orm';
import type { Database } from './context';
import { blobCheck } from './schema/builds';

/** What images need to know of a blob's bytes. */
export type BlobChecks = { crc32: number; /** In hexadecimal, of the bytes filled up with zeros to whole blocks of 4 KiB. */ sha256Padded: string };

/** Of those blobs that they were noted of, by SHA3-384. */
export async function readBlobChecks(db: Database, blobs: string[]): Promise<Map<string, BlobChecks>> {
  if (blobs.length === 0) return new Map();
  const rows = await db.select().from(blobCheck).where(inArray(blobCheck.sha3384, blobs));
  return new Map(rows.map(({ sha3384, ...checks }) => [sha3384, checks]));
}

/** Notes them for good: the same bytes have the same checksums. */
export async function noteBlobChecks(db: Database, sha3384: string, checks: BlobChecks): Promise<void> {
  await db.insert(blobCheck).values({ sha3384, ...checks }).onConflictDoNothing();
}
