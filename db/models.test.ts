import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAudit } from './audit';
import type { Ctx } from './context';
import { createModel, getModel, getVersion, listModels, listVersions, saveVersion } from './models';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { HEADERS } from './testing/models';

let brands: Brands;
let ctx: Ctx;
beforeAll(async () => {
  brands = await twoBrands();
  ctx = await brands.as('acme', 'editor');
});
afterAll(() => brands.close());

const create = (name: string, more = {}) => createModel(ctx, { name, headers: { ...HEADERS, ...more }, note: 'from the pc template' });
const save = (name: string, baseVersion: number, more = {}, restoredFrom?: number) => saveVersion(ctx, name, { baseVersion, headers: { ...HEADERS, ...more }, note: '', restoredFrom });

test('creates a model with its first version', async () => {
  const detail = await create('kiosk');
  expect(detail).toMatchObject({ name: 'kiosk', displayName: 'Acme Kiosk', base: 'core24', architecture: 'amd64', grade: 'dangerous', snaps: 4, latestVersion: 1, signed: null, lastBuild: null, signatures: [], updatedBy: { name: 'acme editor', email: 'editor@acme.example' } });
  expect(detail.latest).toMatchObject({ number: 1, note: 'from the pc template', author: { name: 'acme editor' }, restoredFrom: null, signedRevision: null });
  expect(detail.latest.headers).toEqual({ ...HEADERS, model: 'kiosk' });
  const log = await listAudit(await brands.as('acme', 'auditor'), { action: 'model.create', limit: 5 });
  expect(log.items[0]).toMatchObject({ sentence: 'created model kiosk', details: { version: 1, note: 'from the pc template' } });
});

test('keeps none of the headers that Imprint sets', async () => {
  const { latest } = await create('settled', { type: 'serial', 'authority-id': 'evil', 'brand-id': 'evil', series: '15', revision: '9', timestamp: 'x', 'sign-key-sha3-384': 'y' });
  expect(Object.keys(latest.headers).sort()).toEqual([...Object.keys(HEADERS), 'model'].sort());
});

test.each(['', 'Kiosk', 'a--b', 'a/b', '-a', 'a'.repeat(129)])('refuses the name %j', async (name) => {
  await expect(create(name)).rejects.toMatchObject({ code: 'invalid', problems: [expect.objectContaining({ path: 'name' })] });
});

test('refuses a name that is taken in this brand, and takes it in the other', async () => {
  await create('shared');
  await expect(create('shared')).rejects.toMatchObject({ code: 'invalid', problems: [{ path: 'name', code: 'model-name-taken' }] });
  const other = await brands.as('globex', 'editor');
  expect((await createModel(other, { name: 'shared', headers: HEADERS, note: '' })).name).toBe('shared');
});

test('refuses headers with problems and keeps nothing of them', async () => {
  await expect(create('broken', { base: '', grade: 'perfect' })).rejects.toMatchObject({ code: 'invalid', problems: expect.arrayContaining([expect.objectContaining({ path: 'grade' })]) });
  await expect(getModel(ctx, 'broken')).rejects.toMatchObject({ code: 'not-found' });
});

test.each([{ 'display-name': 'a\0b' }, { 'display-name': 'half \ud800' }, { snaps: [{ name: 'pc\0' }] }])('refuses text that no database keeps: %j', async (more) => {
  await expect(create('odd', more)).rejects.toMatchObject({ code: 'invalid', problems: [{ code: 'text-not-storable' }] });
});

test('refuses headers that are no headers', async () => {
  await expect(create('numbers', { grade: 1 as never })).rejects.toMatchObject({ code: 'invalid', problems: [{ code: 'headers' }] });
});

test('a model keeps its name', async () => {
  await create('named');
  await expect(save('named', 1, { model: 'renamed' })).rejects.toMatchObject({ code: 'invalid', problems: [{ path: 'model', code: 'model-renamed' }] });
});

