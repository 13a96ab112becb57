import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { HashFile } from '../../lib/prepare/local-files';
import { hashFile } from '../../lib/snapstore/hash-file';

const MAX_ENTRIES = 10_000;

/**
 * SHA3-384 of files, remembered in `folder` by device, inode, size and both times of change, so that a file which nobody touched is read once in its life.
 * A memory that cannot be read or kept costs time and nothing else.
 */
export function hashOnce(folder: string): HashFile {
  const file = path.join(folder, 'digests.json');
  let known: Promise<Map<string, string>> | undefined;
  let keeping = Promise.resolve();
  return async (name, signal) => {
    known ??= load(file);
    const memory = await known;
    const key = await identityOf(name);
    const remembered = memory.get(key);
    if (remembered !== undefined) return remembered;
    const digest = await hashFile(name, signal);
    if ((await identityOf(name)) !== key) return hashFile(name, signal);
    memory.set(key, digest);
    keeping = keeping.then(() => keep(file, memory));
    await keeping;
    return digest;
  };
}

async function identityOf(file: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

async function load(file: string): Promise<Map<string, string>> {
  try {
    const entries = Object.entries(JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>);
    return new Map(entries.flatMap(([key, digest]) => (typeof digest === 'string' && /^[0-9a-f]{96}$/.test(digest) ? [[key, digest] as const] : [])));
  } catch {
    // Not there yet, or spoilt: everything is read again.
    return new Map();
  }
}

async function keep(file: string, memory: ReadonlyMap<string, string>): Promise<void> {
  const part = `${file}.${process.pid}`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(part, JSON.stringify(Object.fromEntries([...memory].slice(-MAX_ENTRIES))), { mode: 0o600 });
    await rename(part, file);
  } catch {
    // A home that cannot be written to only makes the next run slower.
  }
}
