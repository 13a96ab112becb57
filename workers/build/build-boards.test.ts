import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BuildView } from '@/lib/api/builds';
import { headersToDraft } from '@/lib/model/draft';
import { BOARD_SETS } from '@/lib/prepare/testing/board-sets';
import { makeSet, stubId, type StubSet } from '@/lib/prepare/testing/make-set';
import { findArtifact, getBuild, requestBuild } from '@/db/builds';
import type { Ctx } from '@/db/context';
import { createModel } from '@/db/models';
import { build } from '@/db/schema/builds';
import { signModel } from '@/db/signatures';
import { twoBrands, type Brands } from '@/db/testing/brands';
import { openEmbeddedStore, prepareModel, type EmbeddedStore } from '../testing/embedded';
import { writeArtifact } from '../testing/raw-image';
import { EMBEDDED_AUTHORITY } from '../embedded/store/authority';
import { stockStore, type SnapToStock } from '../embedded/store/stock';
import { runBuild } from './run-build';
import type { Services } from './services';

let dir: string;
let brands: Brands;
let owner: Ctx;
let embedded: EmbeddedStore;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'imprint-boards-'));
  brands = await twoBrands();
  owner = await brands.as('acme', 'owner');
  embedded = await openEmbeddedStore(join(dir, 'store'), [], { id: owner.brand.accountId, displayName: owner.brand.name });
  await prepareModel(owner, embedded, 'amd64-core24', 'other');
});
afterAll(async () => {
  await embedded.server.close();
  await brands.close();
  await rm(dir, { recursive: true, force: true });
});

/** Files of a set, as a store has them: on every track that its model names. */
async function toStock(folder: string, { model, snaps }: StubSet): Promise<SnapToStock[]> {
  const { snaps: files } = await makeSet(folder, { model, snaps });
  const architecture = String(model.architecture);
  const trackOf = (name: string) => [model.gadget, model.kernel].map(String).find((entry) => entry.startsWith(`${name}=`))?.split('=')[1] ?? (name.startsWith('pc') ? '22' : 'latest');
  return snaps.map(({ name, revision = 1 }) => ({ file: join(files, `${name}_${revision}.snap`), name, snapId: stubId(name), publisherId: EMBEDDED_AUTHORITY, title: name, summary: name, releases: [{ channel: `${trackOf(name)}/stable`, architecture, revision }] }));
}

/** A model of a board, from its signature to the end of its build. */
async function buildBoard(board: string, name: string): Promise<{ view: BuildView; services: Services }> {
  const { set } = BOARD_SETS[board]!;
  const own = join(dir, name);
  await stockStore(embedded.dataDir, await toStock(own, set));
  const services = { ...(await embedded.services(brands.db)), scratch: join(own, 'scratch') };
  await createModel(owner, { name, headers: headersToDraft({ ...set.model, model: name }), note: '' });
  await signModel(owner, name, { version: 1 });
  const { number } = await requestBuild(owner, { model: name });
  const [row] = await brands.db.select({ id: build.id }).from(build).where(eq(build.number, number));
  await runBuild(row!.id, new AbortController().signal, services).catch(() => undefined);
  expect(await readdir(services.scratch).catch(() => [])).toEqual([]);
  return { view: await getBuild(owner, number), services };
}

test('a model of Ubuntu Core 18 for the Raspberry Pi becomes an image, whose file system holds its snaps', async () => {
  const { view, services } = await buildBoard('UC18 on a Raspberry Pi', 'pi18');
  expect([view.failure, view.state]).toEqual([null, 'succeeded']);
  expect(view.snaps.map((snap) => snap.name)).toEqual(['snapd', 'pi-kernel', 'core18', 'pi', 'network-manager']);
  const raw = view.artifacts.find(({ kind }) => kind === 'image-raw')!;
  const file = join(dir, 'pi18.img');
  await writeArtifact(services.blobs, await findArtifact(owner, view.number, raw.fileName), file);
  const at = `${file}?offset=${257 * 2 ** 20}`;
  execFileSync('/usr/sbin/e2fsck', ['-fn', at], { stdio: 'pipe' });
  const listed = execFileSync('/usr/sbin/debugfs', ['-R', 'ls -p /system-data/var/lib/snapd/seed/snaps', at], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  for (const { name } of view.snaps) expect(listed).toContain(`/${name}_`);
});

test('a gadget with several volumes is refused, and told where its images are made', async () => {
  const { view } = await buildBoard('UC22 with several volumes', 'many');
  expect(view.state).toBe('failed');
  expect(view.failure).toMatchObject({ code: 'gadget-volumes', message: expect.stringContaining('pc, firmware') as unknown });
});
