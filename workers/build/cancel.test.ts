import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { cancelBuild, getBuild } from '@/db/builds';
import type { Stage } from '@/lib/build/states';
import type { BlobStore } from '@/lib/storage/blob-store';
import { openWorkshop } from '../testing/workshop';
import type { Workshop } from '../testing/workshop';
import { runBuild } from './run-build';
import type { Services } from './services';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
  // What later builds of this model need is in the store from here on.
  await shop.build();
}, 300_000);
afterEach(() => shop.embedded.server.faults.clear());
afterAll(() => shop.close());

/** A store of artifacts that hangs at its `nth` write until it is told to stop. */
const hangingAt = (blobs: BlobStore, nth: number): BlobStore => {
  let writes = 0;
  return {
    put: (source, options) => {
      writes += 1;
      if (writes < nth) return blobs.put(source, options);
      return new Promise((_, reject) => options!.signal!.addEventListener('abort', () => reject(options!.signal!.reason as Error)));
    },
    adopt: (path, digest) => blobs.adopt(path, digest),
    stat: (digest) => blobs.stat(digest),
    read: (digest, range) => blobs.read(digest, range),
    open: (digest) => blobs.open(digest),
    delete: (digest) => blobs.delete(digest),
    list: () => blobs.list(),
    removeHalfWritten: (since) => blobs.removeHalfWritten(since),
    freeBytes: () => blobs.freeBytes(),
  };
};

/** As if none of an image's own small bytes were stored, which come last. */
const withoutSmall = (blobs: BlobStore): BlobStore => ({
  ...blobs,
  async stat(digest) {
    const found = await blobs.stat(digest);
    return found && found.sizeBytes > 2 ** 20 ? found : undefined;
  },
});

const inEmptyCache = async () => shop.embedded.services(shop.brands.db, await mkdtemp(join(shop.dir, 'cache-')));

const HANGING: [Stage, () => Promise<Services>][] = [
  ['resolve', async () => (shop.embedded.server.faults.next(9, { kind: 'hang' }, /refresh/), shop.services)],
  ['fetch', async () => (shop.embedded.server.faults.next(9, { kind: 'stall' }, /download/), inEmptyCache())],
  ['verify-snaps', async () => (shop.embedded.server.faults.next(9, { kind: 'hang' }, /snap-revision/), shop.services)],
  ['render', async () => ({ ...shop.services, blobs: withoutSmall(hangingAt(shop.services.blobs, 1)) })],
  ['publish', async () => ({ ...shop.services, blobs: hangingAt(shop.services.blobs, 1) })],
];

test.each(HANGING)('a cancel in the stage %s is heard within seconds, and nothing is published', async (stage, prepare) => {
  const services = await prepare();
  const { buildId, number } = await shop.request();
  const running = runBuild(buildId, new AbortController().signal, services);
  await vi.waitFor(async () => expect((await getBuild(shop.owner, number)).stages.find(({ name }) => name === stage)!.state).toBe('running'), { timeout: 20_000, interval: 20 });
  const askedAt = Date.now();
  await cancelBuild(shop.owner, number);
  await running;
  const view = await getBuild(shop.owner, number);
  expect(view.state).toBe('cancelled');
  expect(Date.parse(view.finishedAt!) - askedAt).toBeLessThan(5000);
  expect(view.artifacts).toEqual([]);
  expect(view.stages.find(({ name }) => name === stage)!.state).toBe('cancelled');
});

test('what a cancelled build had stored already is handed over to be removed', async () => {
  const kept: string[] = [];
  const blobs = hangingAt(shop.services.blobs, 2);
  const noting: BlobStore = Object.create(blobs, {
    put: {
      value: async (...args: Parameters<BlobStore['put']>) => {
        const blob = await blobs.put(...args);
        kept.push(blob.sha3_384);
        return blob;
      },
    },
  }) as BlobStore;
  const { buildId, number } = await shop.request();
  const running = runBuild(buildId, new AbortController().signal, { ...shop.services, blobs: noting });
  await vi.waitFor(() => expect(kept).toHaveLength(1), { timeout: 20_000, interval: 20 });
  await cancelBuild(shop.owner, number);
  await running;
  const { rows } = await shop.brands.pool.query<{ data: { blobs: string[] } }>(`select data from pgboss.job where name = 'sweep' order by created_on desc limit 1`);
  expect(rows[0]?.data.blobs).toEqual(expect.arrayContaining(kept));
});

test('a worker that is stopped gives its build back at once', async () => {
  shop.embedded.server.faults.next(1, { kind: 'hang' }, /refresh/);
  const { buildId, number } = await shop.request();
  const queue = new AbortController();
  const running = runBuild(buildId, queue.signal, shop.services);
  await vi.waitFor(async () => expect((await getBuild(shop.owner, number)).stages[1]!.state).toBe('running'), { timeout: 20_000, interval: 20 });
  queue.abort(new Error('the worker stops'));
  await expect(running).rejects.toThrow('was given back');
  expect((await getBuild(shop.owner, number)).state).toBe('queued');
  await runBuild(buildId, new AbortController().signal, shop.services);
  const view = await getBuild(shop.owner, number);
  expect([view.state, view.attempt]).toEqual(['succeeded', 2]);
});
