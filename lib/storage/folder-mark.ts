import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../errors';

const MARK = 'imprint-artifacts.json';

const folderMark = z.object({ /** Of the folder. */ id: z.uuid(), /** Of the database whose artifacts are in it. */ database: z.uuid() });
export type FolderMark = z.infer<typeof folderMark>;

export const markFile = (folder: string): string => join(folder, MARK);

/** Whose folder it is; undefined for one that nobody marked. Throws AppError `artifacts-spoilt`. */
export async function readMark(folder: string): Promise<FolderMark | undefined> {
  const file = markFile(folder);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return folderMark.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('artifacts-spoilt', `The file ${file} is spoilt. Put it back from a backup.`, { cause });
  }
}

/** Marks a folder as that of `database`, unless it is marked already. Returns the mark that counts. */
export async function markFolder(folder: string, database: string): Promise<FolderMark> {
  await mkdir(folder, { recursive: true });
  const mine: FolderMark = { id: randomUUID(), database };
  const whole = `${markFile(folder)}.${mine.id}`;
  await writeFile(whole, `${JSON.stringify(mine)}\n`, { flag: 'wx', mode: 0o640 });
  try {
    await link(whole, markFile(folder));
    return mine;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readMark(folder))!;
  } finally {
    await rm(whole, { force: true });
  }
}
