import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAudit } from './audit';
import { change } from './change';
import type { Ctx } from './context';
import { listKeys } from './keys';
import { getOverview } from './overview';
import { groupRole } from './schema/brands';
import { createShare } from './shares';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { finishedBuild } from './testing/builds';
import { registerKey, signedModel } from './testing/models';

let brands: Brands;
let auditor: Ctx;
beforeAll(async () => {
  brands = await twoBrands();
  auditor = await brands.as('acme', 'auditor');
});
afterAll(() => brands.close());

const note = (sentence: string, action = 'test.note') => async (ctx: Ctx) => change(ctx, 'brand.read', (_tx, write) => write({ action, sentence, subject: { type: 'test', name: 'thing' }, details: { sentence } }));

test('a change without an audit row is undone', async () => {
  const before = await brands.db.$count(groupRole);
  await expect(change(auditor, 'brand.read', async (tx) => void (await tx.delete(groupRole)))).rejects.toThrow('wrote no audit row');
  expect(await brands.db.$count(groupRole)).toBe(before);
});

test('says who, what, when, from where', async () => {
  await note('did 50% of it\0')(auditor);
  const [row] = (await listAudit(auditor, { limit: 1 })).items;
  expect(row).toEqual({ id: expect.any(String), at: expect.any(String), actor: { name: 'acme auditor', email: 'auditor@acme.example' }, action: 'test.note', sentence: 'did 50% of it', subject: { type: 'test', name: 'thing' }, address: '192.0.2.1', requestId: auditor.actor.requestId, details: expect.anything() });
  expect(Math.abs(Date.now() - new Date(row!.at).getTime())).toBeLessThan(60_000);
});

test('pages newest first, each row once', async () => {
  for (let i = 0; i < 5; i += 1) await note(`page ${i}`, 'test.page')(auditor);
  const sentences: string[] = [];
  let after: string | undefined;
  do {
    const page = await listAudit(auditor, { limit: 2, after, action: 'test.page' });
    sentences.push(...page.items.map((row) => row.sentence));
    after = page.next ?? undefined;
  } while (after);
  expect(sentences).toEqual(['page 4', 'page 3', 'page 2', 'page 1', 'page 0']);
});

test('narrows by action, actor and what is searched, taking pattern characters as they are', async () => {
  await note('under_score')(await brands.as('acme', 'owner'));
  const find = async (query: object) => (await listAudit(auditor, { limit: 50, ...query })).items.map((row) => row.sentence);
  expect(await find({ actor: 'OWNER@acme', action: 'test.note' })).toEqual(['under_score']);
  expect(await find({ q: '50%' })).toEqual(['did 50% of it']);
  expect(await find({ q: 'r_s' })).toEqual(['under_score']);
  expect(await find({ q: '5_%' })).toEqual([]);
  expect(await find({ action: 'test.not' })).toEqual([]);
});

test('shows no row of another brand', async () => {
  await note('globex only')(await brands.as('globex', 'owner'));
  expect(JSON.stringify(await listAudit(auditor, { limit: 200 }))).not.toContain('globex only');
});

test('the overview follows what was done, in this brand only', async () => {
  const owner = await brands.as('acme', 'owner');
  const nothing = { checklist: { keyReady: false, modelSigned: false, imageBuilt: false, linkShared: false }, counts: { models: 0, keys: 0, builds: 0 }, keysExpiring: [] };
  expect(await getOverview(owner)).toEqual(nothing);
  const until = new Date(Date.now() + 10 * 86_400_000).toISOString();
  await registerKey(owner, 'soon', { until });
  await signedModel(owner, 'kiosk');
  const { number } = await finishedBuild(owner);
  await createShare(owner, number, { expiresInDays: 1, note: '' });
  expect(await getOverview(owner)).toEqual({ checklist: { keyReady: true, modelSigned: true, imageBuilt: true, linkShared: true }, counts: { models: 1, keys: 1, builds: 1 }, keysExpiring: [{ name: 'soon', until: (await listKeys(owner))[0]!.until }] });
  expect(await getOverview(await brands.as('globex', 'viewer'))).toEqual(nothing);
});
