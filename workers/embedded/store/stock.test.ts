import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromHex, toBase64Url } from '@/lib/bytes';
import { openAuthority } from './authority';
import { openCatalog } from './catalog';
import { openShelf } from './shelf';
import { stockStore } from './stock';
import { storeDir, sweepStale } from './store-dir';
import type { StoreDir } from './store-dir';
import { makeDataDir, NOW, PC_ID, SMALL, stockText } from './testing/small-store';

let data: Awaited<ReturnType<typeof makeDataDir>>;
let dir: StoreDir;
beforeEach(async () => {
  data = await makeDataDir();
  dir = storeDir(data.dataDir);
});
afterEach(() => data.remove());

const release = (revision: number, channel = '24/stable') => ({ releases: [{ channel, architecture: 'amd64', revision }] });
const catalog = () => openCatalog(dir).get('pc');
const revisionOf = async (sha3_384: string) => (await openShelf(dir).get('snap-revision', [toBase64Url(fromHex(sha3_384))]))?.headers;

/** Everything on disk, by name: what a second run may not change. */
async function everything() {
  const files = (await readdir(dir.root, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  return Object.fromEntries(await Promise.all(files.map(async (one) => [join(one.parentPath, one.name), await readFile(join(one.parentPath, one.name), 'latin1')] as const)));
}

describe('stocking a snap', () => {
  it('keeps its file under its digest and signs declaration and revision', async () => {
    const { sha3_384, revision } = await stockText(data.dataDir, 'gadget', release(3));
    expect(revision).toBe(3);
    expect(await readFile(dir.snapFile(sha3_384), 'utf8')).toBe('gadget');
    expect(await revisionOf(sha3_384)).toMatchObject({ 'snap-id': PC_ID, 'snap-revision': '3', 'snap-size': '6', 'developer-id': 'imprint-embedded', provenance: 'global-upload', timestamp: '2026-11-22T12:00:00Z' });
    expect((await openShelf(dir).get('snap-declaration', ['16', PC_ID]))?.headers).toMatchObject({ 'snap-name': 'pc', 'publisher-id': 'imprint-embedded' });
    expect(await catalog()).toMatchObject({ revisions: [{ revision: 3, version: '24-1', type: 'gadget', base: 'core24', architectures: ['amd64'] }], releases: [{ channel: '24/stable', revision: 3 }] });
  });

  it('changes nothing the second time', async () => {
    await stockText(data.dataDir, 'gadget');
    const before = await everything();
    await stockText(data.dataDir, 'gadget');
    expect(await everything()).toEqual(before);
  });

  it('keeps the revision of the same bytes, whatever is asked for', async () => {
    await stockText(data.dataDir, 'gadget', release(1));
    expect(await stockText(data.dataDir, 'gadget', release(9))).toMatchObject({ revision: 1 });
    expect((await catalog())?.revisions).toHaveLength(1);
  });

  it('gives new bytes the next free revision when theirs is taken', async () => {
    await stockText(data.dataDir, 'one', release(1));
    await stockText(data.dataDir, 'two', release(4));
    expect(await stockText(data.dataDir, 'three', release(1))).toMatchObject({ revision: 5 });
  });

  it('moves a channel to the newest file and leaves the others', async () => {
    await stockText(data.dataDir, 'one', { releases: [{ channel: 'stable', architecture: 'amd64', revision: 1 }, { channel: 'edge', architecture: 'amd64', revision: 1 }] });
    await stockText(data.dataDir, 'two', release(2, 'latest/stable'));
    expect((await catalog())?.releases.map((one) => [one.channel, one.revision]).sort()).toEqual([['latest/edge', 1], ['latest/stable', 2]]);
  });

  it('declares a snap anew, one revision up, when its publisher changes', async () => {
    await stockText(data.dataDir, 'one');
    await stockText(data.dataDir, 'one', { publisherId: 'acme' });
    expect(await openShelf(dir).get('snap-declaration', ['16', PC_ID])).toMatchObject({ revision: 1, headers: { 'publisher-id': 'acme' } });
    expect(await openShelf(dir).get('account', ['acme'])).toBeDefined();
  });

  it('takes up where a killed process stopped: a signed revision that no catalog names', async () => {
    const { sha3_384 } = await stockText(data.dataDir, 'gadget', release(2));
    const signed = await revisionOf(sha3_384);
    await rm(dir.catalog, { recursive: true });
    await rm(dir.snaps, { recursive: true });
    expect(await stockText(data.dataDir, 'gadget', release(1))).toMatchObject({ revision: 2 });
    expect(await revisionOf(sha3_384)).toEqual(signed);
    expect(await readFile(dir.snapFile(sha3_384), 'utf8')).toBe('gadget');
  });
});

describe('stocking is refused', () => {
  it.each([
    ['a snap under another name than its own', { name: 'pi' }],
    ['an id that is none', { snapId: 'short' }],
    ['no releases', { releases: [] }],
    ['releases of two revisions', { releases: [...release(1).releases, ...release(2, '24/edge').releases] }],
    ['revision 0', release(0)],
    ['a channel that is none', release(1, '24/nightly/x')],
    ['a publisher that cannot be', { publisherId: 'A B' }],
    ['the account canonical, which is trusted already', { publisherId: 'canonical' }],
  ])('for %s', async (_, more) => {
    await expect(stockText(data.dataDir, 'gadget', more)).rejects.toMatchObject({ code: 'invalid' });
    expect(await catalog()).toBeUndefined();
  });

  it('for bytes that are already there as another snap', async () => {
    await stockText(data.dataDir, 'gadget');
    await expect(stockText(data.dataDir, 'gadget', { snapId: 'Z'.repeat(32) })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('for a file that is no snap', async () => {
    const file = join(data.dataDir, 'no.snap');
    await writeFile(file, 'no squashfs');
    await expect(stockStore(data.dataDir, [{ file, name: 'no', snapId: PC_ID, publisherId: 'acme', title: '', summary: '', ...release(1) }], SMALL)).rejects.toMatchObject({ code: 'squashfs-invalid' });
  });
});

it('reads type, base and version from the snap itself', async () => {
  const tree = join(data.dataDir, 'tree');
  const file = join(data.dataDir, 'pc.snap');
  await mkdir(join(tree, 'meta'), { recursive: true });
  await writeFile(join(tree, 'meta/snap.yaml'), 'name: pc\nversion: "24.04-1"\ntype: gadget\nbase: core24\narchitectures: [amd64]\n');
  await promisify(execFile)('mksquashfs', [tree, file, '-all-root', '-no-xattrs', '-quiet', '-no-progress']);
  await stockStore(data.dataDir, [{ file, name: 'pc', snapId: PC_ID, publisherId: 'imprint-embedded', title: 'PC', summary: '', ...release(1) }], SMALL);
  expect((await catalog())?.revisions).toMatchObject([{ version: '24.04-1', type: 'gadget', base: 'core24', confinement: 'strict', sizeBytes: (await stat(file)).size }]);
});

describe('the authority', () => {
  it('is made once, however many ask at the same time', async () => {
    const all = await Promise.all([1, 2, 3].map(() => openAuthority(data.dataDir, SMALL)));
    const roots = new Set(all.map((one) => one.trusted[1]?.primaryKey[0]));
    expect(roots.size).toBe(1);
    expect((await readdir(dir.root)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is the same at the next start, with everything published that a killed process left out', async () => {
    const first = await openAuthority(data.dataDir, SMALL);
    const anchors = await readFile(dir.trusted);
    await rm(dir.trusted);
    await rm(dir.assertions, { recursive: true });
    const second = await openAuthority(data.dataDir, SMALL);
    expect(second.trusted.map((one) => one.primaryKey)).toEqual(first.trusted.map((one) => one.primaryKey));
    expect(await readFile(dir.trusted)).toEqual(anchors);
    expect(await openShelf(dir).list('account-key')).toHaveLength(2);
  });

  it('has its keys in a folder that only its owner can enter', async () => {
    await openAuthority(data.dataDir, SMALL);
    expect((await stat(dir.authority)).mode & 0o777).toBe(0o700);
  });

  it('hands out no key, however it is looked at', async () => {
    const authority = await openAuthority(data.dataDir, SMALL);
    expect(JSON.stringify(Object.values(authority))).not.toContain('PRIVATE');
  });
});

it('what killed processes left half-done is swept after an hour, and nothing else', async () => {
  await stockText(data.dataDir, 'gadget');
  const before = await everything();
  const old = join(dir.snaps, '.0123456789abcdef.tmp');
  const fresh = join(dir.catalog, '.fedcba9876543210.tmp');
  for (const path of [old, fresh]) await writeFile(path, 'x');
  await mkdir(join(dir.root, '.authority-0123456789abcdef'));
  for (const path of [old, join(dir.root, '.authority-0123456789abcdef')]) await utimes(path, 0, NOW.getTime() / 1000 - 3601);
  await utimes(fresh, 0, NOW.getTime() / 1000);
  await sweepStale(dir, NOW);
  expect(await everything()).toEqual({ ...before, [fresh]: 'x' });
  expect(await readdir(dir.root)).not.toContain('.authority-0123456789abcdef');
});
