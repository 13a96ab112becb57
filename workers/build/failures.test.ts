import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '@/lib/errors';
import { getBuild, readLog } from '@/db/builds';
import type { Fault } from '../embedded/store/faults';
import { openWorkshop } from '../testing/workshop';
import type { Workshop } from '../testing/workshop';
import { describeFailure, MAX_ATTEMPTS } from './failures';
import { runBuild } from './run-build';
import type { Services } from './services';

const ALWAYS = 10_000;
let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
}, 300_000);
afterEach(() => shop.embedded.server.faults.clear());
afterAll(() => shop.close());

/** An empty cache, and a client that gives up soon. */
async function impatient(): Promise<{ services: Services; cache: string }> {
  const dir = await mkdtemp(join(shop.dir, 'own-'));
  const services = await shop.embedded.services(shop.brands.db, dir, {
    retries: { tries: 2, firstDelayMs: 1, factor: 1, totalMs: 10_000 },
    timeouts: { connectMs: 3000, headersMs: 3000, idleMs: 3000 },
  });
  return { services, cache: join(dir, 'cache', 'sha3-384') };
}

const kept = async (dir: string) => (await readdir(dir).catch(() => [])).filter((name) => /^[0-9a-f]{96}$/.test(name));

describe('a snap that is not what the store signed', () => {
  test.each<[string, Fault]>([
    ['snap-digest', { kind: 'wrong-body' }],
    ['snap-size', { kind: 'wrong-size' }],
  ])('fails the build with %s, and the cache keeps none of it', async (code, fault) => {
    shop.embedded.server.faults.next(ALWAYS, fault, /download/);
    const { services, cache } = await impatient();
    const { view, thrown } = await shop.build(services);
    expect(thrown).toBeUndefined();
    expect([view.state, view.failure?.code, view.failure?.stage]).toEqual(['failed', code, 'fetch']);
    expect(view.failure!.message).toMatch(/\.$/);
    expect(view.artifacts).toEqual([]);
    expect(await kept(cache)).toEqual([]);
  });

  test('fails when nobody signed its bytes', async () => {
    const { view } = await shop.build({ ...shop.services, store: { ...shop.services.store, assertion: async (type, key, context) => (type === 'snap-revision' ? undefined : shop.services.store.assertion(type, key, context)) } });
    expect([view.failure?.code, view.failure?.stage]).toEqual(['snap-not-asserted', 'verify-snaps']);
  });
});

describe('a store in trouble', () => {
  test.each<[string, Fault, RegExp]>([
    ['answers 500', { kind: 'status', status: 500 }, /refresh/],
    ['does not answer', { kind: 'hang' }, /refresh/],
    ['closes half-way', { kind: 'close-half-way' }, /refresh/],
    ['sends a web page', { kind: 'not-the-protocol' }, /refresh/],
    ['stalls in a download', { kind: 'stall' }, /download/],
  ])('that %s gets the build again, and the build succeeds once it is well', async (_, fault, path) => {
    shop.embedded.server.faults.next(ALWAYS, fault, path);
    const { services } = await impatient();
    const { buildId, number } = await shop.request();
    await expect(runBuild(buildId, new AbortController().signal, services)).rejects.toThrow('was given back');
    const waiting = await getBuild(shop.owner, number);
    expect([waiting.state, waiting.failure]).toEqual(['queued', null]);
    expect((await readLog(shop.owner, number, 0)).at(-1)).toMatchObject({ level: 'warning', text: expect.stringContaining('It will be tried again.') });

    shop.embedded.server.faults.clear();
    await runBuild(buildId, new AbortController().signal, services);
    expect((await getBuild(shop.owner, number)).state).toBe('succeeded');
  });

  test('for good ends the build with a code and a sentence', async () => {
    shop.embedded.server.faults.next(ALWAYS, { kind: 'status', status: 503 }, /refresh/);
    const { services } = await impatient();
    const { buildId, number } = await shop.request();
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt += 1) await expect(runBuild(buildId, new AbortController().signal, services)).rejects.toThrow('was given back');
    await runBuild(buildId, new AbortController().signal, services);
    const view = await getBuild(shop.owner, number);
    expect([view.state, view.attempt, view.failure?.code, view.failure?.stage]).toEqual(['failed', MAX_ATTEMPTS, 'store-unreachable', 'resolve']);
  });
});

test('a disk that cannot hold the image fails the build before anything is fetched', async () => {
  const { services } = await impatient();
  const before = shop.embedded.server.requests.filter(({ path }) => path.includes('/download/')).length;
  const blobs = Object.create(services.blobs, { freeBytes: { value: async () => 1e6 } }) as Services['blobs'];
  const { view } = await shop.build({ ...services, blobs });
  expect([view.failure?.code, view.failure?.stage]).toEqual(['disk-full', 'resolve']);
  expect(shop.embedded.server.requests.filter(({ path }) => path.includes('/download/'))).toHaveLength(before);
});

test('a model whose key is not trusted fails at once', async () => {
  const { trustAnchors } = await import('@/lib/trust/anchors');
  const { view } = await shop.build({ ...shop.services, anchors: trustAnchors() });
  expect([view.failure?.code, view.failure?.stage]).toEqual(['model-signature', 'verify-model']);
});

test('what nobody foresaw is told without its insides', () => {
  expect(describeFailure(new TypeError('x is undefined in /home/secret'))).toMatchObject({ code: 'internal', transient: false, message: expect.not.stringContaining('secret') });
  expect(describeFailure(new AppError('disk-full', 'Full.', { problems: [{ path: '', code: 'a', message: 'Delete something.' }] })).message).toBe('Full. Delete something.');
});
