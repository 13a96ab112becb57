import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asc } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAudit } from './audit';
import { brandsConfig, readBrandsConfig, readStoreCredentials, syncBrands } from './brands';
import { enterBrand } from './enter-brand';
import { brand, groupRole } from './schema/brands';
import { TWO_BRANDS, twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { registerKey } from './testing/models';

let brands: Brands;
let folder: string;
beforeAll(async () => {
  brands = await twoBrands();
  folder = await mkdtemp(join(tmpdir(), 'imprint-brands-'));
});
afterAll(async () => {
  await brands.close();
  await rm(folder, { recursive: true });
});

const [acme, globex] = TWO_BRANDS as [(typeof TWO_BRANDS)[number], (typeof TWO_BRANDS)[number]];
const auditRows = async () => (await listAudit(await brands.as('acme', 'auditor'), { limit: 200, q: 'brand' })).items;

test('setting up the same brands again changes nothing', async () => {
  const rows = async () => [await brands.db.select().from(brand).orderBy(asc(brand.slug)), await brands.db.select().from(groupRole).orderBy(asc(groupRole.group)), (await auditRows()).length];
  const before = await rows();
  await Promise.all([syncBrands(brands.db, TWO_BRANDS), syncBrands(brands.db, [...TWO_BRANDS].reverse())]);
  expect(await rows()).toEqual(before);
});

test('a change of roles takes effect and stands in the audit log', async () => {
  await syncBrands(brands.db, [{ ...acme, groups: { 'acme-team': 'builder' } }, globex]);
  expect(await brands.db.select().from(groupRole).where(undefined)).toContainEqual(expect.objectContaining({ group: 'acme-team', role: 'builder' }));
  const [row] = await auditRows();
  expect(row).toMatchObject({ action: 'brand.configure', actor: { name: 'Configuration', email: null }, sentence: 'set up brand Acme of account acme-account: acme-team is builder', details: { before: acme.groups, after: { 'acme-team': 'builder' } } });
  await syncBrands(brands.db, TWO_BRANDS);
});

test('the signers of a brand are kept, and a change of theirs is an audit row without a PIN', async () => {
  const hsm = { name: 'hsm', module: '/usr/lib/softhsm/libsofthsm2.so', token: 'acme', pinFile: '/etc/imprint/hsm.pin' };
  const signersOf = async () => (await brands.db.select({ signers: brand.signers }).from(brand).orderBy(asc(brand.slug))).map(({ signers }) => signers);
  await syncBrands(brands.db, [{ ...acme, signers: [hsm] }, globex]);
  expect(await signersOf()).toEqual([[hsm], []]);
  const [row] = await auditRows();
  expect(row).toMatchObject({ action: 'brand.signers', sentence: 'set up the signers of the brand: hsm is the token acme', details: { before: [], after: [expect.stringContaining('/etc/imprint/hsm.pin')] } });
  const before = (await auditRows()).length;
  await syncBrands(brands.db, [{ ...acme, signers: [hsm] }, globex]);
  expect((await auditRows()).length).toBe(before);
  await syncBrands(brands.db, [{ ...acme, signers: [{ ...hsm, environment: { SOFTHSM2_CONF: '/etc/softhsm2.conf' } }] }, globex]);
  expect((await auditRows()).length).toBe(before + 1);
  await syncBrands(brands.db, TWO_BRANDS);
  expect(await signersOf()).toEqual([[], []]);
});

test('two signers of one brand cannot have one name', () => {
  const hsm = { name: 'hsm', module: '/m.so', token: 'acme', pinFile: '/pin' };
  expect(brandsConfig.safeParse([{ ...acme, signers: [hsm, { ...hsm, token: 'other' }] }]).error?.issues[0]?.message).toBe('Two signers of the brand have the same name.');
  expect(brandsConfig.safeParse([{ ...acme, signers: [hsm, { ...hsm, name: 'spare' }] }]).success).toBe(true);
});

test('a brand takes another account only while it has nothing of the old one', async () => {
  await syncBrands(brands.db, [acme, { ...globex, accountId: 'globex-new' }]);
  await registerKey({ ...(await brands.as('globex', 'owner')), brand: { ...(await brands.as('globex', 'owner')).brand, accountId: 'globex-new' } }, 'main');
  await expect(syncBrands(brands.db, TWO_BRANDS)).rejects.toMatchObject({ code: 'brands-invalid', message: expect.stringContaining('globex-new') });
  expect((await brands.db.select().from(brand).orderBy(asc(brand.slug)))[1]!.accountId).toBe('globex-new');
});

test.each([
  ['no brand', []],
  ['a slug that is an address of the console', [{ ...acme, slug: 'api' }]],
  ['a slug with a capital', [{ ...acme, slug: 'Acme' }]],
  ['an account id with a space', [{ ...acme, accountId: 'a b' }]],
  ['two of one slug', [acme, { ...globex, slug: 'acme' }]],
  ['two of one account', [acme, { ...globex, accountId: acme.accountId }]],
  ['an unknown role', [{ ...acme, groups: { staff: 'god' } }]],
  ['no list', { acme }],
])('refuses a configuration with %s', (_what, config) => {
  expect(brandsConfig.safeParse(config).success).toBe(false);
});

test('reads the file of brands, and says what is wrong with it', async () => {
  const file = join(folder, 'brands.json');
  await writeFile(file, JSON.stringify(TWO_BRANDS));
  expect(await readBrandsConfig(file)).toEqual(TWO_BRANDS);
  await writeFile(file, JSON.stringify([{ ...acme, slug: '', name: '' }]));
  await expect(readBrandsConfig(file)).rejects.toMatchObject({ code: 'brands-invalid', problems: expect.arrayContaining([expect.objectContaining({ path: '0.slug' }), expect.objectContaining({ path: '0.name' })]) });
  const [first] = TWO_BRANDS;
  const signers = [{ name: 'hsm', module: '/m.so', token: 't', pinFile: '/pin', pinfile: '/pin' }];
  await writeFile(file, JSON.stringify([{ ...first, storeCredential: '/etc/acme', signers }]));
  await expect(readBrandsConfig(file)).rejects.toMatchObject({
    message: expect.stringContaining('“storeCredential”. Did you mean “storeCredentials”?') as string,
    problems: [{ path: '0.signers.0.pinfile' }, { path: '0.storeCredential' }],
  });
  await writeFile(file, '[\n  {"slug" "acme"}\n]');
  const message = expect.stringMatching(/brands\.json.* is no JSON: .*\(line 2, column 11\)\.$/) as string;
  await expect(readBrandsConfig(file)).rejects.toMatchObject({ code: 'brands-invalid', message });
  await expect(readBrandsConfig(join(folder, 'none.json'))).rejects.toMatchObject({ code: 'brands-invalid', cause: expect.anything() });
});

test('reads the credentials of the brand’s own publisher account', async () => {
  const own = await twoBrands();
  const ctx = await own.as('acme', 'owner');
  expect(await readStoreCredentials(ctx)).toBeUndefined();
  const file = join(folder, 'acme.cred');
  await syncBrands(own.db, [{ ...acme, storeCredentials: file }, globex]);
  await expect(readStoreCredentials(ctx)).rejects.toMatchObject({ code: 'unavailable' });
  await writeFile(file, 'secret\n');
  expect(await readStoreCredentials(ctx)).toBe('secret');
  expect(await readStoreCredentials(await own.as('globex', 'owner'))).toBeUndefined();
  await own.close();
});

test('somebody enters only a brand where they have a role', () => {
  const person = { userId: 'u', name: 'Ada', email: null, brands: [{ id: 'b', slug: 'acme', name: 'Acme', accountId: 'acme-account', role: 'viewer' as const, via: 'g' }] };
  const from = { address: '192.0.2.1', requestId: 'r' };
  expect(enterBrand(brands.db, person, 'acme', from)).toMatchObject({ brand: { id: 'b' }, role: 'viewer', actor: { userId: 'u', ...from } });
  for (const slug of ['globex', '', '__proto__']) expect(enterBrand(brands.db, person, slug, from)).toBeUndefined();
});
