import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { replaceBuildKey } from './build-keys';
import { assertMasterKey, noteArtifacts, readInstallation } from './installation';
import { holdMasterKey } from './master-key';
import { installation } from './schema/installation';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';

let brands: Brands;
const key = randomBytes(32);
beforeAll(async () => {
  vi.stubEnv('DATABASE_URL', 'postgres://localhost/none');
});
beforeEach(async () => {
  brands = await twoBrands();
  holdMasterKey(key);
});
afterEach(() => brands.close());
afterAll(() => vi.unstubAllEnvs());

test('notes the first folder of artifacts, and no other after it', async () => {
  const [first, second] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
  expect(await noteArtifacts(brands.db, first)).toBe(first);
  expect(await noteArtifacts(brands.db, second)).toBe(first);
  expect((await readInstallation(brands.db)).artifactsId).toBe(first);
});

test('knows its master key again, and refuses another one', async () => {
  await assertMasterKey(brands.db);
  await assertMasterKey(brands.db);
  holdMasterKey(randomBytes(32));
  await expect(assertMasterKey(brands.db)).rejects.toMatchObject({
    code: 'master-key-other',
    message: expect.stringMatching(/The key in .*master\.key is not the master key .*IMPRINT_MASTER_KEY_LOST=yes/) as string,
  });
});

test('keeps nothing of the key but a mark', async () => {
  await assertMasterKey(brands.db);
  const { masterKeyMark } = await readInstallation(brands.db);
  expect(masterKeyMark).toMatch(/^[0-9a-f]{16}$/);
  expect(key.toString('hex')).not.toContain(masterKeyMark);
});

test('holds the key against what was sealed before marks were noted', async () => {
  await replaceBuildKey(await brands.as('acme', 'owner'));
  await brands.db.update(installation).set({ masterKeyMark: null });
  holdMasterKey(randomBytes(32));
  await expect(assertMasterKey(brands.db)).rejects.toMatchObject({ code: 'master-key-other' });
  holdMasterKey(key);
  await assertMasterKey(brands.db);
});

test('takes another key in the place of one that is lost for good', async () => {
  await assertMasterKey(brands.db);
  holdMasterKey(randomBytes(32));
  await assertMasterKey(brands.db, { lost: true });
  await assertMasterKey(brands.db);
});

test('makes no key in silence for a database that has sealed ones', async () => {
  await assertMasterKey(brands.db);
  const folder = await mkdtemp(join(tmpdir(), 'imprint-lost-'));
  vi.resetModules();
  vi.stubEnv('IMPRINT_DATA', folder);
  const fresh = await import('./installation');
  await expect(fresh.assertMasterKey(brands.db)).rejects.toMatchObject({ code: 'master-key-missing', message: expect.stringContaining(join(folder, 'master.key')) as string });
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});
