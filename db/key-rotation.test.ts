import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAudit } from './audit';
import { requestBuild } from './builds';
import type { Ctx } from './context';
import { getRotation, planRotation } from './key-rotation';
import { listKeySignatures } from './key-signatures';
import { listKeyUses, recordKeyUse } from './key-uses';
import { getKey, keepKey, retireKey } from './keys';
import { createModel, saveVersion } from './models';
import { keyUse, signingKey } from './schema/keys';
import { signModel } from './signatures';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { HEADERS, registerKey, sharedKey, signedModel } from './testing/models';

let brands: Brands;
let ctx: Ctx;
beforeAll(async () => {
  brands = await twoBrands();
  ctx = await brands.as('acme', 'signer');
  await registerKey(ctx, 'old');
  for (const name of ['kiosk', 'gateway']) await signedModel(ctx, name);
  await createModel(ctx, { name: 'unsigned', headers: HEADERS, note: '' });
});
afterAll(() => brands.close());

const waiting = async () => (await getRotation(ctx, 'old')).models.filter((model) => model.waiting).map(({ model }) => model);

test('before it begins no key follows, and every model that the key signed waits', async () => {
  expect(await getRotation(ctx, 'old')).toMatchObject({
    key: { name: 'old', successor: null },
    successor: null,
    models: [
      { model: 'gateway', version: 1, revision: 1, keyName: 'old', waiting: true },
      { model: 'kiosk', version: 1, revision: 1, keyName: 'old', waiting: true },
    ],
  });
});

test('a key cannot follow itself, nor the one that follows it, and no retired key follows', async () => {
  await registerKey(ctx, 'new', { which: 1 });
  await keepKey(ctx, 'gone', sharedKey(2));
  await retireKey(ctx, 'gone');
  const refuse = (name: string, successor: string, message: string) => expect(planRotation(ctx, name, successor)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(message) as string });
  await refuse('old', 'old', 'cannot follow itself');
  await refuse('old', 'gone', 'is retired');
  await refuse('gone', 'new', 'is retired');
  await planRotation(ctx, 'new', 'old');
  await refuse('old', 'new', 'about to follow');
  await planRotation(ctx, 'new', null);
  await expect(planRotation(ctx, 'old', 'nobody')).rejects.toMatchObject({ code: 'not-found' });
});

test('a circle of three is refused as well', async () => {
  await brands.db.insert(signingKey).values({ brandId: ctx.brand.id, name: 'third', keyId: randomUUID(), bits: 4096, publicKey: '-', custody: 'offline', createdBy: ctx.actor.userId });
  await planRotation(ctx, 'new', 'third');
  await planRotation(ctx, 'third', 'old');
  await expect(planRotation(ctx, 'old', 'new')).rejects.toMatchObject({ code: 'conflict' });
  await planRotation(ctx, 'third', null);
  await planRotation(ctx, 'new', null);
});

test('which key follows is kept, seen from both, and can be taken back', async () => {
  expect((await planRotation(ctx, 'old', 'new')).successor?.name).toBe('new');
  expect(await getKey(ctx, 'old')).toMatchObject({ successor: 'new', replaces: [] });
  expect(await getKey(ctx, 'new')).toMatchObject({ successor: null, replaces: ['old'] });
  const [entry] = (await listAudit(await brands.as('acme', 'auditor'), { action: 'key.rotate', limit: 1 })).items;
  expect(entry).toMatchObject({ sentence: 'began to replace key old by key new', details: { successor: 'new', successorId: sharedKey(1).keyId } });
  expect((await planRotation(ctx, 'old', null)).successor).toBeNull();
  expect((await getKey(ctx, 'new')).replaces).toEqual([]);
  await planRotation(ctx, 'old', 'new');
});

test('another brand’s key does not follow', async () => {
  const globex = await brands.as('globex', 'signer');
  await brands.db.insert(signingKey).values({ brandId: globex.brand.id, name: 'theirs', keyId: randomUUID(), bits: 4096, publicKey: '-', custody: 'offline', createdBy: globex.actor.userId });
  await expect(planRotation(ctx, 'old', 'theirs')).rejects.toMatchObject({ code: 'not-found' });
});