test('saves versions one after the other, newest first in the list', async () => {
  await create('grown');
  expect(await save('grown', 1, { 'display-name': 'Two' })).toMatchObject({ number: 2, restoredFrom: null });
  expect(await saveVersion(ctx, 'grown', { baseVersion: 2, headers: HEADERS, note: 'back\0', restoredFrom: 1 })).toMatchObject({ number: 3, restoredFrom: 1, note: 'back' });
  expect((await listVersions(ctx, 'grown')).map((v) => v.number)).toEqual([3, 2, 1]);
  expect((await getVersion(ctx, 'grown', 2)).headers['display-name']).toBe('Two');
  expect(await getModel(ctx, 'grown')).toMatchObject({ latestVersion: 3, latest: { number: 3 } });
  const log = await listAudit(await brands.as('acme', 'auditor'), { q: 'grown', limit: 5 });
  expect(log.items.map((row) => row.sentence)).toEqual(['restored model grown version 1 as version 3', 'saved model grown version 2', 'created model grown']);
});

test('a restored version that was edited is a version of its own', async () => {
  await create('edited');
  expect(await save('edited', 1, { 'display-name': 'Changed' }, 1)).toMatchObject({ number: 2, restoredFrom: null });
  await expect(save('edited', 2, {}, 7)).rejects.toMatchObject({ code: 'not-found' });
});

test('refuses a stale save and shows the version that was quicker', async () => {
  await create('contested');
  await saveVersion(await brands.as('acme', 'owner'), 'contested', { baseVersion: 1, headers: { ...HEADERS, 'display-name': 'Quicker' }, note: 'first' });
  await expect(save('contested', 1)).rejects.toMatchObject({ code: 'stale', details: { current: { number: 2, note: 'first', author: { name: 'acme owner' }, headers: { 'display-name': 'Quicker' } } } });
  await expect(save('contested', 3)).rejects.toMatchObject({ code: 'stale' });
});

test('of many saves over one version at once exactly one succeeds', async () => {
  await create('raced');
  const saves = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => save('raced', 1, { 'display-name': `No ${i}` })));
  expect(saves.filter((s) => s.status === 'fulfilled')).toHaveLength(1);
  for (const lost of saves) if (lost.status === 'rejected') expect(lost.reason).toMatchObject({ code: 'stale' });
  expect((await getModel(ctx, 'raced')).latestVersion).toBe(2);
});

test.each([0, -1, 1.5, 99, 2 ** 31, 2 ** 53, Number.NaN])('has no version %s', async (number) => {
  await create('counted').catch(() => undefined);
  await expect(getVersion(ctx, 'counted', number)).rejects.toMatchObject({ code: 'not-found' });
});

test('pages through all models, the last saved first, each once', async () => {
  const own = await brands.as('globex', 'editor');
  for (let i = 0; i < 7; i += 1) await createModel(own, { name: `page-${i}`, headers: HEADERS, note: '' });
  const names: string[] = [];
  let after: string | undefined;
  do {
    const page = await listModels(own, { limit: 3, after, q: 'page' });
    names.push(...page.items.map((m) => m.name));
    after = page.next ?? undefined;
  } while (after !== undefined);
  expect(names).toEqual(Array.from({ length: 7 }, (_, i) => `page-${6 - i}`));
});

test('finds by part of the name or display name, taking pattern characters as they are', async () => {
  await create('hundred', { 'display-name': '100% Kiosk' });
  const find = async (q: string) => (await listModels(ctx, { limit: 50, q })).items.map((m) => m.name);
  expect(await find('100%')).toEqual(['hundred']);
  expect(await find('HUNDR')).toEqual(['hundred']);
  expect(await find('%_%')).toEqual([]);
  expect(await find('\0nothing')).toEqual([]);
});

test.each(['nonsense', 'W10', 'WyJhIiwiYiJd', 'bnVsbA'])('refuses the page cursor %j', async (after) => {
  await expect(listModels(ctx, { limit: 3, after })).rejects.toMatchObject({ code: 'invalid', problems: [{ path: 'after' }] });
});
