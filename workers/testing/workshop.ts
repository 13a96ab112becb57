import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildView } from '@/lib/api/builds';
import { findTemplate } from '@/lib/model/templates';
import { getBuild } from '@/db/builds';
import type { Ctx } from '@/db/context';
import { twoBrands } from '@/db/testing/brands';
import type { Brands } from '@/db/testing/brands';
import { queueBuild } from '@/db/testing/builds';
import { runBuild } from '../build/run-build';
import type { Services } from '../build/services';
import type { SnapToStock } from '../embedded/store/stock';
import { demoSnaps } from './demo-snaps';
import { openEmbeddedStore, prepareModel } from './embedded';
import type { EmbeddedStore } from './embedded';

export type Workshop = {
  dir: string;
  brands: Brands;
  owner: Ctx;
  embedded: EmbeddedStore;
  services: Services;
  /** Requests a build of `kiosk` and hands it to a worker of this process; what the worker throws is given back, not thrown. */
  build(services?: Services, signal?: AbortSignal): Promise<{ view: BuildView; thrown: unknown }>;
  /** Requests a build and leaves it to the caller. */
  request(): Promise<{ buildId: string; number: number }>;
  close(): Promise<void>;
};

/** Everything a build needs, on this machine: a database, the embedded store with the snaps (the demo snaps of the template's architecture when not given), and a signed model of the template. */
export async function openWorkshop(template = 'amd64-core24', snaps?: SnapToStock[]): Promise<Workshop> {
  const dir = await mkdtemp(join(tmpdir(), 'imprint-workshop-'));
  const brands = await twoBrands();
  const owner = await brands.as('acme', 'owner');
  const embedded = await openEmbeddedStore(dir, snaps ?? (await demoSnaps({ architecture: findTemplate(template)!.architecture })), { id: owner.brand.accountId, displayName: owner.brand.name });
  await prepareModel(owner, embedded, template);
  const services = await embedded.services(brands.db);

  const request = async () => {
    const { id: buildId, number } = await queueBuild(owner, 'kiosk');
    return { buildId, number };
  };
  return {
    dir,
    brands,
    owner,
    embedded,
    services,
    request,
    async build(own = services, signal = new AbortController().signal) {
      const { buildId, number } = await request();
      let thrown: unknown;
      await runBuild(buildId, signal, own).catch((error: unknown) => (thrown = error));
      return { view: await getBuild(owner, number), thrown };
    },
    async close() {
      await embedded.server.close();
      await brands.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
