import { createHash, verify } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromBase64, toBase64 } from '@/lib/bytes';
import type { SigningKey } from '@/lib/keys/signing-key';
import { listAudit } from './audit';
import type { Ctx } from './context';
import { signDigest } from './digests';
import { keepKey, retireKey } from './keys';
import { keyUse, signingKey } from './schema/keys';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { registerKey, sharedKey } from './testing/models';
import { createToken } from './tokens';

const BYTES = new TextEncoder().encode('what is signed');
const SHA512 = createHash('sha512').update(BYTES).digest();
const DIGEST = toBase64(SHA512);

let brands: Brands;
let signer: Ctx;
let key: SigningKey;
beforeAll(async () => {
  brands = await twoBrands();
  signer = await brands.as('acme', 'signer');
  key = await registerKey(await brands.as('acme', 'owner'), 'main');
});
afterAll(() => brands.close());

const refused = (message: string | RegExp, name = 'main') => expect(signDigest(signer, name, DIGEST)).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(message) });
/** The key as something else for a while. */
async function whileKeyIs(facts: Partial<typeof signingKey.$inferInsert>, work: () => Promise<unknown>) {
  const [before] = await brands.db.select().from(signingKey).where(eq(signingKey.keyId, key.keyId));
  const { since, until, constraints, state } = before!;
  await brands.db.update(signingKey).set(facts).where(eq(signingKey.keyId, key.keyId));
  await work();
  await brands.db.update(signingKey).set({ since, until, constraints, state }).where(eq(signingKey.keyId, key.keyId));
}

test('signs what the digest is of, and writes down that it did', async () => {
  const { signature, keyId } = await signDigest(signer, 'main', DIGEST);
  expect(keyId).toBe(key.keyId);
  expect(verify('sha512', BYTES, key.publicKey.object, fromBase64(signature)!)).toBe(true);
  const [row] = (await listAudit(await brands.as('acme', 'owner'), { limit: 1 })).items;
  expect(row).toMatchObject({ action: 'key.sign', sentence: 'signed a digest with key main', subject: { type: 'key', name: 'main' }, details: { sha512: SHA512.toString('hex') } });
  const uses = await brands.db.select().from(keyUse);
  expect(uses).toMatchObject([{ purpose: 'digest', digest: SHA512.toString('hex'), actorId: signer.actor.userId, tokenId: null }]);
});

test('by a token names the token in both logs', async () => {
  const { token } = await createToken(signer, { name: 'laptop', scopes: ['sign'], expiresInDays: 1 });
  await signDigest({ ...signer, actor: { ...signer.actor, token } }, 'main', DIGEST);
  expect((await listAudit(await brands.as('acme', 'owner'), { limit: 1 })).items[0]!.sentence).toBe('signed a digest with key main, by API token laptop');
  expect((await brands.db.select().from(keyUse)).map(({ tokenId }) => tokenId)).toContain(token.id);
});

test('by a token without the scope is forbidden', async () => {
  const token = { id: '', name: 'ci', scopes: ['read', 'edit', 'build', 'share'] as const };
  await expect(signDigest({ ...signer, actor: { ...signer.actor, token } }, 'main', DIGEST)).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('needs the scope sign') });
});

test('obeys the state and the dates of the key, and its limits, and writes nothing', async () => {
  const before = await brands.db.$count(keyUse);
  await keepKey(await brands.as('acme', 'owner'), 'draft', sharedKey(1));
  await refused('Key draft is not registered yet', 'draft');
  const past = new Date('2025-01-01T00:00:00Z');
  await whileKeyIs({ until: past }, () => refused('Key main expired on 2025-01-01'));
  await whileKeyIs({ since: new Date(Date.now() + 3_600_000) }, () => refused(/^Key main may not sign before /));
  await whileKeyIs({ constraints: [{ headers: { type: 'model' } }] }, () => refused('The store limits what key main may sign'));
  await signDigest(signer, 'main', DIGEST);
  await retireKey(await brands.as('acme', 'owner'), 'main');
  await refused('Key main is retired');
  expect(await brands.db.$count(keyUse)).toBe(before + 1);
});

test('takes nothing but a SHA-512', async () => {
  for (const digest of ['', '!', toBase64(SHA512.subarray(1)), toBase64(Buffer.alloc(65))]) await expect(signDigest(signer, 'main', digest)).rejects.toThrow();
});
