import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findArtifact } from '@/db/builds';
import type { Headers } from '@/lib/assertion/assertion';
import type { BuildView } from '@/lib/api/builds';
import { utf8 } from '@/lib/bytes';
import { signAssertion } from '@/lib/keys/sign';
import { newKey, stubId, type StubSet } from '@/lib/prepare/testing/make-set';
import { STUB_SETS } from '@/lib/prepare/testing/stub-sets';
import { openAuthority } from '../embedded/store/authority';
import { openShelf } from '../embedded/store/shelf';
import { storeDir } from '../embedded/store/store-dir';
import { openBoards, type Boards } from '../testing/boards';
import { writeArtifact } from '../testing/raw-image';

const plain: StubSet = STUB_SETS['uc22-signed'];
const wanting = (...names: string[]): StubSet => ({
  ...plain,
  model: { ...plain.model, 'validation-sets': names.map((name) => ({ name, mode: 'enforce' })) },
});

let boards: Boards;
beforeAll(async () => {
  boards = await openBoards();
  const { accountId } = boards.owner.brand;
  const key = newKey();
  const authority = await openAuthority(boards.embedded.dataDir);
  const about = { type: 'account-key', 'account-id': accountId, name: 'sets', since: '2026-01-01T00:00:00Z' };
  const shelf = openShelf(storeDir(boards.embedded.dataDir));
  await shelf.put(
    await authority.issue({ ...about, 'public-key-sha3-384': key.keyId }, utf8(key.encodedPublicKey)),
  );
  const publish = async (name: string, sequence: number, snap: Headers) => {
    const time = new Date();
    const headers: Headers = {
      type: 'validation-set',
      'authority-id': accountId,
      series: '16',
      'account-id': accountId,
      name,
      sequence: String(sequence),
      snaps: [{ name: 'pc-kernel', id: stubId('pc-kernel'), ...snap }],
      timestamp: time.toISOString().replace(/\.\d+Z$/, 'Z'),
    };
    await shelf.put(await signAssertion({ headers, key, time, minimumBits: 1024 }));
  };
  await publish('base-set', 1, { presence: 'invalid' });
  await publish('base-set', 3, { revision: '11' });
  await publish('strict-set', 2, { presence: 'invalid' });
});
afterAll(() => boards.close());

async function readText(view: BuildView, ending: string): Promise<string> {
  const file = join(boards.dir, ending);
  const { fileName } = view.artifacts.find((each) => each.fileName.endsWith(ending))!;
  const { blobs } = await boards.embedded.services(boards.brands.db);
  await writeArtifact(blobs, await findArtifact(boards.owner, view.number, fileName), file);
  return readFile(file, 'utf8');
}

test('a model with a validation set without a sequence is built by the latest of the store', async () => {
  const { view } = await boards.build(wanting('base-set'), 'guarded');
  expect([view.failure, view.state]).toEqual([null, 'succeeded']);
  const { accountId } = boards.owner.brand;
  expect(await readText(view, 'seed.manifest')).toContain(`${accountId}/base-set 3\n`);
  const lock = JSON.parse(await readText(view, 'lock.json')) as { validationSets: unknown };
  expect(lock.validationSets).toEqual([{ accountId, name: 'base-set', sequence: 3 }]);
});

test.each([
  ['strict-set', 'valset-unmet', 'is forbidden by'],
  ['no-such-set', 'valset-missing', 'cannot be found'],
])('one that names the set %s fails as %s', async (name, code, said) => {
  const { view } = await boards.build(wanting(name), name);
  expect(view.failure).toMatchObject({ code, message: expect.stringContaining(said) });
});
