import type { APIRequestContext } from '@playwright/test';
import { api } from '@/lib/paths';
import { offlineMachine } from './offline-key';
import type { OfflineMachine } from './offline-key';
import { expect } from './people';

/** What a brand that works has: a key, a model that is signed and built, and a link to the image. */
export type Things = { brand: string; key: string; model: string; version: number; revision: number; build: number; files: string[]; /** The id of the key that signed its provenance. */ buildKey: string; /** A build that was cancelled. */ cancelled: number; share: string; link: string; token: string; /** The id of an owner's API token. */ apiToken: string; /** The id of a request that waits for a signature. */ asked: string };

type Build = { number: number; model: string; version: number; revision: number; state: string; artifacts: { fileName: string; sha256: string | null; deleted: boolean }[]; proof: { state: string; keyId: string | null } };
type Page<T> = { items: T[] };

const BUILD_MS = 120_000;

/** The console's API as a page uses it: with the session's cookies and the page's origin. */
export function ask(request: APIRequestContext, base: string) {
  return async <T>(method: 'GET' | 'POST' | 'DELETE', address: string, data?: unknown): Promise<T> => {
    const answer = await request.fetch(address, { method, data, headers: { origin: new URL(base).origin } });
    expect(answer.ok(), `${method} ${address}: ${answer.status()} ${answer.ok() ? '' : await answer.text()}`).toBe(true);
    return (await answer.json()) as T;
  };
}

/** Takes what the brand has, and makes what it lacks; the link is new each time. `request` is an owner's. */
export async function prepareThings(request: APIRequestContext, base: string, brand: string): Promise<Things> {
  const call = ask(request, base);
  const build = (await newestImage(call, brand)) ?? (await makeImage(call, brand));
  const { items: signatures } = await call<Page<{ revision: number; keyName: string }>>('GET', api.signatures(brand, build.model));
  const { share, url } = await call<{ share: { id: string }; url: string }>('POST', api.shares(brand, build.number), { expiresInDays: 1, note: 'For the tests' });
  return {
    brand,
    key: signatures.find(({ revision }) => revision === build.revision)!.keyName,
    ...{ model: build.model, version: build.version, revision: build.revision, build: build.number },
    files: build.artifacts.map(({ fileName }) => fileName),
    buildKey: build.proof.keyId!,
    cancelled: await cancelOne(call, brand, build.model),
    ...{ share: share.id, link: url, token: new URL(url).searchParams.get('t')! },
    apiToken: (await call<{ token: { id: string } }>('POST', api.tokens(brand), { name: 'For the tests', scopes: ['read'], expiresInDays: 1 })).token.id,
    asked: await askOutside(call, brand, build.model),
  };
}

type Call = ReturnType<typeof ask>;

async function newestImage(call: Call, brand: string): Promise<Build | undefined> {
  const { items } = await call<Page<Build>>('GET', `${api.builds(brand)}?state=succeeded`);
  if (!items[0]) return undefined;
  const build = await finished(call, brand, items[0].number);
  return build.artifacts.some(({ deleted }) => deleted) ? undefined : build;
}

async function makeImage(call: Call, brand: string): Promise<Build> {
  const { items: keys } = await call<Page<{ state: string }>>('GET', api.keys(brand));
  const number = keys.length + 1;
  if (!keys.some(({ state }) => state === 'registered' || state === 'expiring')) await call('POST', api.keys(brand), { name: `bench-${number}` });
  const { items: models } = await call<Page<object>>('GET', api.models(brand));
  const model = `bench-${models.length + 1}`;
  await call('POST', api.models(brand), { template: 'amd64-core24', name: model, displayName: `Bench ${models.length + 1}`, grade: 'dangerous' });
  await call('POST', api.signatures(brand, model), { version: 1 });
  const build = await call<Build>('POST', api.builds(brand), { model });
  return finished(call, brand, build.number);
}

/** With a key whose private half is thrown away at once: nobody ever answers. */
async function askOutside(call: Call, brand: string, model: string): Promise<string> {
  const { items } = await call<Page<{ id: string }>>('GET', api.signingRequests(brand, model));
  if (items[0]) return items[0].id;
  const key = await offlineKey(call, brand);
  return (await call<{ id: string }>('POST', api.signingRequests(brand, model), { version: 1, key })).id;
}

async function offlineKey(call: Call, brand: string): Promise<string> {
  const { items: keys } = await call<Page<{ name: string; state: string; custody: string }>>('GET', api.keys(brand));
  const known = keys.find(({ custody, state }) => custody === 'offline' && state === 'registered');
  if (known) return known.name;
  const machine = await offlineMachine();
  const { name } = await enrol(call, brand, machine, `offline-${keys.length + 1}`);
  await machine.leave();
  return name;
}

/** The machine's key as one of the brand's, registered in the store. */
export async function enrol(call: Call, brand: string, machine: OfflineMachine, name: string): Promise<{ name: string; keyId: string; state: string }> {
  const { brands } = await call<{ brands: { slug: string; accountId: string }[] }>('GET', api.me());
  const request = await machine.request(brands.find(({ slug }) => slug === brand)!.accountId, name);
  await call('POST', api.offlineKeys(brand), { request });
  return call('POST', api.registerKey(brand, name));
}

/** It may be over before it hears of it; whatever it came to, it is over when this returns. */
async function cancelOne(call: Call, brand: string, model: string): Promise<number> {
  const { items } = await call<Page<Build>>('GET', `${api.builds(brand)}?state=cancelled`);
  if (items[0]) return items[0].number;
  await call('POST', api.builds(brand), { model });
  const { number } = await call<Build>('POST', api.builds(brand), { model });
  await call('POST', api.cancelBuild(brand, number));
  await expect.poll(async () => (await call<Build>('GET', api.build(brand, number))).state, { timeout: BUILD_MS }).toMatch(/^(?:cancelled|succeeded)$/);
  return number;
}

/** With every checksum and the provenance, after which nothing changes. */
async function finished(call: Call, brand: string, number: number): Promise<Build> {
  let build: Build | undefined;
  await expect
    .poll(async () => {
      build = await call<Build>('GET', api.build(brand, number));
      return build.state === 'failed' || (build.state === 'succeeded' && build.proof.state !== 'computing' && build.artifacts.every(({ sha256, deleted }) => sha256 !== null || deleted));
    }, { timeout: BUILD_MS })
    .toBe(true);
  expect(build!.state).toBe('succeeded');
  return build!;
}

let kept: Promise<Things> | undefined;

/** Acme's, made once for all tests. */
export const thingsOfAcme = (request: APIRequestContext, base: string): Promise<Things> => (kept ??= prepareThings(request, base, 'acme'));
