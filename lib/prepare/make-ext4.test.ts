import { createHash, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ext4FreeBytes } from '../image/ext4-room';
import { segmentLength, type Segment } from '../image/plan';
import { Ext4FileSystem } from '../image/read/ext4';
import { memory } from '../image/read/testing';
import type { TreeEntry } from '../seed/tree';
import { LocalStore } from '../storage/local-store';
import { readSegments } from '../storage/read-segments';
import { makeExt4 } from '../tools/ext4';
import { keepContent, openerOf } from './content-store';
import { planExt4, type Ext4Content } from './make-ext4';

// Tools share the machine with others.
vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(path.join(tmpdir(), 'imprint-make-ext4-'));
const keeping = mkdtempSync(path.join(tmpdir(), 'imprint-make-ext4-store-'));
const scratch = path.join(folder, 'scratch');
mkdirSync(scratch);
afterAll(() => [folder, keeping].forEach((each) => rmSync(each, { recursive: true, force: true })));

const MIB = 2 ** 20;
const UUID = '11111111-2222-4333-8444-555555555555';
const { signal } = new AbortController();
const bytes = randomBytes(12 * MIB + 100);
const snap = path.join(folder, 'a.snap');
writeFileSync(snap, bytes, { mode: 0o400 });
const sha3_384 = createHash('sha3-384').update(bytes).digest('hex');
const store = new LocalStore(keeping);
const paths = new Map([[sha3_384, snap]]);
const own = (name: string, text: string, mode?: number): TreeEntry => ({ path: name, ...(mode !== undefined && { mode }), content: { kind: 'bytes', bytes: Buffer.from(text) } });
const tree: TreeEntry[] = [
  { path: 'snaps/a.snap', content: { kind: 'blob', sha3_384, sizeBytes: bytes.length } },
  { path: 'snaps/twice.snap', content: { kind: 'blob', sha3_384, sizeBytes: bytes.length } },
  own('etc/-rf $(x) "y"\' ;|*', 'odd'),
  own('etc/secret', 'x', 0o600),
  { path: 'empty/folder', content: { kind: 'directory' } },
  { path: 'link', content: { kind: 'symlink', target: '/etc/passwd' } },
];
const plan = (more: Partial<Ext4Content> = {}, stop = signal) => planExt4({ tree, paths, store, sizeBytes: 64 * MIB, label: 'writable', uuid: UUID, epoch: 1_767_225_600, blockBytes: 4096, ...more }, scratch, stop);
const codeOf = async (work: Promise<unknown>): Promise<string> => work.then(() => 'none', (error: unknown) => (error as { code?: string }).code ?? String(error));

function readStart(file: string): Buffer {
  const handle = openSync(file, 'r');
  const start = Buffer.alloc(4096);
  readSync(handle, start);
  closeSync(handle);
  return start;
}

async function bytesOf(segments: readonly Segment[]): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of readSegments(segments, openerOf(paths, store), {})) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}

