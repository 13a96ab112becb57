import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseStream } from './testing/assertions';
import { listAudit } from './audit';
import type { Ctx } from './context';
import { recordAccountKey, recordRegistrationProblem, requestForKey } from './key-registration';
import { createKey, getKey, keepKey, listKeys, retireKey } from './keys';
import { holdMasterKey } from './master-key';
import { signingKey } from './schema/keys';
import { withSigner } from './signer';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { chainFor, registerKey, sharedKey, signedModel, testAnchors } from './testing/models';
import { fromUtf8, utf8 } from '@/lib/bytes';
import { trustAnchors } from '@/lib/trust/anchors';
import { publicKeyWithin } from '@/lib/keys/public-key';
import { verifySignature } from '@/lib/keys/verify';

/** What a key may be used for in every state but the last. */
const REQUEST = { purpose: 'request', subject: 'a test' } as const;

let brands: Brands;
let ctx: Ctx;
beforeAll(async () => {
  brands = await twoBrands();
  ctx = await brands.as('acme', 'signer');
});
afterAll(() => brands.close());

/** Makes room for its name and its id; its uses can never be removed, and so neither can it. */
const remove = async (name: string) => void (await brands.db.update(signingKey).set({ name: sql`gen_random_uuid()`, keyId: sql`gen_random_uuid()` }).where(eq(signingKey.name, name)));

test('creates an RSA-4096 key as a draft whose private half opens for its owner', async () => {
  const key = await createKey(ctx, { name: 'first' });
  expect(key).toMatchObject({ name: 'first', state: 'draft', bits: 4096, since: null, until: null, problem: null, production: false, createdBy: { name: 'acme signer' }, custody: 'sealed', signer: null, constraints: null, usedBy: { models: [], signatures: 0, builds: 0 }, lastUsedAt: null, backup: { madeAt: null, provenAt: null, provenBy: null } });
  expect(key.keyId).toMatch(/^[A-Za-z0-9_-]{64}$/);
  expect(await withSigner(ctx, 'first', REQUEST, async (opened) => opened.keyId)).toBe(key.keyId);
  const [entry] = (await listAudit(await brands.as('acme', 'auditor'), { action: 'key.create', limit: 1 })).items;
  expect(entry).toMatchObject({ sentence: 'created key first', subject: { type: 'key', name: 'first' }, actor: { name: 'acme signer' }, address: '192.0.2.1', requestId: ctx.actor.requestId });
});

test('no view of a key holds the sealed private half', async () => {
  await keepKey(ctx, 'plain', sharedKey());
  for (const view of [await getKey(ctx, 'plain'), ...(await listKeys(ctx))]) expect(Object.keys(view)).not.toContain('sealed');
  await remove('plain');
});

test.each(['Upper', 'two--hyphens', '-edge', '2026', '', 'a'.repeat(65)])('refuses the name %j', async (name) => {
  await expect(createKey(ctx, { name })).rejects.toMatchObject({ code: 'invalid', problems: [{ path: 'name', code: 'key-name' }] });
});

test('refuses a second key of one name, also when both come at once, and lets another brand have it', async () => {
  const other = await brands.as('globex', 'signer');
  const made = await Promise.allSettled([keepKey(ctx, 'twice', sharedKey(0)), keepKey(ctx, 'twice', sharedKey(1))]);
  expect(made.map((m) => m.status).sort()).toEqual(['fulfilled', 'rejected']);
  expect((made.find((m) => m.status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ code: 'invalid', problems: [{ path: 'name' }] });
  await expect(createKey(ctx, { name: 'twice' })).rejects.toMatchObject({ code: 'invalid' });
  const free = made[0]!.status === 'fulfilled' ? 1 : 0;
  expect((await keepKey(other, 'twice', sharedKey(free))).name).toBe('twice');
  await remove('twice');
});

test('a sealed key opens under no other master key, and not as another brand’s or another key', async () => {
  await keepKey(ctx, 'bound', sharedKey());
  await brands.db.execute(sql`update signing_key set brand_id = (select id from brand where slug = 'globex') where name = 'bound'`);
  await expect(withSigner(await brands.as('globex', 'owner'), 'bound', REQUEST, async () => 1)).rejects.toMatchObject({ code: 'sealed-key-refused' });
  await brands.db.execute(sql`update signing_key set brand_id = ${ctx.brand.id} where name = 'bound'`);
  expect(await withSigner(ctx, 'bound', REQUEST, async () => 1)).toBe(1);
  holdMasterKey(new Uint8Array(32));
  await expect(withSigner(ctx, 'bound', REQUEST, async () => 1)).rejects.toMatchObject({ code: 'sealed-key-other-master' });
  await remove('bound');
});

test('asks the store with a request that the key itself signed, for the brand’s own account', async () => {
  await keepKey(ctx, 'asking', sharedKey());
  const [request] = parseStream(await requestForKey(ctx, 'asking'));
  expect(request).toMatchObject({ type: 'account-key-request', headers: { 'account-id': 'acme-account', name: 'asking' } });
  expect(verifySignature(request!, publicKeyWithin(request!))).toBe(true);
  expect((await getKey(ctx, 'asking')).state).toBe('registering');
  await remove('asking');
});

test('a refusal by the store makes it a draft again and says why; asking again forgets it', async () => {
  await keepKey(ctx, 'refused', sharedKey());
  await requestForKey(ctx, 'refused');
  expect(await recordRegistrationProblem(ctx, 'refused', 'The store wants another name.')).toMatchObject({ state: 'draft', problem: 'The store wants another name.' });
  await requestForKey(ctx, 'refused');
  expect(await getKey(ctx, 'refused')).toMatchObject({ state: 'registering', problem: null });
  await remove('refused');
});

test('keeps the account-key with its validity and the chain', async () => {
  await registerKey(ctx, 'kept', { since: '2024-05-01T10:00:00.0005Z', until: '2090-01-01T00:00:00Z' });
  expect(await getKey(ctx, 'kept')).toMatchObject({ state: 'registered', since: '2024-05-01T10:00:00.001Z', until: '2090-01-01T00:00:00.000Z', registeredAt: expect.any(String) });
  const [row] = await brands.db.select().from(signingKey).where(eq(signingKey.name, 'kept'));
  expect(parseStream(row!.chain!).map((a) => a.type)).toEqual(['account-key', 'account']);
  await expect(requestForKey(ctx, 'kept')).rejects.toMatchObject({ code: 'conflict' });
  await remove('kept');
});

test('is not for production when an embedded root was needed', async () => {
  await registerKey(ctx, 'embedded');
  expect((await getKey(ctx, 'embedded')).production).toBe(false);
  await remove('embedded');
});

test('a key that the store ended is expired', async () => {
  await registerKey(ctx, 'ended', { until: '2025-01-01T00:00:00Z' });
  expect((await getKey(ctx, 'ended')).state).toBe('expired');
  await remove('ended');
});

test('a registered key past its end is expired', async () => {
  await registerKey(ctx, 'old', { expired: true });
  expect((await getKey(ctx, 'old')).state).toBe('expired');
  await remove('old');
});

test('a registered key is expiring for its last ninety days, and signs on', async () => {
  const until = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+/, '');
  for (const [days, state] of [[91, 'registered'], [89, 'expiring'], [1, 'expiring']] as const) {
    await registerKey(ctx, 'ending', { until: until(days) });
    expect([days, (await getKey(ctx, 'ending')).state]).toEqual([days, state]);
    if (state === 'expiring') expect(await withSigner(ctx, 'ending', { purpose: 'digest', subject: 'a test' }, async () => 1)).toBe(1);
    await remove('ending');
  }
});

