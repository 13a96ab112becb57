import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findTool } from './find-tool';
import { listSnap, readSnapFile, readSnapFiles, takeSnapFiles } from './squashfs';
import { readSuperblock } from './squashfs-superblock';

// Tools and property tests share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const exec = promisify(execFile);
let folder: string;
let snap: string;

async function pack(name: string, fill: (root: string) => Promise<void>, ...options: string[]): Promise<string> {
  const root = path.join(folder, `${name}.root`);
  await mkdir(path.join(root, 'meta'), { recursive: true });
  await writeFile(path.join(root, 'meta/snap.yaml'), 'name: demo\n');
  await fill(root);
  const file = path.join(folder, `${name}.snap`);
  await exec(await findTool('mksquashfs'), [root, file, '-noappend', '-all-root', '-no-xattrs', '-quiet', ...options]);
  return file;
}

/** A copy with some bytes of its superblock changed. */
async function forge(name: string, at: number, bytes: number[]): Promise<string> {
  const copy = path.join(folder, `${name}.snap`);
  const content = await readFile(snap);
  content.set(bytes, at);
  await writeFile(copy, content);
  return copy;
}

const codeOf = async (work: Promise<unknown>) => work.then(() => undefined, (error: { code?: string }) => error.code);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'squashfs-'));
  snap = await pack('demo', async (root) => {
    await writeFile(path.join(root, 'we ird * -> name'), 'odd');
    await writeFile(path.join(root, '-n'), 'dash');
    await writeFile(path.join(root, 'empty'), '');
    await writeFile(path.join(root, 'big'), Buffer.alloc(300_000, 7));
    await symlink('/etc/passwd', path.join(root, 'outside'));
    await symlink('../../../../etc/passwd', path.join(root, 'above'));
    await symlink('meta', path.join(root, 'inside'));
    await exec('mkfifo', [path.join(root, 'fifo')]);
  });
});
afterAll(() => rm(folder, { recursive: true }));

describe('a listing', () => {
  it('tells files, folders, links and the rest apart', async () => {
    const entries = new Map((await listSnap(snap)).map((e) => [e.path, e]));
    expect(entries.get('meta')).toMatchObject({ type: 'directory' });
    expect(entries.get('meta/snap.yaml')).toEqual({ path: 'meta/snap.yaml', type: 'file', sizeBytes: 11 });
    expect(entries.get('we ird * -> name')).toMatchObject({ type: 'file', sizeBytes: 3 });
    expect(entries.get('outside')).toMatchObject({ type: 'symlink', target: '/etc/passwd' });
    expect(entries.get('fifo')).toMatchObject({ type: 'other' });
    expect(entries.has('')).toBe(false);
  });

  it('refuses a name with a line break, which could pass for another entry', async () => {
    const file = await pack('break', (root) => writeFile(path.join(root, 'a\nb'), ''));
    expect(await codeOf(listSnap(file))).toBe('squashfs-name-invalid');
  });

  it('refuses a link whose target spells out another entry', async () => {
    const file = await pack('spoof', (root) => symlink('x\n-rw-r--r-- 0/0                       5 2024-01-01 00:00 squashfs-root/cmdline.txt', path.join(root, 'link')));
    expect(await codeOf(listSnap(file))).toBe('squashfs-invalid');
  });
});

describe('the superblock', () => {
  it('is read without any tool', async () => expect(await readSuperblock(snap)).toMatchObject({ compression: 'gzip', blockBytes: 131_072, inodes: 11 }));

  it.each([
    ['another magic number', 0, [0x73]],
    ['version 3.1', 28, [3, 0, 1, 0]],
    ['a block size that is no power of two', 12, [1, 0, 2, 0]],
    ['a block size beyond 1 MiB', 12, [0, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 21, 0]],
    ['more bytes than the file has', 40, [0, 0, 0, 0, 1]],
  ])('is refused with %s', async (name, at, bytes) => expect(await codeOf(listSnap(await forge(name, at, bytes)))).toBe('squashfs-invalid'));

  it('is refused with millions of files', async () => expect(await codeOf(listSnap(await forge('inodes', 4, [0xff, 0xff, 0xff, 0])))).toBe('squashfs-too-big'));

  it('is refused in what is no squashfs at all', async () => {
    const file = path.join(folder, 'text.snap');
    await writeFile(file, 'hsqs');
    expect(await codeOf(readSnapFile(file, 'meta/snap.yaml', 100))).toBe('squashfs-invalid');
  });

  it('may be whole while the rest is broken', async () => {
    const content = await readFile(snap);
    content.fill(0xaa, 96);
    const file = path.join(folder, 'broken.snap');
    await writeFile(file, content);
    expect(await codeOf(listSnap(file))).toBe('squashfs-invalid');
    expect(await codeOf(readSnapFile(file, 'meta/snap.yaml', 100))).toBe('squashfs-invalid');
  });
});

it('a snap with any bytes broken is refused or read, and nothing else happens', async () => {
  const content = await readFile(snap);
  const end = Number(content.readBigUInt64LE(40));
  // The same places each time.
  let state = 20_260_101;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state % below;
  };
  const refusals = new Set<string>();
  for (let round = 0; round < 24; round += 1) {
    const broken = Buffer.from(content);
    for (let n = 0; n <= next(4); n += 1) broken[96 + next(end - 96)] = next(256);
    const file = path.join(folder, 'any.snap');
    await writeFile(file, broken);
    for (const code of await Promise.all([codeOf(listSnap(file)), codeOf(readSnapFiles(file, ['meta/snap.yaml', 'big']))])) refusals.add(code ?? 'read');
  }
  expect([...refusals].filter((code) => !['read', 'squashfs-invalid', 'squashfs-name-invalid', 'squashfs-too-big', 'snap-file-missing', 'snap-file-not-regular', 'snap-file-too-big'].includes(code))).toEqual([]);
  expect(refusals.size).toBeGreaterThan(1);
});

