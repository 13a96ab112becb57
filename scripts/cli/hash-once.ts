import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { HashFile } from '../../lib/prepare/local-files';
import { hashFile } from '../../lib/snapstore/hash-file';
import { Refusal } from './failure';

const MAX_ENTRIES = 10_000;

/** Within one step of a file system's clock a file can change and look the same: what was touched just now is not remembered. */
const SETTLED_MS = 2000;

export type OnceHasher = HashFile & { /** Throws Refusal `snap-changed` when a file is no longer the one that was hashed. */ assertUnchanged(): Promise<void> };

/**
 * SHA3-384 of files, remembered in `folder` by device, inode, size and both times of change, so that a file which nobody touched is read once in its life.
 * A memory that cannot be read or kept costs time and nothing else.
 */
export function hashOnce(folder: string): OnceHasher {
  const file = path.join(folder, 'digests.json');
  const hashed = new Map<string, string>();
  let known: Promise<Map<string, string>> | undefined;
  let keeping = Promise.resolve();
  const hash: HashFile = async (name, signal) => {
    known ??= load(file);
    const memory = await known;
    const { key, changedMs } = await identityOf(name);
    hashed.set(name, key);
    const remembered = memory.get(key);
    if (remembered !== undefined) return remembered;
    const digest = await hashFile(name, signal);
    if (Date.now() - changedMs < SETTLED_MS || (await identityOf(name)).key !== key) return digest;
    memory.set(key, digest);
    keeping = keeping.then(() => keep(file, memory));
    await keeping;
    return digest;
  };
  const assertUnchanged = async () => {
    for (const [name, key] of hashed) {
      const now = await identityOf(name).catch(() => undefined);
      if (now?.key !== key) throw new Refusal('snap-changed', `The file ${name} was changed or replaced while the image was made of it, so nothing of the image is kept. Build again when nobody writes to it.`);
    }
  };
  return Object.assign(hash, { assertUnchanged });
}

async function identityOf(file: string): Promise<{ key: string; changedMs: number }> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
  return { key: [dev, ino, size, mtimeNs, ctimeNs].join(':'), changedMs: Number(ctimeNs / 1_000_000n) };
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
