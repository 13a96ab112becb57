import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateSigningKey } from '@/lib/keys/generate';
import { exportEncrypted } from '@/lib/keys/export';
import { listAudit } from './audit';
import type { Ctx } from './context';
import { backupKey, drillKey } from './key-backup';
import { listKeyUses } from './key-uses';
import { getKey, keepKey, retireKey } from './keys';
import { signingKey } from './schema/keys';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { sharedKey } from './testing/models';

const PASSPHRASE = 'correct horse battery';

let brands: Brands;
let ctx: Ctx;
let text: string;
beforeAll(async () => {
  brands = await twoBrands();
  ctx = await brands.as('acme', 'owner');
  await keepKey(ctx, 'main', sharedKey());
  ({ text } = await backupKey(ctx, 'main', { passphrase: PASSPHRASE }));
});
afterAll(() => brands.close());

test('a backup is a file that others open too, with the passphrase and not without', () => {
  expect(text).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
  expect(createPrivateKey({ key: text, passphrase: PASSPHRASE }).asymmetricKeyDetails?.modulusLength).toBe(4096);
  expect(() => createPrivateKey({ key: text, passphrase: 'wrong' })).toThrow();
});

test('it is told when a backup was made, and neither the file nor the passphrase is kept', async () => {
  expect((await getKey(ctx, 'main')).backup.madeAt).not.toBeNull();
  const [entry] = (await listAudit(ctx, { action: 'key.backup', limit: 1 })).items;
  expect(entry).toMatchObject({ sentence: 'made a backup of key main' });
  expect(JSON.stringify([entry, (await listKeyUses(ctx, 'main', { limit: 10 })).items])).not.toMatch(/PRIVATE|correct horse/);
});

test('a drill proves the backup, and says when and by whom', async () => {
  expect((await getKey(ctx, 'main')).backup.provenAt).toBeNull();
  const { backup } = await drillKey(ctx, 'main', { backup: text, passphrase: PASSPHRASE });
  expect(backup).toMatchObject({ provenAt: expect.any(String) as string, provenBy: { name: ctx.actor.name } });
  const [use] = (await listKeyUses(ctx, 'main', { limit: 1 })).items;
  expect(use).toMatchObject({ purpose: 'drill', digest: expect.stringMatching(/^[0-9a-f]{128}$/) as string, actor: { name: ctx.actor.name } });
});

test('a drill fails with another key, the wrong passphrase and what is no key, and proves nothing', async () => {
  const other = await exportEncrypted(await generateSigningKey(), PASSPHRASE);
  const before = (await listKeyUses(ctx, 'main', { limit: 100 })).items.length;
  await expect(drillKey(ctx, 'main', { backup: other, passphrase: PASSPHRASE })).rejects.toMatchObject({ code: 'invalid', problems: [{ path: 'backup', code: 'other-key' }] });
  await expect(drillKey(ctx, 'main', { backup: text, passphrase: 'wrong horse battery' })).rejects.toMatchObject({ code: 'invalid', problems: [{ path: 'passphrase' }] });
  await expect(drillKey(ctx, 'main', { backup: 'no key at all', passphrase: PASSPHRASE })).rejects.toMatchObject({ code: 'invalid', problems: [{ path: 'backup' }] });
  expect((await listKeyUses(ctx, 'main', { limit: 100 })).items).toHaveLength(before);
}, 60_000);

test('only what is sealed here has a backup, and only while it may still sign', async () => {
  await brands.db.insert(signingKey).values({ brandId: ctx.brand.id, name: 'vault', keyId: 'v', bits: 4096, publicKey: '-', custody: 'offline', createdBy: ctx.actor.userId });
  await expect(backupKey(ctx, 'vault', { passphrase: PASSPHRASE })).rejects.toMatchObject({ code: 'conflict' });
  await expect(drillKey(ctx, 'vault', { backup: text, passphrase: PASSPHRASE })).rejects.toMatchObject({ code: 'conflict' });
  await keepKey(ctx, 'old', sharedKey(1));
  await retireKey(ctx, 'old');
  await expect(backupKey(ctx, 'old', { passphrase: PASSPHRASE })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('retired') as string });
});
