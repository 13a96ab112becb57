import { AppError } from '@/lib/errors';
import { markFile, markFolder, readMark } from '@/lib/storage/folder-mark';
import type { Database } from '@/db/context';
import { noteArtifacts, readInstallation } from '@/db/installation';

/**
 * Holds the folder of artifacts against the database, for every process that reads or writes there: what one database
 * does not know of is removed as nobody's, and what is written into another folder nobody can download. The first
 * process to come notes the folder. Throws AppError `artifacts-other`.
 */
export async function assertOwnArtifacts(db: Database, folder: string): Promise<void> {
  const { databaseId, artifactsId } = await readInstallation(db);
  const found = await readMark(folder);
  if (found === undefined && artifactsId !== null) {
    const mark = JSON.stringify({ id: artifactsId, database: databaseId });
    throw refusal(
      `${folder} is not the folder of this database's artifacts: the file ${markFile(folder)} is missing. Is a disk not mounted, or IMPRINT_DATA another one? To begin anew, without the images that were, write this line into that file: ${mark}`,
    );
  }
  const mark = found ?? (await markFolder(folder, databaseId));
  if (mark.database !== databaseId) {
    throw refusal(`${folder} has the artifacts of another database. Name a folder of this one's own with IMPRINT_DATA, or its database with DATABASE_URL.`);
  }
  if ((await noteArtifacts(db, mark.id)) === mark.id) return;
  throw refusal(`${folder} is not the folder in which this database's artifacts are. Name that one with IMPRINT_DATA.`);
}

const refusal = (message: string): AppError => new AppError('artifacts-other', message);
