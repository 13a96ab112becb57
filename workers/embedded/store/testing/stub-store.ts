import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Assertion, Headers } from '@/lib/assertion/assertion';
import { encodeStream } from '@/lib/assertion/encode';
import { utf8 } from '@/lib/bytes';
import { signAssertion } from '@/lib/keys/sign';
import { makeSet, newKey, stubId, type StubSet } from '@/lib/prepare/testing/make-set';
import { openAuthority } from '../authority';
import { startStore, type StoreServer } from '../server';
import { openShelf } from '../shelf';
import { stockStore, type SnapToStock } from '../stock';
import { storeDir } from '../store-dir';

const TIME = '2026-01-01T00:00:00Z';
const AUTHORITY = { keyBits: 1024, now: () => new Date(TIME) };

export type StubStore = {
  server: StoreServer;
  /** File of the store's roots. */
  trusted: string;
  /** Signed by the brand's key, which the store knows. */
  sign(headers: Headers): Promise<Assertion>;
  /** Signs a model and writes it to a file. */
  writeModel(file: string, headers: Headers): Promise<string>;
  put(...assertions: Assertion[]): Promise<void>;
};

/** For tests: the embedded store with what a set of stubs has, all of it for amd64 and published by the brand. */
export async function openStubStore(folder: string, set: StubSet): Promise<StubStore> {
  const brandId = String(set.model['brand-id']);
  const made = await makeSet(path.join(folder, 'set'), set);
  const dataDir = path.join(folder, 'data');
  const server = await startStore({
    dataDir,
    accounts: [{ id: brandId, displayName: brandId }],
    ...AUTHORITY,
  });
  const snaps = set.snaps.map(({ name, revision = 1, components = [] }): SnapToStock => ({
    file: path.join(made.snaps, `${name}_${revision}.snap`),
    name,
    snapId: stubId(name),
    publisherId: brandId,
    title: name,
    summary: name,
    releases: ['latest/stable', '22/stable'].map((channel) => ({ channel, architecture: 'amd64', revision })),
    components: components.map((c) => ({
      file: path.join(made.snaps, `${name}+${c.name}_${c.revision ?? 1}.comp`),
      revision: c.revision ?? 1,
    })),
  }));
  await stockStore(dataDir, snaps, AUTHORITY);

  const shelf = openShelf(storeDir(dataDir));
  const key = newKey();
  const authority = await openAuthority(dataDir, AUTHORITY);
  const about = { type: 'account-key', 'account-id': brandId, name: 'models', since: TIME };
  await shelf.put(
    await authority.issue({ ...about, 'public-key-sha3-384': key.keyId }, utf8(key.encodedPublicKey)),
  );
  const sign = (headers: Headers) => {
    const all = { 'authority-id': brandId, series: '16', timestamp: TIME, ...headers };
    return signAssertion({ headers: all, key, time: new Date(TIME), minimumBits: 1024 });
  };
  return {
    server,
    trusted: storeDir(dataDir).trusted,
    sign,
    async writeModel(file, headers) {
      await writeFile(file, encodeStream([await sign({ type: 'model', ...headers })]));
      return file;
    },
    async put(...assertions) {
      for (const assertion of assertions) await shelf.put(assertion);
    },
  };
}