test('a model waits until the version that was signed last is signed by the key that follows', async () => {
  await saveVersion(ctx, 'kiosk', { baseVersion: 1, headers: { ...HEADERS, 'display-name': 'Acme Kiosk II' }, note: '' });
  expect(await waiting()).toEqual(['gateway', 'kiosk']);
  await signModel(ctx, 'kiosk', { version: 1, key: 'new' });
  expect(await waiting()).toEqual(['gateway']);
  expect((await getRotation(ctx, 'old')).models.find(({ model }) => model === 'kiosk')).toMatchObject({ version: 1, revision: 2, keyName: 'new', waiting: false });
});

test('a model that the old key signs once more waits once more', async () => {
  await signModel(ctx, 'kiosk', { version: 2, key: 'old' });
  expect(await waiting()).toEqual(['gateway', 'kiosk']);
  for (const [name, version] of [['kiosk', 2], ['gateway', 1]] as const) await signModel(ctx, name, { version, key: 'new' });
  expect(await waiting()).toEqual([]);
});

test('when nothing waits the old key retires, and what was done still shows', async () => {
  await retireKey(ctx, 'old');
  expect(await getRotation(ctx, 'old')).toMatchObject({ key: { state: 'retired', successor: 'new' }, successor: { name: 'new', state: 'registered' }, models: [{ waiting: false }, { waiting: false }] });
  await expect(planRotation(ctx, 'old', null)).rejects.toMatchObject({ code: 'conflict' });
});

test('says which revisions a key has signed, and which builds were made of them, page by page', async () => {
  const { number } = await requestBuild(ctx, { model: 'kiosk', revision: 4 });
  const first = await listKeySignatures(ctx, 'new', { limit: 2 });
  expect(first.items).toMatchObject([
    { model: 'gateway', version: 1, revision: 2, signedBy: { name: 'acme signer' }, builds: [] },
    { model: 'kiosk', version: 2, revision: 4, builds: [number] },
  ]);
  const second = await listKeySignatures(ctx, 'new', { limit: 2, after: first.next! });
  expect(second).toMatchObject({ items: [{ model: 'kiosk', version: 1, revision: 2 }], next: null });
  expect((await getKey(ctx, 'new')).usedBy).toEqual({ models: ['gateway', 'kiosk'], signatures: 3, builds: 1 });
});

test('the log of uses pages through uses of one instant, and finds those of one purpose', async () => {
  const { id } = (await brands.db.select().from(signingKey).where(eq(signingKey.name, 'third')))[0]!;
  await brands.db.transaction(async (tx) => {
    for (const n of [1, 2, 3, 4, 5]) await recordKeyUse({ ...ctx, db: tx }, id, { purpose: n === 3 ? 'drill' : 'backup', subject: `use ${n}`, digest: null });
  });
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await listKeyUses(ctx, 'third', { limit: 2, ...(after ? { after } : {}) });
    seen.push(...page.items.map(({ subject }) => subject));
    after = page.next ?? undefined;
  } while (after);
  expect(seen.sort()).toEqual(['use 1', 'use 2', 'use 3', 'use 4', 'use 5']);
  expect((await listKeyUses(ctx, 'third', { limit: 10, purpose: 'drill' })).items).toMatchObject([{ subject: 'use 3', digest: null }]);
  await expect(listKeyUses(ctx, 'third', { limit: 2, after: 'made-up' })).rejects.toMatchObject({ code: 'invalid' });
});

test('a use is never changed or removed, and a key that was used cannot be either', async () => {
  const code = async (statement: ReturnType<typeof sql>) => brands.db.execute(statement).then(() => undefined, (error: Error) => (error.cause as { code?: string }).code);
  expect(await code(sql`update key_use set subject = 'something else'`)).toBe('23001');
  expect(await code(sql`delete from key_use`)).toBe('23001');
  expect(await code(sql`truncate key_use`)).toBe('23001');
  expect(await code(sql`delete from signing_key where name = 'third'`)).toBe('23503');
  expect(await brands.db.$count(keyUse)).toBeGreaterThan(5);
});
