import { inject } from 'vitest';
import type { DraftHeaders } from '@/lib/api/models';
import type { Assertion } from '@/lib/assertion/assertion';
import { utf8 } from '@/lib/bytes';
import { signAssertion } from '@/lib/keys/sign';
import { importSigningKey } from '@/lib/keys/signing-key';
import type { SigningKey } from '@/lib/keys/signing-key';
import type { Ctx } from '../context';
import { keepKey, recordAccountKey } from '../keys';
import { createModel } from '../models';
import { signModel } from '../signatures';

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

/** What a store answers when it registered the key; its own signatures are by another key of the run and of no further interest here. */
export async function chainFor(ctx: Ctx, key: SigningKey, validity: Validity = {}): Promise<Assertion[]> {
  const store = sharedKey(1);
  const time = new Date('2024-01-01T00:00:00Z');
  const accountId = validity.accountId ?? ctx.brand.accountId;
  const account = { type: 'account', 'authority-id': 'store', 'account-id': accountId, 'display-name': ctx.brand.name, validation: 'unproven', timestamp: '2024-01-01T00:00:00Z' };
  const accountKey = {
    type: 'account-key',
    ...(validity.constraints === undefined ? {} : { format: '1', constraints: validity.constraints }),
    'authority-id': 'store',
    'public-key-sha3-384': key.keyId,
    'account-id': accountId,
    name: validity.name ?? 'main',
    since: validity.since ?? '2024-01-01T00:00:00Z',
    ...(validity.until === undefined ? {} : { until: validity.until }),
  };
  return Promise.all([signAssertion({ headers: accountKey, body: utf8(key.encodedPublicKey), key: store, time }), signAssertion({ headers: account, key: store, time })]);
}

/** A key that may sign. */
export async function registerKey(ctx: Ctx, name = 'main', more: Validity & { which?: number; production?: boolean } = {}): Promise<SigningKey> {
  const key = sharedKey(more.which);
  await keepKey(ctx, name, key);
  await recordAccountKey(ctx, name, await chainFor(ctx, key, { name, ...more }), { production: more.production ?? false });
  return key;
}

/** A model of one signed version; the brand's key has to be there. */
export async function signedModel(ctx: Ctx, name = 'kiosk') {
  await createModel(ctx, { name, headers: HEADERS, note: '' });
  return signModel(ctx, name, { version: 1 });
}
