import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { mkdir, readdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { Refusal } from './failure';

/** Throws Refusal unless the folder is empty or not there. */
export async function assertEmpty(folder: string): Promise<void> {
  if ((await namesIn(folder)).length > 0) throw new Refusal('out-not-empty', `${folder} is not empty; give a folder that is, or a new one.`);
}

const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new Refusal('out-unusable', `${folder} cannot be used: ${error.message}.`, { cause: error });
  });

/** What a shell gives for a program that was stopped by hand, or told to end. */
const STOPPED = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs `work`, which fills the folder: all of it is there in the end, or nothing, also when somebody stops the command. Throws what `work` throws; Refusal `disk-full` for a disk that filled up. */
export async function fillFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const isNew = (await mkdir(folder, { recursive: true })) !== undefined;
  const clear = () => {
    for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true, force: true });
    if (isNew) rmSync(folder, { recursive: true, force: true });
  };
  const stop = (signal: NodeJS.Signals) => {
    clear();
    process.exit(STOPPED[signal as keyof typeof STOPPED]);
  };
  for (const signal of Object.keys(STOPPED)) process.once(signal, stop);
  try {
    return await work();
  } catch (error) {
    clear();
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
    throw new Refusal('disk-full', `The disk that holds ${folder} is full, and nothing was kept. Free some space, or write elsewhere.`, { cause: error });
  } finally {
    for (const signal of Object.keys(STOPPED)) process.off(signal, stop);
  }
}

/** Runs `work` with a new folder in `parent`, of which nothing is left, also when somebody stops the command. Throws as `fillFolder`. */
export async function withScratch<T>(parent: string, work: (scratch: string) => Promise<T>): Promise<T> {
  const scratch = path.join(parent, `.imprint-${randomUUID()}`);
  try {
    return await fillFolder(scratch, () => work(scratch));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Room that is left for others on the same disk. */
const SPARE_BYTES = 16 * 2 ** 20;

/** Throws Refusal `disk-full` when so much cannot be written into the folder, before any of it is. */
export async function assertRoom(folder: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes + SPARE_BYTES) return;
  throw new Refusal('disk-full', `What is to be written needs ${neededBytes} bytes, and the disk that holds ${folder} has ${freeBytes} left. Free some space, write elsewhere, or ask for fewer forms.`, { details: { neededBytes, freeBytes } });
}