describe('an ext4 file system', () => {
  it('is as large as asked for, holds the tree with the modes it says, and keeps no byte of a snap', async () => {
    const segments = await plan();
    expect(segments.reduce((sum, segment) => sum + segmentLength(segment), 0)).toBe(64 * MIB);
    expect(segments.reduce((sum, segment) => sum + (segment.kind === 'bytes' || (segment.kind === 'blob' && segment.isOwn) ? segmentLength(segment) : 0), 0)).toBeLessThan(MIB / 2);
    const ext4 = await Ext4FileSystem.open(memory(await bytesOf(segments)));
    expect(ext4.nodes.map((node) => `${(node.mode & 0o7777).toString(8)} ${node.path}`).sort()).toEqual(['600 etc/secret', '644 etc/-rf $(x) "y"\' ;|*', '644 snaps/a.snap', '644 snaps/twice.snap', '700 lost+found', '755 empty', '755 empty/folder', '755 etc', '755 snaps', '777 link']);
    for (const name of ['snaps/a.snap', 'snaps/twice.snap']) {
      expect(ext4.find(name)!.links).toBe(1);
      expect(Buffer.from(await ext4.read(ext4.find(name)!, 16 * MIB)).equals(bytes)).toBe(true);
    }
    expect(await ext4.target(ext4.find('link')!)).toBe('/etc/passwd');
    expect([readdirSync(scratch), statSync(snap).mode & 0o777, statSync(snap).nlink]).toEqual([[], 0o400, 1]);
  });

  it('is the same with a large file, of which neither tree nor plan hold a piece', async () => {
    // Zeros between the others are holes of the file system.
    const large = Buffer.concat([randomBytes(3 * MIB + 5), Buffer.alloc(MIB), randomBytes(2 * MIB), Buffer.alloc(300_000), randomBytes(100)]);
    const content = await keepContent(store, (async function* () { yield large; })(), signal);
    expect(content).toMatchObject({ kind: 'unpacked', sizeBytes: large.length, crc32: zlib.crc32(large) });
    const wanted = await plan({ tree: [...tree, { path: 'large', content: { kind: 'bytes', bytes: large } }] });
    const segments = await plan({ tree: [...tree, { path: 'large', content }] });
    expect(segments).toEqual(wanted);
    expect(Math.max(...segments.map((segment) => (segment.kind === 'bytes' ? segment.bytes.length : 0)))).toBeLessThan(64 * 1024);
    for (const segment of segments) if (segment.kind === 'blob' && segment.isOwn) expect([segment.crc32, segment.packed]).toEqual([zlib.crc32(await bytesOf([segment])), undefined]);
    const ext4 = await Ext4FileSystem.open(memory(await bytesOf(segments)));
    expect(Buffer.from(await ext4.read(ext4.find('large')!, 16 * MIB)).equals(large)).toBe(true);
  });

  it('is the same bytes each time, and knows the checksums of the parts of snaps', async () => {
    const [first, second] = [await plan(), await plan()];
    expect(second).toEqual(first);
    const small = await plan({ tree: tree.slice(0, 1), sizeBytes: 32 * MIB, blockBytes: 1024 });
    const parts = small.filter((segment) => segment.kind === 'blob').filter(({ isOwn }) => !isOwn);
    expect(parts.length).toBeGreaterThan(1);
    for (const { offset, length, crc32 } of parts) expect(crc32).toBe(zlib.crc32(bytes.subarray(offset, offset + length)));
  });

  it.each([1.1, 3, 20, 31.9, 33, 64, 100, 128, 129, 200, 257, 511, 513, 600, 1200, 1025])('of %d MiB has as much room as is foretold', async (mebibytes) => {
    const sizeBytes = Math.floor(mebibytes * 1024) * 1024;
    const made = path.join(folder, `room-${mebibytes}`);
    mkdirSync(made);
    for (const blockBytes of [1024, 4096] as const) {
      if (blockBytes === 1024 && mebibytes > 64) continue;
      mkdirSync(path.join(made, `${blockBytes}/tree`), { recursive: true });
      const input = { tree: path.join(made, `${blockBytes}/tree`), sizeBytes, label: '', uuid: UUID, epoch: 0, blockBytes };
      const file = readStart(await makeExt4(path.join(made, String(blockBytes)), input));
      // Free blocks; the root has its own.
      expect((file.readUInt32LE(1024 + 12) + 1) * blockBytes).toBe(ext4FreeBytes(sizeBytes, blockBytes));
    }
    rmSync(made, { recursive: true });
  });

  it('leaves nothing behind when it cannot be made, or is no longer wanted', async () => {
    expect(await codeOf(plan({ sizeBytes: 20 * MIB }))).toBe('ext4-full');
    expect(await codeOf(plan({ tree: [own('../x', '')] }))).toBe('ext4-name');
    expect(await codeOf(plan({ tree: [own('x'.repeat(300), '')] }))).toBe('ext4-name');
    const stop = new AbortController();
    stop.abort(Object.assign(new Error('stop'), { code: 'stopped' }));
    expect(await codeOf(plan({}, stop.signal))).toBe('stopped');
    expect(readdirSync(scratch)).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(['a.snap', 'scratch']);
  });
});
