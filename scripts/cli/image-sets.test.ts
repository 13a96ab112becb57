import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Headers } from '../../lib/assertion/assertion';
import type { BuildLock } from '../../lib/build/lock';
import { makeSet, stubId, type StubSet } from '../../lib/prepare/testing/make-set';
import { STUB_SETS } from '../../lib/prepare/testing/stub-sets';
import { openStubStore, type StubStore } from '../../workers/embedded/store/testing/stub-store';
import { imprint, makeFolder } from './testing';

const plain = STUB_SETS['uc22-signed'];
const MODEL: Headers = {
  ...plain.model,
  snaps: [...(plain.model.snaps as Headers[]), { name: 'ui', id: stubId('ui'), type: 'app' }],
};
const modelWith = (...sets: Headers[]): Headers => ({ ...MODEL, 'validation-sets': sets });
const named = (more: Headers = {}): Headers => ({
  'account-id': 'acme',
  name: 'base-set',
  mode: 'enforce',
  ...more,
});

/** Of the one snap ui, which there is at revision 1. */
const sequence = (number: number, wanted: Headers): Headers => ({
  name: 'base-set',
  sequence: String(number),
  snaps: [{ name: 'ui', id: stubId('ui'), presence: 'required', ...wanted }],
});
const SETS = [sequence(1, { revision: '9' }), sequence(3, { revision: '1' })];
const STUBS: StubSet = {
  model: modelWith(named()),
  snaps: [...plain.snaps, { name: 'ui', base: 'core22', revision: 1 }].map((snap) => ({
    ...snap,
    publisher: 'acme',
  })),
  validationSets: SETS,
};

const { folder, remove } = makeFolder();
let store: StubStore;
beforeAll(async () => {
  store = await openStubStore(folder, STUBS);
  for (const headers of SETS) await publish(headers);
}, 120_000);
afterAll(async () => {
  await store.server.close();
  remove();
});

const publish = async (headers: Headers): Promise<void> =>
  store.put(await store.sign({ type: 'validation-set', 'account-id': 'acme', ...headers }));

let count = 0;
async function run(command: string, model: Headers, ...more: string[]) {
  const file = await store.writeModel(path.join(folder, `M${(count += 1)}.model`), model);
  const env = { XDG_CACHE_HOME: path.join(folder, 'cache') };
  return imprint(
    ['image', command, '--model', file, '--store', store.server.url, '--trusted', store.trusted, ...more],
    { folder, env },
  );
}
const asked = () =>
  store.server.requests.map((request) => request.path).filter((each) => each.includes('validation-set'));
const setsIn = (text: string) =>
  [...text.matchAll(/^type: validation-set$[^]*?^sequence: (\d+)$/gm)].map((match) => match[1]);
const seeded = (name: string) =>
  setsIn(readFileSync(path.join(folder, name, 'systems/20260101/assertions/model-etc'), 'utf8'));
const lockOf = (name: string) =>
  JSON.parse(readFileSync(path.join(folder, name, 'lock.json'), 'utf8')) as BuildLock;

describe('a validation set of a model', { timeout: 240_000 }, () => {
  it('without a sequence is the latest that the store has, in plan, seed and build', async () => {
    for (const command of ['plan', 'seed', 'build']) {
      const out = command === 'plan' ? [] : ['--out', `latest-${command}`];
      expect([command, await run(command, modelWith(named()), ...out)]).toMatchObject([
        command,
        { code: 0, stderr: '' },
      ]);
      expect(asked().at(-1)).toBe(
        '/v2/assertions/validation-set/16/acme/base-set?max-format=0&sequence=latest',
      );
    }
    expect(seeded('latest-seed')).toEqual(['3']);
    expect(lockOf('latest-build').validationSets).toEqual([
      { accountId: 'acme', name: 'base-set', sequence: 3 },
    ]);
    expect(readFileSync(path.join(folder, 'latest-build/seed.manifest'), 'utf8')).toContain(
      'acme/base-set 3\n',
    );
  });

  it('that is pinned is that one, whatever is the latest', async () => {
    expect(await run('seed', modelWith(named({ sequence: '3' })), '--out', 'pinned')).toMatchObject({
      code: 0,
    });
    expect(seeded('pinned')).toEqual(['3']);
    expect(asked().at(-1)).toBe('/v2/assertions/validation-set/16/acme/base-set?max-format=0&sequence=3');
    const refused = await run('seed', modelWith(named({ sequence: '1' })), '--out', 'first');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('with revision 9') });
  });

  it.each<[said: string, wanted: Headers]>([
    [
      'The validation set acme/base-set at sequence 2, which the model names, cannot be found',
      named({ sequence: '2' }),
    ],
    ['The validation set acme/none, which the model names, cannot be found', named({ name: 'none' })],
    [
      'The validation set globex/base-set, which the model names, cannot be found',
      named({ 'account-id': 'globex' }),
    ],
  ])('that the store does not have is told: %s', async (said, wanted) => {
    expect(await run('plan', modelWith(wanted))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(said),
    });
  });

  it('of mode enforce cannot be ignored, one of prefer-enforce can, and holds all the same', async () => {
    const ignore = ['--validation', 'ignore'];
    const refused = await run('plan', modelWith(named()), ...ignore);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('wants the validation set acme/base-set enforced'),
    });
    const preferred = modelWith(named({ mode: 'prefer-enforce' }));
    expect(await run('plan', preferred, ...ignore)).toMatchObject({ code: 0 });
    const pinned = modelWith(named({ mode: 'prefer-enforce', sequence: '1' }));
    expect(await run('plan', pinned, ...ignore)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('with revision 9'),
    });
  });

  it('stays at the sequence of the lock when the store has a newer one', async () => {
    const model = await store.writeModel(path.join(folder, 'locked.model'), modelWith(named()));
    const build = (out: string, ...more: string[]) => {
      const source = ['--store', store.server.url, '--trusted', store.trusted];
      const env = { XDG_CACHE_HOME: path.join(folder, 'cache') };
      return imprint(
        ['image', 'build', '--model', model, ...source, '--out', out, '--format', 'img.zst', ...more],
        { folder, env },
      );
    };
    expect(await build('before')).toMatchObject({ code: 0 });
    await publish(sequence(12, { presence: 'invalid' }));
    expect(await build('newest')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('forbidden by acme/base-set=12'),
    });
    rmSync(path.join(folder, 'cache'), { recursive: true });
    const { stdout } = await build('cold', '--lock', 'before/lock.json');
    expect(stdout).toContain('lock.json');
    expect(asked().at(-1)).toBe('/v2/assertions/validation-set/16/acme/base-set?max-format=0&sequence=3');
    expect(lockOf('cold')).toEqual(lockOf('before'));
    expect(
      readFileSync(path.join(folder, 'cold/pc.img.zst')).equals(
        readFileSync(path.join(folder, 'before/pc.img.zst')),
      ),
    ).toBe(true);
  });

  it('out of a folder is the highest one there', async () => {
    const made = await makeSet(path.join(folder, 'files'), STUBS);
    const source = ['--snaps', made.snaps, '--assertions', made.assertions, '--trusted', made.roots];
    expect(
      await imprint(['image', 'seed', '--model', made.model, ...source, '--out', 'of-folder'], { folder }),
    ).toMatchObject({ code: 0 });
    expect(seeded('of-folder')).toEqual(['3']);
  });
});
