import { readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeStream } from '@/lib/assertion/decode';
import { encodeAssertion } from '@/lib/assertion/encode';
import { fromUtf8 } from '@/lib/bytes';
import { makeAccountKeyRequest } from '@/lib/keys/account-key-request';
import type { AccountKeyRequest } from '@/lib/keys/account-key-request';
import { generateSigningKey } from '@/lib/keys/generate';
import type { SigningKey } from '@/lib/keys/signing-key';
import { createSnapStore } from '@/lib/snapstore/client';
import type { SnapStore } from '@/lib/snapstore/snap-store';
import { parseCredentials } from '@/lib/snapstore/credentials';
import { trustAnchors } from '@/lib/trust/anchors';
import { AssertionDatabase } from '@/lib/trust/database';
import { fetchChain } from '@/lib/trust/prerequisites';
import type { StoreServer } from './server';
import { storeDir } from './store-dir';
import { makeDataDir, NOW, startSmallStore } from './testing/small-store';

let data: Awaited<ReturnType<typeof makeDataDir>>;
let server: StoreServer;
let store: SnapStore;
let keys: SigningKey[];
let acme: string;
let globex: string;

beforeAll(async () => {
  data = await makeDataDir();
  [server, ...keys] = await Promise.all([startSmallStore(data.dataDir), generateSigningKey(), generateSigningKey()]) as [StoreServer, SigningKey, SigningKey];
  store = createSnapStore({ apiUrl: server.url, dashboardUrl: server.url, delay: async () => undefined });
  acme = await readFile(storeDir(data.dataDir).credentialsFile('acme'), 'utf8');
  globex = await readFile(storeDir(data.dataDir).credentialsFile('globex'), 'utf8');
});
afterAll(async () => {
  await server.close();
  await data.remove();
});
beforeEach(() => server.faults.clear());

const requestFor = async (more: Partial<AccountKeyRequest> = {}) => fromUtf8(encodeAssertion(await makeAccountKeyRequest({ accountId: 'acme', name: 'models', since: NOW, key: keys[0]!, time: NOW, ...more })))!;

describe('a registered key', () => {
  it('gets an account-key that verifies up to the root, valid from when the request says', async () => {
    const since = new Date('2026-11-22T11:00:00Z');
    await store.registerKey(await requestFor({ since }), acme);
    const accountKey = (await store.assertion('account-key', [keys[0]!.keyId]))!;
    expect(accountKey.headers).toMatchObject({ 'account-id': 'acme', name: 'models', since: '2026-11-22T11:00:00Z', 'authority-id': 'imprint-embedded' });
    expect(fromUtf8(accountKey.body)).toBe(keys[0]!.encodedPublicKey);
    const anchors = trustAnchors(decodeStream(await readFile(storeDir(data.dataDir).trusted)));
    const chain = await fetchChain([accountKey], (type, key) => store.assertion(type, key), { anchors });
    expect(new AssertionDatabase({ anchors, now: NOW }).add(chain).check(accountKey)).toEqual({ ok: true });
  });

  it('may be asked for again with the same request, whose answer may have been lost', async () => {
    const before = await store.assertion('account-key', [keys[0]!.keyId]);
    server.faults.next(1, { kind: 'close-half-way' }, /^\/dev/);
    await store.registerKey(await requestFor(), acme);
    expect(await store.assertion('account-key', [keys[0]!.keyId])).toEqual(before);
  });

  it('is taken as registered when a store refuses the same request a second time', async () => {
    server.faults.next(1, { kind: 'status', status: 409, body: { 'error-list': [{ code: 'conflict', message: 'This key is registered.' }] } }, /^\/dev/);
    await expect(store.registerKey(await requestFor(), acme)).resolves.toBeUndefined();
    server.faults.next(1, { kind: 'status', status: 409, body: { 'error-list': [{ code: 'conflict', message: 'This key is registered.' }] } }, /^\/dev/);
    await expect(store.registerKey(await requestFor({ name: 'other' }), acme)).rejects.toMatchObject({ code: 'store-refused' });
  });

  it('stands in the account', async () => {
    const account = await fetch(new URL('dev/api/account', server.url), { headers: { Authorization: parseCredentials(acme) } });
    expect(await account.json()).toMatchObject({ id: 'acme', 'display-name': 'Acme', 'account-keys': [{ name: 'models', 'public-key-sha3-384': keys[0]!.keyId }] });
  });
});

