import { setTimeout as wait } from 'node:timers/promises';
import { isAppError } from '@/lib/errors';
import type { Assertion } from '@/lib/assertion/assertion';
import type { KeyView } from '@/lib/api/keys';
import { snapStore } from '@/lib/snapstore/from-env';
import { readTrustAnchors } from '@/lib/snapstore/trust-anchors';
import { fetchChain } from '@/lib/trust/prerequisites';
import { readStoreCredentials } from '@/db/brands';
import { assertMay } from '@/db/change';
import type { Ctx } from '@/db/context';
import { recordAccountKey, recordRegistrationProblem, recordRegistrationWait, requestForKey } from '@/db/key-registration';
import { getKey } from '@/db/keys';

/** The store issues the account-key a moment after it took the request. */
const LOOKS = [0, 250, 500, 1000, 2000];

/**
 * Has the store issue the account-key of a brand's key, and keeps it with its chain. Without credentials for the store the request waits to be handed over by hand.
 * What goes wrong stands on the key and can be tried again; only what is not about the store is thrown.
 */
export async function registerKey(ctx: Ctx, name: string): Promise<KeyView> {
  const request = await requestForKey(ctx, name);
  try {
    const credentials = await readStoreCredentials(ctx);
    if (credentials === undefined) return await recordRegistrationWait(ctx, name, `No store credentials are configured for ${ctx.brand.name}, so somebody has to register the key by hand. Imprint finds it in the store then.`);
    await snapStore().registerKey(request, credentials);
    const { keyId } = await getKey(ctx, name);
    const accountKey = await findAccountKey(keyId, LOOKS);
    if (!accountKey) return await recordRegistrationWait(ctx, name, 'The store took the request but has not issued the account-key yet. Look again in a minute.');
    return await keepAccountKey(ctx, name, accountKey);
  } catch (error) {
    if (!isAppError(error) || error.code === 'forbidden' || error.code === 'not-found') throw error;
    return recordRegistrationProblem(ctx, name, error.message);
  }
}

/**
 * Asks the store whether it has the account-key by now, or a newer one of a key that is registered; the key as it is when it has none.
 * Throws AppError `conflict` for a retired key, `store-unreachable` and `invalid` as they come.
 */
export async function lookForKey(ctx: Ctx, name: string): Promise<KeyView> {
  assertMay(ctx, 'key.register');
  const key = await getKey(ctx, name);
  const accountKey = await findAccountKey(key.keyId, [0]);
  return accountKey ? keepAccountKey(ctx, name, accountKey) : key;
}

async function keepAccountKey(ctx: Ctx, name: string, accountKey: Assertion): Promise<KeyView> {
  const anchors = await readTrustAnchors();
  return recordAccountKey(ctx, name, await fetchChain([accountKey], (type, primaryKey) => snapStore().assertion(type, primaryKey), { anchors }), anchors);
}

async function findAccountKey(keyId: string, looks: readonly number[]): Promise<Assertion | undefined> {
  for (const pause of looks) {
    if (pause > 0) await wait(pause);
    const found = await snapStore().assertion('account-key', [keyId]);
    if (found) return found;
  }
  return undefined;
}