test('looking again takes what the store says by now: dates and limits', async () => {
  await registerKey(ctx, 'renewed', { until: '2090-01-01T00:00:00Z' });
  const constraints = [{ headers: { type: 'model', model: 'kiosk' } }];
  const view = await recordAccountKey(ctx, 'renewed', await chainFor(ctx, sharedKey(), { name: 'renewed', until: '2095-01-01T00:00:00Z', constraints }), await testAnchors());
  expect(view).toMatchObject({ state: 'registered', until: '2095-01-01T00:00:00.000Z', constraints });
  const [entry] = (await listAudit(await brands.as('acme', 'auditor'), { action: 'key.register', limit: 1 })).items;
  expect(entry!.sentence).toBe('took the store’s newest word on key renewed');
  await remove('renewed');
});

test('refuses an account-key of another key, another account, or without its account', async () => {
  await keepKey(ctx, 'wary', sharedKey());
  const [own, account] = await chainFor(ctx, sharedKey());
  const [foreign] = await chainFor(ctx, sharedKey(), { accountId: 'globex-account' });
  for (const chain of [[], [own!], [account!], [foreign!, account!], await chainFor(ctx, sharedKey(1)), await chainFor(ctx, sharedKey(), { accountId: 'globex-account' })])
    await expect(recordAccountKey(ctx, 'wary', chain, await testAnchors())).rejects.toMatchObject({ code: 'invalid' });
  expect((await getKey(ctx, 'wary')).state).toBe('draft');
  await remove('wary');
});

test('refuses what no trust anchor vouches for', async () => {
  await keepKey(ctx, 'unproven', sharedKey());
  await expect(recordAccountKey(ctx, 'unproven', await chainFor(ctx, sharedKey()), trustAnchors())).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('missing') });
  const [own, account] = await chainFor(ctx, sharedKey());
  const forged = { ...own!, headers: { ...own!.headers, until: '2090-01-01T00:00:00Z' }, content: utf8(`${fromUtf8(own!.content)} `) };
  await expect(recordAccountKey(ctx, 'unproven', [forged, account!], await testAnchors())).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('signature') });
  await remove('unproven');
});

test('takes a key whose validity begins in a moment', async () => {
  await registerKey(ctx, 'early', { since: new Date(Date.now() + 60_000).toISOString() });
  expect((await getKey(ctx, 'early')).state).toBe('registered');
  await remove('early');
});

test('a retired key does nothing more, and stays retired', async () => {
  await keepKey(ctx, 'done', sharedKey());
  expect((await retireKey(ctx, 'done')).state).toBe('retired');
  const chain = await chainFor(ctx, sharedKey());
  const anchors = await testAnchors();
  const attempts = [() => retireKey(ctx, 'done'), () => requestForKey(ctx, 'done'), () => withSigner(ctx, 'done', REQUEST, async () => 1), () => recordAccountKey(ctx, 'done', chain, anchors)];
  for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'conflict' });
  await remove('done');
});

test('says which models a key signed', async () => {
  await registerKey(ctx, 'busy');
  await signedModel(ctx, 'kiosk');
  expect((await getKey(ctx, 'busy')).usedBy).toEqual({ models: ['kiosk'], signatures: 1, builds: 0 });
});
