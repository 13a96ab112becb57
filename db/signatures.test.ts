import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publicKeyWithin } from '@/lib/keys/public-key';
import { verifySignature } from '@/lib/keys/verify';
import { AssertionDatabase } from '@/lib/trust/database';
import { listAudit } from './audit';
import type { Ctx } from './context';
import { recordAccountKey } from './key-registration';
import { keepKey, retireKey } from './keys';
import { createModel, getModel, getVersion, saveVersion } from './models';
import { signingKey } from './schema/keys';
import { model, modelVersion } from './schema/models';
import { getSignedModel, signModel } from './signatures';
import { parseStream } from './testing/assertions';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { chainFor, HEADERS, registerKey, sharedKey, testAnchors } from './testing/models';

let brands: Brands;
let ctx: Ctx;
beforeAll(async () => {
  brands = await twoBrands();
  ctx = await brands.as('acme', 'signer');
  await registerKey(ctx, 'main');
});
afterAll(() => brands.close());

const create = (name: string, more = {}) => createModel(ctx, { name, headers: { ...HEADERS, ...more }, note: '' });
/** Signs with a key of another kind, put back afterwards. */
async function withKey(set: Partial<typeof signingKey.$inferInsert>, attempt: () => Promise<unknown>): Promise<void> {
  const [before] = await brands.db.select().from(signingKey).where(eq(signingKey.name, 'main'));
  await brands.db.update(signingKey).set(set).where(eq(signingKey.name, 'main'));
  try {
    await attempt();
  } finally {
    await brands.db.update(signingKey).set(before!).where(eq(signingKey.name, 'main'));
  }
}

test('signs a version as a model of the brand that verifies up to the root with its chain', async () => {
  await create('kiosk');
  const before = Math.floor(Date.now() / 1000) * 1000;
  const signed = await signModel(ctx, 'kiosk', { version: 1 });
  expect(signed).toMatchObject({ revision: 1, version: 1, keyName: 'main', keyId: sharedKey().keyId, signedBy: { name: 'acme signer', email: 'signer@acme.example' }, production: false });
  const time = new Date(signed.timestamp).getTime();
  expect(time % 1000).toBe(0);
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(Date.now());

  const { text, chain, signature } = await getSignedModel(ctx, 'kiosk', 1);
  expect(signature).toEqual(signed);
  expect(signed.sha3_384).toBe(createHash('sha3-384').update(text).digest('hex'));
  const [assertion] = parseStream(text);
  expect({ ...assertion!.headers }).toMatchObject({ type: 'model', 'authority-id': 'acme-account', 'brand-id': 'acme-account', series: '16', model: 'kiosk', revision: '1', timestamp: signed.timestamp.replace('.000Z', 'Z'), grade: 'dangerous', base: 'core24' });
  const [accountKey] = parseStream(chain);
  expect(verifySignature(assertion!, publicKeyWithin(accountKey!))).toBe(true);
  const known = new AssertionDatabase({ anchors: await testAnchors(), now: new Date() }).add(parseStream(chain));
  expect(known.check(assertion!)).toEqual({ ok: true });
});

test('each signature is the next revision, whichever version it is over', async () => {
  await create('again');
  await saveVersion(ctx, 'again', { baseVersion: 1, headers: { ...HEADERS, 'display-name': 'Two' }, note: '' });
  expect(await signModel(ctx, 'again', { version: 2 })).toMatchObject({ revision: 1, version: 2 });
  expect(await signModel(ctx, 'again', { version: 1 })).toMatchObject({ revision: 2, version: 1 });
  expect(await signModel(ctx, 'again', { version: 1 })).toMatchObject({ revision: 3, version: 1 });
  expect((await getVersion(ctx, 'again', 1)).signedRevision).toBe(3);
  expect((await getVersion(ctx, 'again', 2)).signedRevision).toBe(1);
  const detail = await getModel(ctx, 'again');
  expect(detail.signed).toEqual({ revision: 3, version: 1 });
  expect(detail.signatures.map((s) => s.revision)).toEqual([3, 2, 1]);
});

test('two signers at once never get the same revision', async () => {
  await create('contested');
  const signed = await Promise.all(Array.from({ length: 6 }, () => signModel(ctx, 'contested', { version: 1 })));
  expect(signed.map((s) => s.revision).sort()).toEqual([1, 2, 3, 4, 5, 6]);
});

