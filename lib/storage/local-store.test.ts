import { spawnSync } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalStore } from './local-store';

let root: string;
let store: LocalStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'imprint-store-'));
  store = new LocalStore(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function* chunks(...parts: Uint8Array[]) {
  yield* parts;
}
const sha3 = (bytes: Uint8Array) => createHash('sha3-384').update(bytes).digest('hex');
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
const halves = () => readdir(join(root, 'writing'));

describe('a store on a local disk', () => {
  it('names a blob by the SHA3-384 of its bytes, however they were cut', async () => {
    const bytes = randomBytes(3_500_000);
    const cut = [0, 1, 300_000, 300_001, 1_400_000, 3_499_999, 3_500_000];
    const parts = cut.slice(1).map((end, i) => bytes.subarray(cut[i], end));
    const blob = await store.put(chunks(...parts));
    expect(blob).toEqual({ sha3_384: sha3(bytes), sizeBytes: bytes.length });
    expect(bytes.equals(await buffer(await store.read(blob.sha3_384)))).toBe(true);
    expect(await store.stat(blob.sha3_384)).toEqual(blob);
  });

  it('keeps the bytes of a source that uses one buffer again and again', async () => {
    const shared = new Uint8Array(400_000);
    async function* reusing() {
      for (let i = 0; i < 9; i += 1) yield shared.fill(i).subarray(0, i % 2 ? 400_000 : 17);
    }
    const expected = Buffer.concat(Array.from({ length: 9 }, (_, i) => Buffer.alloc(i % 2 ? 400_000 : 17, i)));
    expect((await store.put(reusing())).sha3_384).toBe(sha3(expected));
  });

  it('keeps an empty blob', async () => {
    const { sha3_384: name, sizeBytes } = await store.put(chunks());
    expect(sizeBytes).toBe(0);
    expect((await buffer(await store.read(name))).length).toBe(0);
  });

  it('keeps the same bytes once', async () => {
    const [a, b] = await Promise.all([store.put(chunks(Buffer.from('same'))), store.put(chunks(Buffer.from('sa'), Buffer.from('me')))]);
    expect(a).toEqual(b);
    expect(await readdir(join(root, 'blobs', a.sha3_384.slice(0, 2)))).toEqual([a.sha3_384]);
    expect(await halves()).toEqual([]);
  });

  it('reads a range with both ends in it', async () => {
    const { sha3_384: name } = await store.put(chunks(Buffer.from('0123456789')));
    expect((await buffer(await store.read(name, { start: 2, end: 4 }))).toString()).toBe('234');
    expect((await buffer(await store.read(name, { start: 9, end: 9 }))).toString()).toBe('9');
  });

  it('counts what is written', async () => {
    const seen: number[] = [];
    await store.put(chunks(new Uint8Array(1_000_000), new Uint8Array(1_000_000)), { onBytes: (n) => seen.push(n) });
    expect(seen.at(-1)).toBe(2_000_000);
  });

  it('keeps nothing of a source that fails', async () => {
    async function* failing() {
      yield randomBytes(2_000_000);
      throw new Error('the source broke');
    }
    await expect(store.put(failing())).rejects.toThrow('the source broke');
    expect(await halves()).toEqual([]);
    expect(existsSync(join(root, 'blobs'))).toBe(false);
  });

  it('gives up at once when aborted while the source hangs, and keeps nothing', async () => {
    const abort = new AbortController();
    async function* hanging() {
      yield randomBytes(2_000_000);
      queueMicrotask(() => abort.abort(new Error('cancelled')));
      await new Promise(() => {});
    }
    await expect(store.put(hanging(), { signal: abort.signal })).rejects.toThrow('cancelled');
    expect(await halves()).toEqual([]);
  });

  it('refuses an aborted signal before it reads', async () => {
    let asked = false;
    async function* source() {
      asked = true;
      yield new Uint8Array(1);
    }
    await expect(store.put(source(), { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
    expect(asked).toBe(false);
  });

  it('takes over a file that is there already: the same bytes on the disk, and they stay when the file goes', async () => {
    const bytes = randomBytes(100_000);
    const file = join(root, 'some.snap');
    await writeFile(file, bytes, { mode: 0o440 });
    await store.adopt(file, sha3(bytes));
    await store.adopt(file, sha3(bytes));
    expect((await stat(file)).nlink).toBe(2);
    await rm(file);
    expect(bytes.equals(await buffer(await store.read(sha3(bytes))))).toBe(true);
    expect(await halves()).toEqual([]);
    await expect(store.adopt(join(root, 'absent'), sha3(Buffer.from('absent')))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('copies a file from another file system', async () => {
    const elsewhere = await mkdtemp('/dev/shm/imprint-store-');
    try {
      const bytes = randomBytes(100_000);
      await writeFile(join(elsewhere, 'some.snap'), bytes);
      await store.adopt(join(elsewhere, 'some.snap'), sha3(bytes));
      expect(bytes.equals(await buffer(await store.read(sha3(bytes))))).toBe(true);
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });

  it('reads here and there', async () => {
    const { sha3_384: name } = await store.put(chunks(Buffer.from('0123456789')));
    const reader = await store.open(name);
    const [a, b] = [Buffer.alloc(2), Buffer.alloc(3)];
    expect(await reader.readv([a, b], 4)).toMatchObject({ bytesRead: 5 });
    expect([a.toString(), b.toString()]).toEqual(['45', '678']);
    await reader.close();
  });

  it('reads and deletes what version 0.1 named by its SHA-256', async () => {
    const name = createHash('sha256').update('old').digest('hex');
    await mkdir(join(root, 'blobs', name.slice(0, 2)), { recursive: true });
    await writeFile(join(root, 'blobs', name.slice(0, 2), name), 'old');
    expect((await buffer(await store.read(name))).toString()).toBe('old');
    await store.delete(name);
    expect(await store.stat(name)).toBeUndefined();
  });

  it('says not-found for what it does not have and for names that are no digest', async () => {
    const absent = sha3(Buffer.from('absent'));
    expect(await store.stat(absent)).toBeUndefined();
    await expect(store.read(absent)).rejects.toMatchObject({ code: 'not-found' });
    for (const name of ['../../etc/passwd', absent.toUpperCase(), '', `${absent}/..`]) await expect(store.read(name)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('deletes, and deleting again is no fault', async () => {
    const { sha3_384: name } = await store.put(chunks(Buffer.from('gone')));
    await store.delete(name);
    await store.delete(name);
    expect(await store.stat(name)).toBeUndefined();
  });

  it('knows how much room there is', async () => {
    expect(await new LocalStore(join(root, 'not', 'yet')).freeBytes()).toBeGreaterThan(0);
  });

  it('clears away what killed writers left, and nothing else', async () => {
    const folder = join(root, 'writing');
    await mkdir(folder, { recursive: true });
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const names = { killed: `${hostname()}.${dead}.${randomUUID()}`, living: `${hostname()}.${process.pid}.${randomUUID()}`, elsewhere: `other.${dead}.${randomUUID()}` };
    for (const name of Object.values(names)) await writeFile(join(folder, name), 'half');
    await store.put(chunks(Buffer.from('x')));
    expect((await halves()).sort()).toEqual([names.living, names.elsewhere].sort());
    expect(await store.removeHalfWritten(new Date(Date.now() - 60_000))).toEqual({ files: 0, sizeBytes: 0 });
    expect(await store.removeHalfWritten(new Date(Date.now() + 60_000))).toEqual({ files: 2, sizeBytes: 8 });
    expect(await halves()).toEqual([]);
  });

  it('lists what it has with sizes, and when it came here even where the file is older', async () => {
    expect(await all(store.list())).toEqual([]);
    const { sha3_384: small } = await store.put(chunks(Buffer.from('small')));
    const file = join(root, 'some.snap');
    await writeFile(file, 'a snap');
    await utimes(file, new Date('2020-01-01'), new Date('2020-01-01'));
    await store.adopt(file, sha3(Buffer.from('a snap')));
    await writeFile(join(root, 'blobs', small.slice(0, 2), 'no digest'), '');
    await writeFile(join(root, 'blobs', 'no folder'), '');
    const listed = await all(store.list());
    expect(listed.map(({ sha3_384, sizeBytes }) => [sha3_384, sizeBytes]).sort()).toEqual([[small, 5], [sha3(Buffer.from('a snap')), 6]].sort());
    for (const { storedAt } of listed) expect(Date.now() - storedAt.getTime()).toBeLessThan(3_600_000);
  });
});

describe('a full disk', () => {
  it('is told as disk-full with the room there is, and no other failure is', async () => {
    const explain = (store as unknown as { explain(error: unknown): Promise<unknown> }).explain.bind(store);
    expect(await explain(Object.assign(new Error('no space'), { code: 'ENOSPC' }))).toMatchObject({ code: 'disk-full', details: { freeBytes: expect.any(Number) as number } });
    const other = new Error('else');
    expect(await explain(other)).toBe(other);
  });
});
