import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Headers } from '@/lib/assertion/assertion';
import { encodeAssertion, encodeStream } from '@/lib/assertion/encode';
import { fromUtf8, toBase64, utf8 } from '@/lib/bytes';
import { AppError } from '@/lib/errors';
import { makeAccountKeyRequest } from '@/lib/keys/account-key-request';
import { exportEncrypted } from '@/lib/keys/export';
import { generateSigningKey } from '@/lib/keys/generate';
import { signAssertion } from '@/lib/keys/sign';
import { localSigner } from '@/lib/keys/signer';
import { listAudit } from './audit';
import type { Ctx } from './context';
import { enrolExternalKey, enrolOfflineKey, listSigners } from './key-enrolment';
import { importKey } from './key-import';
import { getKeyRequest, recordRegistrationWait, requestForKey } from './key-registration';
import { getKey, keepKey, listKeys } from './keys';
import { brand } from './schema/brands';
import { withSigner } from './signer';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { chainFor, sharedKey } from './testing/models';

const NOW = new Date('2026-01-01T00:00:00Z');
const PASSPHRASE = 'correct horse battery';

let brands: Brands;
let ctx: Ctx;
beforeAll(async () => {
  brands = await twoBrands();
  ctx = await brands.as('acme', 'signer');
});
afterAll(() => brands.close());

/** What `snap export-key --account=… NAME` prints. */
const exported = async (name: string, { which = 0, accountId = 'acme-account' } = {}): Promise<string> => fromUtf8(encodeAssertion(await makeAccountKeyRequest({ accountId, name, since: NOW, key: sharedKey(which), time: NOW })))!;
const newest = async (action: string) => (await listAudit(await brands.as('acme', 'auditor'), { action, limit: 1 })).items[0];

test('an offline key is taken by the request that it signed, under its own name, and never signs here', async () => {
  const text = await exported('vault');
  const view = await enrolOfflineKey(ctx, `\r\n${text.replaceAll('\n', '\r\n')}\r\n`);
  expect(view).toMatchObject({ name: 'vault', custody: 'offline', state: 'draft', keyId: sharedKey().keyId, publicKey: sharedKey().encodedPublicKey, bits: 4096, signer: null });
  expect(await newest('key.enrol')).toMatchObject({ sentence: 'enrolled key vault, which is kept offline', details: { custody: 'offline', keyId: view.keyId } });
  await expect(withSigner(ctx, 'vault', { purpose: 'request', subject: 'x' }, async () => 1)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('kept offline') as string });
});

test('the request that an offline key came with is what the store is asked with, and waits as long as it takes', async () => {
  const text = await exported('vault');
  expect(await requestForKey(ctx, 'vault')).toBe(text);
  expect(await getKeyRequest(ctx, 'vault')).toBe(text);
  expect(await recordRegistrationWait(ctx, 'vault', 'No credentials.')).toMatchObject({ state: 'registering', problem: 'No credentials.' });
});

test('refuses what is no request, more than one, another account’s, or changed after it was signed', async () => {
  const fine = await exported('other', { which: 1 });
  const forger = sharedKey(1);
  const key = sharedKey(2);
  const headers: Headers = { type: 'account-key-request', 'account-id': 'acme-account', name: 'other', 'public-key-sha3-384': key.keyId, since: '2026-01-01T00:00:00Z' };
  const signedByAnother = fromUtf8(encodeAssertion(await signAssertion({ headers, body: utf8(key.encodedPublicKey), key: forger, time: NOW })))!;
  const chain = fromUtf8(encodeStream(await chainFor(ctx, sharedKey(1))))!;
  const before = (await listKeys(ctx)).length;
  const refuse = (text: string, message: string) => expect(enrolOfflineKey(ctx, text)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining(message) as string });
  await refuse('', 'snap export-key');
  await refuse('ssh-rsa AAAA', 'snap export-key');
  await refuse(sharedKey(1).encodedPublicKey, 'snap export-key');
  await refuse(`${fine}\n${fine}`, 'whole and nothing else');
  await refuse(chain, 'no account-key-request');
  await refuse(await exported('other', { which: 1, accountId: 'globex-account' }), '--account=acme-account');
  await refuse(fine.replace('name: other', 'name: othar'), 'has not signed this request');
  await refuse(signedByAnother, 'has not signed this request');
  expect((await listKeys(ctx)).length).toBe(before);
});