test('the newest registered key signs unless one is named', async () => {
  await create('chosen');
  const other = await brands.as('globex', 'signer');
  await expect(signModel(other, 'chosen', { version: 1 })).rejects.toMatchObject({ code: 'not-found' });
  await createModel(other, { name: 'chosen', headers: HEADERS, note: '' });
  await expect(signModel(other, 'chosen', { version: 1 })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('no key that may sign') });
  await expect(signModel(other, 'chosen', { version: 1, key: 'main' })).rejects.toMatchObject({ code: 'not-found' });
  await keepKey(ctx, 'unregistered', sharedKey(1));
  expect((await signModel(ctx, 'chosen', { version: 1 })).keyName).toBe('main');
  await expect(signModel(ctx, 'chosen', { version: 1, key: 'unregistered' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('not registered') });
  await retireKey(ctx, 'unregistered');
  await expect(signModel(ctx, 'chosen', { version: 1, key: 'unregistered' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('retired') });
  await expect(signModel(ctx, 'chosen', { version: 9 })).rejects.toMatchObject({ code: 'not-found' });
});

test('the timestamp is never before the key’s beginning', async () => {
  await create('early');
  const since = new Date(Date.now() + 90_400);
  await withKey({ since }, async () => {
    const { timestamp } = await signModel(ctx, 'early', { version: 1 });
    expect(new Date(timestamp).getTime()).toBe(Math.ceil(since.getTime() / 1000) * 1000);
  });
  await withKey({ since: new Date(Date.now() + 3600_000) }, () => expect(signModel(ctx, 'early', { version: 1 })).rejects.toMatchObject({ code: 'conflict' }));
});

test('an expired key signs nothing, named or not', async () => {
  await create('late');
  await withKey({ until: new Date(Date.now() - 1000) }, async () => {
    await expect(signModel(ctx, 'late', { version: 1, key: 'main' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('expired') });
    await expect(signModel(ctx, 'late', { version: 1 })).rejects.toMatchObject({ code: 'conflict' });
  });
});

test('a key signs only what the store’s constraints allow', async () => {
  await create('bound');
  await withKey({ constraints: [{ headers: { type: 'model', model: 'other-.*' } }] }, () => expect(signModel(ctx, 'bound', { version: 1 })).rejects.toMatchObject({ code: 'conflict' }));
  await withKey({ constraints: [{ headers: { type: 'serial' } }, { headers: { type: 'model', model: 'bou.*' } }] }, async () => expect((await signModel(ctx, 'bound', { version: 1 })).revision).toBe(1));
});

test('refuses a version with problems, telling them', async () => {
  await create('broken');
  const [row] = await brands.db.select().from(model).where(eq(model.name, 'broken'));
  // Only an older program, or a hand in the database, leaves a version behind that would not be saved today.
  await brands.db.insert(modelVersion).values({ brandId: ctx.brand.id, modelId: row!.id, number: 2, headers: { ...HEADERS, model: 'broken', grade: 'perfect' }, note: '', authorId: ctx.actor.userId });
  await expect(signModel(ctx, 'broken', { version: 2 })).rejects.toMatchObject({ code: 'invalid', problems: expect.arrayContaining([expect.objectContaining({ path: 'grade' })]) });
  expect((await getModel(ctx, 'broken')).signatures).toEqual([]);
});

test('writes who signed what, with which key, into the audit log', async () => {
  const log = await listAudit(await brands.as('acme', 'auditor'), { action: 'model.sign', limit: 200 });
  const first = log.items.at(-1)!;
  expect(first.sentence).toBe('signed model kiosk version 1 as revision 1 with key main');
  expect(first.details).toMatchObject({ version: 1, revision: 1, key: 'main', keyId: sharedKey().keyId });
});

test('gives out the chain as it is now, so that a renewed key verifies what it signed', async () => {
  await create('renewed');
  await signModel(ctx, 'renewed', { version: 1 });
  const chain = await chainFor(ctx, sharedKey(), { until: '2090-01-01T00:00:00Z' });
  await recordAccountKey(ctx, 'main', chain, await testAnchors());
  expect((await getSignedModel(ctx, 'renewed', 1)).chain).toContain('until: 2090-01-01T00:00:00Z');
  await expect(getSignedModel(ctx, 'renewed', 2)).rejects.toMatchObject({ code: 'not-found' });
});