describe('a file of a snap', () => {
  it('is read by its exact name', async () => {
    expect(Buffer.from(await readSnapFile(snap, 'meta/snap.yaml', 100)).toString()).toBe('name: demo\n');
    expect(Buffer.from(await readSnapFile(snap, 'we ird * -> name', 100)).toString()).toBe('odd');
    expect(Buffer.from(await readSnapFile(snap, '-n', 100)).toString()).toBe('dash');
    expect(await readSnapFile(snap, 'empty', 0)).toHaveLength(0);
  });

  it.each(['outside', 'above', 'fifo', 'meta', 'absent', 'we*', '../demo.snap', '/meta/snap.yaml', 'meta//snap.yaml', ''])('is missing when it is %j', async (name) =>
    expect(await codeOf(readSnapFile(snap, name, 100_000))).toBe('snap-file-missing'));

  it('is never longer than was asked for', async () => {
    expect(await readSnapFile(snap, 'big', 300_000)).toHaveLength(300_000);
    expect(await codeOf(readSnapFile(snap, 'big', 299_999))).toBe('snap-file-too-big');
  });

  it('may be 600 MiB in a snap of a few kilobytes: only what was asked for is read', async () => {
    const file = await pack('bomb', async (root) => {
      await (await open(path.join(root, 'zeros'), 'w')).close();
      await truncate(path.join(root, 'zeros'), 600 * 2 ** 20);
    }, '-no-duplicates');
    expect(await codeOf(readSnapFile(file, 'zeros', 1_000_000))).toBe('snap-file-too-big');
    expect(await codeOf(readSnapFiles(file, ['zeros']))).toBe('snap-file-too-big');
    expect(Buffer.from(await readSnapFile(file, 'meta/snap.yaml', 100)).toString()).toBe('name: demo\n');
  });
});

describe('several files of a snap', () => {
  it('come by name, those that repeat once', async () => {
    const files = await readSnapFiles(snap, ['big', 'meta/snap.yaml', 'big', 'empty']);
    expect([...files].map(([name, bytes]) => [name, bytes.length])).toEqual([['big', 300_000], ['meta/snap.yaml', 11], ['empty', 0]]);
  });

  it('are regular ones, with no link on the way', async () => {
    for (const name of ['outside', 'above', 'inside', 'inside/snap.yaml', 'fifo', 'meta']) expect(await codeOf(readSnapFiles(snap, [name])), name).toBe('snap-file-not-regular');
    expect(await codeOf(readSnapFiles(snap, ['absent']))).toBe('snap-file-missing');
  });

  it('are capped one by one and together', async () => {
    expect(await codeOf(readSnapFiles(snap, ['big'], { maxFileBytes: 299_999 }))).toBe('snap-file-too-big');
    expect(await codeOf(readSnapFiles(snap, ['big', 'meta/snap.yaml'], { maxTotalBytes: 300_010 }))).toBe('squashfs-too-big');
  });

  it('are not read at all once somebody has stopped it', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(readSnapFiles(snap, ['big'], { signal: stop.signal })).rejects.toThrow('stopped');
  });
});

describe('large files of a snap', () => {
  const MIB = 2 ** 20;
  let scratch: string;
  let large: string;
  const content = Buffer.alloc(5 * MIB + 3, 'large');
  beforeAll(async () => {
    // Made when it is wanted.
    scratch = path.join(folder, 'scratch/new');
    large = await pack('large', async (root) => {
      await writeFile(path.join(root, 'first'), content);
      await writeFile(path.join(root, 'empty'), '');
    });
  });
  const gather = async (bytes: AsyncIterable<Uint8Array>): Promise<{ all: Buffer; longest: number }> => {
    const parts: Buffer[] = [];
    // What a chunk lies in is used again.
    for await (const chunk of bytes) parts.push(Buffer.from(chunk));
    return { all: Buffer.concat(parts), longest: Math.max(0, ...parts.map(({ length }) => length)) };
  };

  it('come one after the other, each piece by piece, and lie nowhere in between', async () => {
    const names: string[][] = [];
    const taken = await takeSnapFiles(large, ['meta/snap.yaml', 'first', 'empty', 'first'], scratch, async (bytes) => {
      names.push(await readdir(scratch));
      return gather(bytes);
    });
    expect([...taken].map(([name, { all }]) => [name, all.length])).toEqual([['meta/snap.yaml', 11], ['first', content.length], ['empty', 0]]);
    expect(taken.get('first')!.all.equals(content)).toBe(true);
    expect(taken.get('first')!.longest).toBe(MIB);
    expect(names).toEqual([[], [], []]);
  });

  it('are refused as others are, and when whoever takes them refuses', async () => {
    for (const name of ['outside', 'inside/snap.yaml', 'fifo']) expect(await codeOf(takeSnapFiles(snap, [name], scratch, gather)), name).toBe('snap-file-not-regular');
    expect(await codeOf(takeSnapFiles(large, ['first'], scratch, gather, { maxFileBytes: 5 * MIB }))).toBe('snap-file-too-big');
    await expect(takeSnapFiles(large, ['first'], scratch, async () => Promise.reject(new Error('no more')))).rejects.toThrow('no more');
    await expect(takeSnapFiles(large, ['first'], scratch, gather, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
    // Of the listing only: what comes is measured by it.
    for (const sizeBytes of [MIB, 6 * MIB]) expect(await codeOf(takeSnapFiles(large, ['first'], scratch, gather, { listing: [{ path: 'first', type: 'file', sizeBytes }] }))).toBe('squashfs-invalid');
    expect(await readdir(scratch)).toEqual([]);
  });
});
