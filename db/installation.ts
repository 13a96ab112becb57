import { desc, isNotNull, sql } from 'drizzle-orm';
import { toHex } from '@/lib/bytes';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { masterKeyMark, sealedUnder } from '@/lib/keys/sealed-box';
import type { Database } from './context';
import { masterKey, makeMasterKey } from './master-key';
import { installation } from './schema/installation';
import { buildKey, signingKey } from './schema/keys';

export type Installation = typeof installation.$inferSelect;

export async function readInstallation(db: Database): Promise<Installation> {
  const [row] = await db.select().from(installation);
  if (!row) throw new AppError('database-spoilt', 'The table installation has no row. Restore the database from a backup.');
  return row;
}

/** Notes which folder the artifacts are in, unless one was noted before. Returns the one that counts. */
export async function noteArtifacts(db: Database, artifactsId: string): Promise<string> {
  const [row] = await db
    .update(installation)
    .set({ artifactsId: sql`coalesce(${installation.artifactsId}, ${artifactsId})` })
    .returning({ noted: installation.artifactsId });
  return row!.noted!;
}

/**
 * For the start of the process that has the master key: makes the key where nothing was ever sealed, and otherwise holds
 * it against what was. `lost`: the key that was is lost for good, and this one takes its place.
 * Throws AppError `master-key-missing`, `master-key-other` or `master-key-unusable`.
 */
export async function assertMasterKey(db: Database, { lost = false } = {}): Promise<void> {
  const expected = (await readInstallation(db)).masterKeyMark ?? (await newestMark(db));
  if (expected === undefined || lost) await makeMasterKey();
  const mark = toHex(masterKeyMark(await masterKey()));
  if (expected !== undefined && expected !== mark && !lost) throw otherKey();
  await db.update(installation).set({ masterKeyMark: mark });
}

function otherKey(): AppError {
  const { IMPRINT_MASTER_KEY, IMPRINT_MASTER_KEY_FILE: file } = env();
  const what = IMPRINT_MASTER_KEY ? 'IMPRINT_MASTER_KEY' : `The key in ${file}`;
  return new AppError(
    'master-key-other',
    `${what} is not the master key under which the private keys in the database were sealed. Put that one back, from where it is kept apart from the database. If it is lost for good, start once with IMPRINT_MASTER_KEY_LOST=yes: the keys that were sealed under it stay closed for ever.`,
  );
}

/** Of what was sealed last, by a version that did not note the mark. */
async function newestMark(db: Database): Promise<string | undefined> {
  for (const table of [signingKey, buildKey]) {
    const [row] = await db.select({ sealed: table.sealed }).from(table).where(isNotNull(table.sealed)).orderBy(desc(table.createdAt)).limit(1);
    if (row?.sealed) return toHex(sealedUnder(row.sealed));
  }
  return undefined;
}