test('refuses a key that is too small, is here already, or has a name that is', async () => {
  const small = await generateSigningKey(2048);
  const text = fromUtf8(encodeAssertion(await makeAccountKeyRequest({ accountId: 'acme-account', name: 'small', since: NOW, key: small, time: NOW, minimumBits: 2048 })))!;
  await expect(enrolOfflineKey(ctx, text)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('2048 bits') as string });
  await expect(enrolOfflineKey(ctx, await exported('again'))).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('as vault') as string });
  await expect(enrolOfflineKey(ctx, await exported('vault', { which: 1 }))).rejects.toMatchObject({ code: 'invalid', problems: [{ path: 'name' }] });
});

test('a key of another brand is refused without a word about whose it is', async () => {
  const globex = await brands.as('globex', 'signer');
  const refusal = await enrolOfflineKey(globex, await exported('mine', { accountId: 'globex-account' })).catch((error: unknown) => error as AppError);
  expect(refusal).toMatchObject({ code: 'invalid', problems: [{ code: 'key-known' }] });
  expect((refusal as AppError).message).not.toMatch(/acme|vault/i);
});

test('a key in a token is enrolled by its label, and its public half is read there', async () => {
  await brands.db.update(brand).set({ signers: [{ name: 'hsm', module: '/m.so', token: 'acme', pinFile: '/pin' }] });
  expect(await listSigners(await brands.as('acme', 'viewer'))).toEqual([{ name: 'hsm', token: 'acme' }]);
  const openSigner = vi.fn(async () => localSigner(sharedKey(1)));
  const view = await enrolExternalKey({ ...ctx, openSigner }, { name: 'in-hsm', signer: 'hsm', label: 'Acme 2026' });
  expect(view).toMatchObject({ custody: 'external', signer: { name: 'hsm', label: 'Acme 2026' }, keyId: sharedKey(1).keyId, state: 'draft' });
  await requestForKey({ ...ctx, openSigner }, 'in-hsm');
  expect((await getKey(ctx, 'in-hsm')).state).toBe('registering');
  expect(openSigner).toHaveBeenLastCalledWith(expect.objectContaining({ name: 'hsm' }), 'Acme 2026');
});

test('says beside its field what a token does not have, and refuses one that is not the brand’s', async () => {
  const missing = async () => Promise.reject(new AppError('signer-key-missing', 'The token acme has no key nobody.'));
  await expect(enrolExternalKey({ ...ctx, openSigner: missing }, { name: 'absent', signer: 'hsm', label: 'nobody' })).rejects.toMatchObject({ code: 'invalid', problems: [{ path: 'label', message: 'The token acme has no key nobody.' }] });
  await expect(enrolExternalKey({ ...ctx, openSigner: missing }, { name: 'absent', signer: 'other', label: 'x' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('No signer other') as string });
  const small = await generateSigningKey(2048);
  await expect(enrolExternalKey({ ...ctx, openSigner: async () => localSigner(small) }, { name: 'absent', signer: 'hsm', label: 'x' })).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('2048 bits') as string });
});

test('a key is imported from a file with its passphrase, and sealed', async () => {
  const pem = await exportEncrypted(sharedKey(2), PASSPHRASE);
  const file = toBase64(utf8(pem));
  const refuse = (request: Partial<Parameters<typeof importKey>[1]>, path: string) => expect(importKey(ctx, { name: 'brought', file, passphrase: PASSPHRASE, ...request })).rejects.toMatchObject({ code: 'invalid', problems: [{ path }] });
  await refuse({ passphrase: 'wrong horse battery' }, 'passphrase');
  await refuse({ passphrase: undefined }, 'passphrase');
  await refuse({ file: '***' }, 'file');
  await refuse({ file: toBase64(utf8('hello')) }, 'file');
  await refuse({ name: 'vault' }, 'name');
  const view = await importKey(ctx, { name: 'brought', file, passphrase: PASSPHRASE });
  expect(view).toMatchObject({ name: 'brought', custody: 'sealed', state: 'draft', keyId: sharedKey(2).keyId });
  expect(await withSigner(ctx, 'brought', { purpose: 'request', subject: 'x' }, async ({ keyId }) => keyId)).toBe(view.keyId);
  const entry = await newest('key.import');
  expect(entry).toMatchObject({ sentence: 'imported key brought' });
  expect(JSON.stringify([entry, view])).not.toMatch(/PRIVATE|correct horse/);
  await expect(keepKey(ctx, 'brought-again', sharedKey(2))).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('as brought') as string });
}, 60_000);

test('refuses a file with a key that is too small', async () => {
  const pem = await exportEncrypted(await generateSigningKey(2048), PASSPHRASE);
  await expect(importKey(ctx, { name: 'tiny', file: toBase64(utf8(pem)), passphrase: PASSPHRASE })).rejects.toMatchObject({ code: 'invalid', problems: [{ path: 'file', code: 'key-too-small' }] });
}, 60_000);
