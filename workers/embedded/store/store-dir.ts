import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where the embedded store keeps everything, below the data folder. */
export type StoreDir = ReturnType<typeof storeDir>;

export function storeDir(dataDir: string) {
  const root = join(dataDir, 'store');
  return {
    root,
    authority: join(root, 'authority'),
    /** The trust anchors that the console loads. */
    trusted: join(root, 'trusted.assert'),
    assertions: join(root, 'assertions'),
    catalog: join(root, 'catalog'),
    snaps: join(root, 'snaps'),
    credentials: join(root, 'credentials'),
    snapFile: (sha3_384: string) => join(root, 'snaps', `${sha3_384}.snap`),
    /** Exported credentials of a publisher account, as `snapcraft export-login` would print them. */
    credentialsFile: (accountId: string) => join(root, 'credentials', accountId),
  };
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);

/** For catch(): what is not there is undefined, everything else is thrown on. */
export function ifMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
  return undefined;
}

export const isTaken = (error: unknown): boolean => codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOTEMPTY';

export const readIfThere = (path: string): Promise<Uint8Array | undefined> => readFile(path).catch(ifMissing);

/** A name beside `path` that nothing reads, whatever becomes of this process. */
export const tempBeside = (path: string): string => join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`);

/** All of it or nothing, even when the process is killed: readers see the old file or the new one. */
export async function writeAtomically(path: string, bytes: Uint8Array | string, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temp = tempBeside(path);
  try {
    await writeSynced(temp, bytes, mode);
    await rename(temp, path);
  } finally {
    await rm(temp, { force: true });
  }
}

export async function writeSynced(path: string, bytes: Uint8Array | string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Anything begun and not finished for so long belongs to a process that was killed. */
const STALE_MS = 60 * 60 * 1000;

/** Removes what killed processes left half-done below the store's folder. */
export async function sweepStale(dir: StoreDir, now: Date): Promise<void> {
  const entries = (await readdir(dir.root, { recursive: true, withFileTypes: true }).catch(ifMissing)) ?? [];
  for (const entry of entries) {
    if (!/^\.(?:[0-9a-f]{16}\.tmp|authority-[0-9a-f]{16})$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const found = await stat(path).catch(ifMissing);
    if (found && now.getTime() - found.mtimeMs > STALE_MS) await rm(path, { recursive: true, force: true });
  }
}
