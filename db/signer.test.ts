import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { utf8 } from '@/lib/bytes';
import { signAssertion } from '@/lib/keys/sign';
import { localSigner } from '@/lib/keys/signer';
import type { Signer } from '@/lib/keys/signer';
import type { SigningKey } from '@/lib/keys/signing-key';
import type { Ctx, OpenSigner } from './context';
import { listKeyUses } from './key-uses';
import { getKey, keepKey, retireKey } from './keys';
import { brand } from './schema/brands';
import { keyUse, signingKey } from './schema/keys';
import { withSigner } from './signer';
import type { SignerUse } from './signer';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { registerKey, sharedKey } from './testing/models';

const MODEL: SignerUse = { purpose: 'model', subject: 'model kiosk revision 1', headers: { type: 'model', model: 'kiosk', 'brand-id': 'acme-account' } };
const BYTES = utf8('what is signed');
const DIGEST = createHash('sha512').update(BYTES).digest('hex');
const PAST = new Date('2025-01-01T00:00:00Z');

let brands: Brands;
let ctx: Ctx;
let key: SigningKey;
beforeAll(async () => {
  brands = await twoBrands();
  ctx = await brands.as('acme', 'signer');
  key = await registerKey(ctx, 'main');
});
afterAll(() => brands.close());

const sign = (signer: Signer) => signer.sign(BYTES);
/** The key as something else for a while. */
async function whileKeyIs(facts: Partial<typeof signingKey.$inferInsert>, work: () => Promise<unknown>) {
  const [before] = await brands.db.select().from(signingKey).where(eq(signingKey.keyId, key.keyId));
  await brands.db.update(signingKey).set(facts).where(eq(signingKey.keyId, key.keyId));
  try {
    await work();
  } finally {
    await brands.db.update(signingKey).set(before!).where(eq(signingKey.keyId, key.keyId));
  }
}
/** Refused before anything was signed or written. */
async function refused(message: string | RegExp, use: SignerUse = MODEL, name = 'main') {
  const before = await brands.db.$count(keyUse);
  const work = vi.fn(sign);
  await expect(withSigner(ctx, name, use, work)).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(message) as string });
  expect(work).not.toHaveBeenCalled();
  expect(await brands.db.$count(keyUse)).toBe(before);
}

test('every signature is a row of the log: who, for what, and the digest of what was signed', async () => {
  await withSigner(ctx, 'main', MODEL, async (signer) => {
    await sign(signer);
    await signer.signDigest(createHash('sha512').update('another').digest());
  });
  const { items } = await listKeyUses(ctx, 'main', { limit: 10 });
  expect(items).toMatchObject([1, 2].map(() => ({ purpose: 'model', subject: 'model kiosk revision 1', actor: { name: 'acme signer' }, token: null })));
  expect(items.map(({ digest }) => digest).sort()).toEqual([DIGEST, createHash('sha512').update('another').digest('hex')].sort());
  expect((await getKey(ctx, 'main')).lastUsedAt).toBe(items[0]!.at);
});

test('the log stands and falls with what was signed', async () => {
  const before = await brands.db.$count(keyUse);
  const failure = new Error('the disk is full');
  const attempt = brands.db.transaction(async (tx) => {
    await withSigner({ ...ctx, db: tx }, 'main', MODEL, sign);
    throw failure;
  });
  await expect(attempt).rejects.toBe(failure);
  expect(await brands.db.$count(keyUse)).toBe(before);
});

test('a key that is a draft signs nothing but its own registration', async () => {
  await keepKey(ctx, 'draft', sharedKey(1));
  await refused('Key draft is not registered yet', MODEL, 'draft');
  await withSigner(ctx, 'draft', { purpose: 'request', subject: 'the request to register key draft' }, sign);
  expect((await listKeyUses(ctx, 'draft', { limit: 10 })).items).toMatchObject([{ purpose: 'request', digest: DIGEST }]);
});

test('dates are obeyed, those of now and those of what is signed', async () => {
  await whileKeyIs({ until: PAST }, () => refused('Key main expired on 2025-01-01'));
  await whileKeyIs({ since: new Date(Date.now() + 3_600_000) }, () => refused('Key main may not sign before'));
  await refused('Key main may not sign before', { ...MODEL, time: new Date('2023-12-31T23:59:59Z') });
  const until = new Date(Date.now() + 60_000);
  await whileKeyIs({ until }, () => refused('Key main expired on', { ...MODEL, time: until }));
});

test('limits are obeyed before anything is signed', async () => {
  const constraints = [{ headers: { type: 'model', model: 'kiosk-.*' } }];
  await whileKeyIs({ constraints }, async () => {
    await refused('The store limits what key main may sign, and this model is not among it');
    await withSigner(ctx, 'main', { ...MODEL, headers: { type: 'model', model: 'kiosk-two' } }, sign);
    await refused('from a digest nobody can tell', { purpose: 'digest', subject: 'a digest' });
  });
});

test('a key that is kept offline signs elsewhere', async () => {
  await whileKeyIs({ custody: 'offline', sealed: null }, () => refused('Key main is kept offline'));
});

const HSM = { name: 'hsm', module: '/usr/lib/module.so', token: 'acme', pinFile: '/etc/pin' };

test('a key in a token is asked there, by its label, and what it signs verifies', async () => {
  await brands.db.update(brand).set({ signers: [HSM] }).where(eq(brand.id, ctx.brand.id));
  const openSigner = vi.fn<OpenSigner>(async () => localSigner(key));
  await whileKeyIs({ custody: 'external', sealed: null, signer: 'hsm', signerLabel: 'main key' }, async () => {
    const headers = { type: 'account-key-request', 'account-id': 'acme-account', name: 'main', 'public-key-sha3-384': key.keyId, since: '2024-01-01T00:00:00Z' };
    const signed = await withSigner({ ...ctx, openSigner }, 'main', { ...MODEL, headers }, (signer) => signAssertion({ headers, body: utf8(key.encodedPublicKey), key: signer, time: new Date() }));
    expect(signed.signKeyId).toBe(key.keyId);
    expect(openSigner).toHaveBeenCalledExactlyOnceWith(HSM, 'main key');

    const swapped: OpenSigner = async () => localSigner(sharedKey(1));
    const before = await brands.db.$count(keyUse);
    await expect(withSigner({ ...ctx, openSigner: swapped }, 'main', MODEL, sign)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('another key') as string });
    expect(await brands.db.$count(keyUse)).toBe(before);
    await refused('No signer hsm is configured');
  });
});

test('a token that the configuration names no more is not asked', async () => {
  await brands.db.update(brand).set({ signers: [] }).where(eq(brand.id, ctx.brand.id));
  const openSigner = vi.fn<OpenSigner>(async () => localSigner(key));
  await whileKeyIs({ custody: 'external', sealed: null, signer: 'hsm', signerLabel: 'main key' }, async () => {
    await expect(withSigner({ ...ctx, openSigner }, 'main', MODEL, sign)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('No signer hsm') as string });
  });
  expect(openSigner).not.toHaveBeenCalled();
});

test('a retired key signs nothing at all', async () => {
  await retireKey(ctx, 'main');
  await refused('Key main is retired');
  await refused('Key main is retired', { purpose: 'request', subject: 'x' });
});