describe('a key is refused', () => {
  const refused = async (request: string, credentials: string) => {
    const error = await store.registerKey(request, credentials).catch((e: unknown) => e);
    return error as { code: string; details: { codes?: string[] } };
  };

  it('under a name that the account already has', async () => {
    expect(await refused(await requestFor({ key: keys[1]! }), acme)).toMatchObject({ code: 'store-refused', details: { codes: ['key-name-taken'] } });
  });

  it('that is registered already, under another name or for another account', async () => {
    expect(await refused(await requestFor({ name: 'other' }), acme)).toMatchObject({ details: { codes: ['key-already-registered'] } });
    expect(await refused(await requestFor({ accountId: 'globex' }), globex)).toMatchObject({ details: { codes: ['key-already-registered'] } });
  });

  it('for another account than the credentials\'', async () => {
    expect(await refused(await requestFor({ key: keys[1]!, name: 'theirs' }), globex)).toMatchObject({ code: 'store-auth', details: { codes: ['account-mismatch'] } });
    expect(await store.assertion('account-key', [keys[1]!.keyId])).toBeUndefined();
  });

  it('under 4096 bits', async () => {
    const key = await generateSigningKey(2048);
    expect(await refused(await requestFor({ key, name: 'small', minimumBits: 2048 }), acme)).toMatchObject({ code: 'store-refused', details: { codes: ['key-too-small'] } });
  });

  it('when the request is not signed by it', async () => {
    const request = await requestFor({ key: keys[1]!, name: 'fresh' });
    expect(await refused(request.replace('name: fresh', 'name: forged'), acme)).toMatchObject({ details: { codes: ['invalid-signature'] } });
  });

  it('when the request is expired from the start', async () => {
    expect(await refused(await requestFor({ key: keys[1]!, name: 'late', since: new Date(0), until: new Date(NOW.getTime() - 1000) }), acme)).toMatchObject({ details: { codes: ['key-expired'] } });
  });

  it('when the text is no request', async () => {
    expect(await refused('nonsense', acme)).toMatchObject({ details: { codes: ['invalid-assertion'] } });
    expect(await refused((await requestFor({ key: keys[1]!, name: 'fresh' })).replace(/body-length: 717/, 'body-length: 716'), acme)).toMatchObject({ details: { codes: ['invalid-assertion'] } });
    const account = (await store.assertion('account', ['acme']))!;
    expect(await refused(fromUtf8(encodeAssertion(account))!, acme)).toMatchObject({ details: { codes: ['invalid-assertion'] } });
  });

  it.each([
    ['none', undefined],
    ['of another scheme', 'Basic YWNtZTphY21l'],
    ['made up', `Macaroon ${'A'.repeat(43)}`],
  ])('with credentials that are %s', async (_, authorization) => {
    const body = JSON.stringify({ account_key_request: await requestFor({ key: keys[1]! }) });
    const answer = await fetch(new URL('dev/api/account/account-key', server.url), { method: 'POST', body, headers: authorization === undefined ? {} : { Authorization: authorization } });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ 'error-list': [{ code: 'macaroon-authorization-required' }] });
  });
});

describe('two requests at once', () => {
  it('for one name get one key', async () => {
    const extra = await generateSigningKey();
    const requests = await Promise.all([requestFor({ key: keys[1]!, name: 'twice' }), requestFor({ key: extra, name: 'twice' })]);
    const outcomes = await Promise.allSettled(requests.map((request) => store.registerKey(request, acme)));
    expect(outcomes.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('secrets', () => {
  it('are readable by their owner alone', async () => {
    const dir = storeDir(data.dataDir);
    for (const file of [dir.credentialsFile('acme'), dir.credentialsFile('globex'), `${dir.authority}/root-key.pem`, `${dir.authority}/store-key.pem`]) expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('differ from account to account', () => {
    expect(acme).not.toBe(globex);
  });
});
