import { eq } from 'drizzle-orm';
import { inject } from 'vitest';
import type { DraftHeaders } from '@/lib/api/models';
import type { Assertion } from '@/lib/assertion/assertion';
import { utf8 } from '@/lib/bytes';
import { signAssertion } from '@/lib/keys/sign';
import { importSigningKey } from '@/lib/keys/signing-key';
import type { SigningKey } from '@/lib/keys/signing-key';
import { trustAnchors } from '@/lib/trust/anchors';
import type { TrustAnchors } from '@/lib/trust/types';
import type { Ctx } from '../context';
import { recordAccountKey } from '../key-registration';
import { keepKey } from '../keys';
import { createModel } from '../models';
import { signingKey } from '../schema/keys';
import { signModel } from '../signatures';
import { twoBrands, type Brands } from './brands';

/** A UC24 model without problems. */
export const HEADERS: DraftHeaders = {
  'display-name': 'Acme Kiosk',
  architecture: 'amd64',
  base: 'core24',
  grade: 'dangerous',
  snaps: [
    { name: 'pc', type: 'gadget', 'default-channel': '24/stable', id: 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH' },
    { name: 'pc-kernel', type: 'kernel', 'default-channel': '24/stable', id: 'pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza' },
    { name: 'core24', type: 'base', 'default-channel': 'latest/stable', id: 'dwTAh7MZZ01zyriOZErqd1JynQLiOGvM' },
    { name: 'snapd', type: 'snapd', 'default-channel': 'latest/stable', id: 'PMrrV4ml8uWuEUDBT8dSGnKUYbevVhc4' },
  ],
};

/** `which` of the run's shared keys: a key id exists once in a database. */
export const sharedKey = (which = 0): SigningKey => importSigningKey(inject('signingKeys')[which]!);

export type Validity = { since?: string; until?: string; constraints?: Assertion['headers'][string]; name?: string; accountId?: string };

const STORE = 'test-store';
const STORE_KEY = 2;
const TIME = new Date('2024-01-01T00:00:00Z');
const statement = (headers: Assertion['headers'], body?: Uint8Array) => signAssertion({ headers: { 'authority-id': STORE, ...headers }, ...(body && { body }), key: sharedKey(STORE_KEY), time: TIME });
const accountOf = (id: string) => statement({ type: 'account', 'account-id': id, 'display-name': id, validation: 'unproven', timestamp: '2024-01-01T00:00:00Z' });
const keyOf = (id: string, key: SigningKey, { since, until, name, constraints }: Validity) =>
  statement(
    {
      type: 'account-key',
      'public-key-sha3-384': key.keyId,
      'account-id': id,
      name: name ?? 'main',
      since: since ?? '2024-01-01T00:00:00Z',
      ...(until === undefined ? {} : { until }),
      ...(constraints === undefined ? {} : { format: '1', constraints }),
    },
    utf8(key.encodedPublicKey),
  );

/** The root of the store of these tests, which the run's third key is. */
export const testAnchors = async (): Promise<TrustAnchors> => trustAnchors([await accountOf(STORE), await keyOf(STORE, sharedKey(STORE_KEY), { name: 'root' })]);

/** What that store answers when it registered the key. */
export async function chainFor(ctx: Ctx, key: SigningKey, validity: Validity = {}): Promise<Assertion[]> {
  const accountId = validity.accountId ?? ctx.brand.accountId;
  return Promise.all([keyOf(accountId, key, validity), accountOf(accountId)]);
}

/** A key that may sign; past its `until` already when `expired`. */
export async function registerKey(ctx: Ctx, name = 'main', more: Validity & { which?: number; expired?: boolean } = {}): Promise<SigningKey> {
  const key = sharedKey(more.which);
  await keepKey(ctx, name, key);
  await recordAccountKey(ctx, name, await chainFor(ctx, key, { name, ...more }), await testAnchors());
  if (more.expired) await ctx.db.update(signingKey).set({ until: new Date('2025-01-01T00:00:00Z') }).where(eq(signingKey.keyId, key.keyId));
  return key;
}

/** A model of one signed version; the brand's key has to be there. */
export async function signedModel(ctx: Ctx, name = 'kiosk') {
  await createModel(ctx, { name, headers: HEADERS, note: '' });
  return signModel(ctx, name, { version: 1 });
}

/** Two brands, each with an owner, a key and a signed model `kiosk`. */
export async function twoBrandsWithModels(): Promise<{ brands: Brands; ctx: Ctx; globex: Ctx }> {
  const brands = await twoBrands();
  const ctx = await brands.as('acme', 'owner');
  const globex = await brands.as('globex', 'owner');
  await registerKey(ctx, 'main');
  await registerKey(globex, 'main', { which: 1 });
  await signedModel(ctx, 'kiosk');
  await signedModel(globex, 'kiosk');
  return { brands, ctx, globex };
}
