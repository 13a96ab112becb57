import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginSet, findSet, keepSet } from './cache';
import { demoSet } from './demo-set';

const PLAIN = { architecture: 'amd64', padding: { kernelMiB: 0, baseMiB: 0 } } as const;
const DEMO_SET = demoSet('amd64');
const PACKAGES = [{ name: 'snapd', version: '2.57', depends: [] }];
const FIRST = DEMO_SET[0]!.fileName;

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'snap-cache-'));
});
afterEach(() => rm(cacheDir, { recursive: true }));

async function begin(): Promise<string> {
  const folder = await beginSet(cacheDir);
  for (const { fileName } of DEMO_SET) await writeFile(join(folder, fileName), `bytes of ${fileName}`);
  return folder;
}
const keep = async () => keepSet(cacheDir, await begin(), PACKAGES, PLAIN);

describe('the cache of demo snaps', () => {
  it('gives a set that was kept', async () => {
    const kept = await keep();
    expect(await findSet(cacheDir, PLAIN)).toBe(kept);
    expect(await readdir(kept)).toHaveLength(DEMO_SET.length + 1);
  });

  it('has nothing at first, and makes its folder', async () => expect(await findSet(join(cacheDir, 'a/b'), PLAIN)).toBeUndefined());

  it('never gives a set that is still being made', async () => {
    await begin();
    expect(await findSet(cacheDir, PLAIN)).toBeUndefined();
  });

  it('does not take a set of another size for this one', async () => {
    await keep();
    expect(await findSet(cacheDir, { ...PLAIN, padding: { kernelMiB: 300, baseMiB: 60 } })).toBeUndefined();
  });

  it('keeps the sets of several architectures beside each other', async () => {
    const kept = await keep();
    expect(await findSet(cacheDir, { ...PLAIN, architecture: 'arm64' })).toBeUndefined();
    const folder = await beginSet(cacheDir);
    for (const { fileName } of demoSet('arm64')) await writeFile(join(folder, fileName), fileName);
    const other = await keepSet(cacheDir, folder, PACKAGES, { ...PLAIN, architecture: 'arm64' });
    expect([await findSet(cacheDir, PLAIN), await findSet(cacheDir, { ...PLAIN, architecture: 'arm64' })]).toEqual([kept, other]);
  });

  it.each([
    ['a changed byte', async (folder: string) => writeFile(join(folder, FIRST), (await readFile(join(folder, FIRST), 'utf8')).replace('b', 'B'))],
    ['a missing file', (folder: string) => rm(join(folder, FIRST))],
    ['a shorter file', (folder: string) => writeFile(join(folder, FIRST), '')],
    ['a spoilt list', (folder: string) => writeFile(join(folder, 'set.json'), '{"recipe":')],
    ['a list without this file', async (folder: string) => writeFile(join(folder, 'set.json'), (await readFile(join(folder, 'set.json'), 'utf8')).replace(FIRST, 'other.snap'))],
    ['the list of another recipe', async (folder: string) => writeFile(join(folder, 'set.json'), (await readFile(join(folder, 'set.json'), 'utf8')).replace(/"recipe": \d+/, '"recipe": 0'))],
  ])('removes a set with %s', async (_what, spoil) => {
    await spoil(await keep());
    expect(await findSet(cacheDir, PLAIN)).toBeUndefined();
    expect(await readdir(cacheDir)).toEqual([]);
  });

  it('keeps the first of two sets that are finished at the same time', async () => {
    const [one, other] = [await begin(), await begin()];
    const kept = await keepSet(cacheDir, one, PACKAGES, PLAIN);
    expect(await keepSet(cacheDir, other, PACKAGES, PLAIN)).toBe(kept);
    expect(await readdir(cacheDir)).toEqual([basename(kept)]);
  });

  it('clears what a killed run left long ago and sets of an older recipe, and leaves what another may be making', async () => {
    const [old, fresh] = [await begin(), await begin()];
    await utimes(old, 1, 1);
    await mkdir(join(cacheDir, 'r0-k0-b0-0123456789abcdef'));
    const mine = await beginSet(cacheDir);
    expect((await readdir(cacheDir)).sort()).toEqual([basename(fresh), basename(mine)].sort());
  });
});
