import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stubId, type StubSet } from '../../lib/prepare/testing/make-set';
import { STUB_SETS } from '../../lib/prepare/testing/stub-sets';
import { openStubStore, type StubStore } from '../../workers/embedded/store/testing/stub-store';
import { imprint, makeFolder } from './testing';

const plain = STUB_SETS['uc22-signed'];
const app = { name: 'app-c', base: 'core22', revision: 9, components: [{ name: 'needed', revision: 4 }, { name: 'more', revision: 5, version: '7' }] };
const set: StubSet = {
  ...plain,
  model: { ...plain.model, snaps: [...plain.model.snaps as [], { name: 'app-c', id: stubId('app-c'), type: 'app', components: { needed: 'required', more: 'optional', absent: 'optional' } }] },
  snaps: [...plain.snaps, app].map((snap) => ({ ...snap, publisher: 'acme' })),
};

const { folder, remove } = makeFolder();
let store: StubStore;
let model: string;

beforeAll(async () => {
  store = await openStubStore(folder, set);
  model = await store.writeModel(path.join(folder, 'M.model'), set.model);
}, 120_000);
afterAll(async () => {
  await store.server.close();
  remove();
});

const run = (command: string, ...more: string[]) => {
  const source = ['--store', store.server.url, '--trusted', store.trusted];
  const env = { XDG_CACHE_HOME: path.join(folder, 'cache') };
  return imprint(['image', command, '--model', model, ...source, ...more], { folder, env });
};
const filesOf = (name: string) => readdirSync(path.join(folder, name), { recursive: true, encoding: 'utf8' }).filter((file) => /\.(?:snap|comp)$/.test(file)).sort();
const bytesOf = (name: string) => Object.fromEntries(readdirSync(path.join(folder, name)).map((file) => [file, readFileSync(path.join(folder, name, file), 'base64')]));

describe('an image out of a store', { timeout: 240_000 }, () => {
  it('has the components that the model wants and those that are named, with what is signed about them', async () => {
    expect(await run('seed', '--out', 'required')).toMatchObject({ code: 0, stderr: '' });
    expect(filesOf('required')).toEqual(['app-c+needed_4.comp', 'app-c_9.snap', 'core22_12.snap', 'pc-kernel_11.snap', 'pc_13.snap', 'snapd_10.snap'].map((name) => `snaps/${name}`));
    expect(await run('seed', '--out', 'both', '--comp', 'app-c+more')).toMatchObject({ code: 0, stderr: '' });
    expect(filesOf('both')).toContain('snaps/app-c+more_5.comp');
    const signed = readFileSync(path.join(folder, 'both/systems/20260101/assertions/snaps'), 'utf8');
    for (const type of ['snap-resource-revision', 'snap-resource-pair']) expect(signed.match(new RegExp(`^type: ${type}$`, 'gm'))).toHaveLength(2);
  });

  it('is refused when the store has no such component', async () => {
    expect(await run('seed', '--out', 'none', '--comp', 'app-c+absent')).toMatchObject({ code: 1, stderr: expect.stringContaining('The store has no component app-c+absent for revision 9 of its snap, which has needed, more.') });
  });

  it('is made again by its lock from an empty cache, and with a full one without asking the store', async () => {
    expect((await run('build', '--out', 'first', '--format', 'img.zst', '--comp', 'app-c+more')).code).toBe(0);
    rmSync(path.join(folder, 'cache'), { recursive: true });
    expect(await run('build', '--out', 'cold', '--format', 'img.zst', '--lock', 'first/lock.json')).toMatchObject({ code: 0, stderr: '' });
    expect(bytesOf('cold')).toEqual(bytesOf('first'));
    const asked = store.server.requests.length;
    expect(await run('build', '--out', 'warm', '--format', 'img.zst', '--lock', 'cold/lock.json')).toMatchObject({ code: 0, stderr: '' });
    expect(bytesOf('warm')).toEqual(bytesOf('first'));
    expect(store.server.requests.length).toBe(asked);
  });
});
