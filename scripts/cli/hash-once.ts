import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { HashFile } from '../../lib/prepare/local-files';
import { hashFile } from '../../lib/snapstore/hash-file';
import { Refusal } from './failure';

const MAX_ENTRIES = 10_000;

/** Within one step of a file system's clock a file can change and look the same: no digest of it is kept. */
const SETTLED_MS = 2000;

/** What assertions say of files of a size, in bytes: the SHA3-384 that one of them must have. */
export type Claims = ReadonlyMap<number, string | undefined>;

export type OnceHasher = HashFile & {
  /** Whether every file is what it was taken for. Waits until all of them are hashed. */
  holds(): Promise<boolean>;
  /** From here on no file is taken for anything. */
  doubt(): void;
  /** Throws Refusal `snap-changed` when a file was changed or replaced since it was first asked for. */
  assertSame(): Promise<void>;
  /** Throws unless it `holds`, and as `assertSame`. */
  assertUnchanged(): Promise<void>;
};

/**
 * SHA3-384 of files, remembered in `folder` by device, inode, size and both times of change, so that a file
 * which nobody touched is read once in its life. A memory that cannot be read or kept costs time and nothing
 * else. A file that is not remembered is taken for what is claimed of its size, and hashed meanwhile.
 */
export function hashOnce(folder: string, claims: Claims = new Map()): OnceHasher {
  const file = path.join(folder, 'digests.json');
  const hashed = new Map<string, string>();
  const checks: Promise<boolean>[] = [];
  let believed = claims;
  let known: Promise<Map<string, string>> | undefined;
  let keeping = Promise.resolve();

  const hash: HashFile = async (name, signal) => {
    known ??= load(file);
    const memory = await known;
    const identity = await identityOf(name);
    hashed.set(name, identity.key);
    const remembered = memory.get(identity.key);
    if (remembered !== undefined) return remembered;
    const read = async (stop?: AbortSignal): Promise<string> => {
      const digest = await hashFile(name, stop);
      await remember(name, identity, digest);
      return digest;
    };
    const claim = believed.get(identity.sizeBytes);
    if (claim === undefined) return read(signal);
    checks.push(inTurn(read).then((digest) => digest === claim, () => false));
    return claim;
  };
  const remember = async (name: string, { key, changedMs }: Identity, digest: string): Promise<void> => {
    if (Date.now() - changedMs < SETTLED_MS || (await identityOf(name)).key !== key) return;
    const memory = await known!;
    memory.set(key, digest);
    keeping = keeping.then(() => keep(file, memory));
    await keeping;
  };
  const holds = async () => (await Promise.all(checks)).every(Boolean);
  const doubt = () => {
    believed = new Map();
    checks.length = 0;
  };
  const assertSame = async () => {
    for (const [name, key] of hashed) {
      const now = await identityOf(name).catch(() => undefined);
      if (now?.key === key) continue;
      const what = `The file ${name} was changed or replaced while the image was made of it`;
      const advice = 'Build again when nobody writes to it.';
      throw new Refusal('snap-changed', `${what}, so nothing of the image is kept. ${advice}`);
    }
  };
  const assertUnchanged = async () => {
    if (!(await holds())) throw new Error('a file is not what it was taken for');
    await assertSame();
  };
  return Object.assign(hash, { holds, doubt, assertSame, assertUnchanged });
}

/** One processor is left to what goes on meanwhile. */
const turns = Array<Promise<unknown>>(Math.max(1, availableParallelism() - 1)).fill(Promise.resolve());

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = turns.shift()!.then(() => work());
  turns.push(done.catch(() => undefined));
  return done;
}

type Identity = { key: string; sizeBytes: number; changedMs: number };

async function identityOf(file: string): Promise<Identity> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
  const key = [dev, ino, size, mtimeNs, ctimeNs].join(':');
  return { key, sizeBytes: Number(size), changedMs: Number(ctimeNs / 1_000_000n) };
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
