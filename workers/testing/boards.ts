import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildView } from '@/lib/api/builds';
import { headersToDraft } from '@/lib/model/draft';
import { makeSet, stubId, type StubSet } from '@/lib/prepare/testing/make-set';
import { getBuild } from '@/db/builds';
import type { Ctx } from '@/db/context';
import { createModel } from '@/db/models';
import { signModel } from '@/db/signatures';
import { twoBrands, type Brands } from '@/db/testing/brands';
import { queueBuild } from '@/db/testing/builds';
import { runBuild } from '../build/run-build';
import type { Services } from '../build/services';
import { stockStore, type SnapToStock } from '../embedded/store/stock';
import { openEmbeddedStore, prepareModel, type EmbeddedStore } from './embedded';

export type Boards = {
  dir: string;
  brands: Brands;
  owner: Ctx;
  embedded: EmbeddedStore;
  /** The set as a model of that name, from its signature to the end of its build. `scratch` is its own. */
  build(set: StubSet, name: string): Promise<{ view: BuildView; services: Services & { scratch: string } }>;
  /** Another build of a model, left to the caller. */
  request(name: string): Promise<{ buildId: string; number: number }>;
  close(): Promise<void>;
};

/** A database and an embedded store, to build models of stub snaps in. */
export async function openBoards(): Promise<Boards> {
  const dir = await mkdtemp(join(tmpdir(), 'imprint-boards-'));
  const brands = await twoBrands();
  const owner = await brands.as('acme', 'owner');
  const embedded = await openEmbeddedStore(join(dir, 'store'), [], { id: owner.brand.accountId, displayName: owner.brand.name });
  await prepareModel(owner, embedded, 'amd64-core24', 'other');
  const request = async (model: string) => {
    const { id: buildId, number } = await queueBuild(owner, model);
    return { buildId, number };
  };
  return {
    dir,
    brands,
    owner,
    embedded,
    request,
    async build(set, name) {
      const own = join(dir, name);
      await stockStore(embedded.dataDir, await toStock(own, set, owner.brand.accountId));
      const services = { ...(await embedded.services(brands.db)), scratch: join(own, 'scratch') };
      await createModel(owner, { name, headers: headersToDraft({ ...set.model, model: name }), note: '' });
      await signModel(owner, name, { version: 1 });
      const { buildId, number } = await request(name);
      await runBuild(buildId, new AbortController().signal, services).catch(() => undefined);
      return { view: await getBuild(owner, number), services };
    },
    async close() {
      await embedded.server.close();
      await brands.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Files of a set, as a store has them: on every track that its model names, and published by the brand itself. */
async function toStock(folder: string, { model, snaps }: StubSet, publisherId: string): Promise<SnapToStock[]> {
  const { snaps: files } = await makeSet(folder, { model, snaps });
  const architecture = String(model.architecture);
  const trackOf = (name: string) => [model.gadget, model.kernel].map(String).find((entry) => entry.startsWith(`${name}=`))?.split('=')[1] ?? (name.startsWith('pc') ? '22' : 'latest');
  return snaps.map(({ name, revision = 1 }) => ({ file: join(files, `${name}_${revision}.snap`), name, snapId: stubId(name), publisherId, title: name, summary: name, releases: [{ channel: `${trackOf(name)}/stable`, architecture, revision }] }));
}
