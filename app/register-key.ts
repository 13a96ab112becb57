import { setTimeout as wait } from 'node:timers/promises';
import { isAppError } from '@/lib/errors';
import type { Assertion } from '@/lib/assertion/assertion';
import type { KeyView } from '@/lib/api/keys';
import { snapStore } from '@/lib/snapstore/from-env';
import { readTrustAnchors } from '@/lib/snapstore/trust-anchors';
import { fetchChain } from '@/lib/trust/prerequisites';
import { readStoreCredentials } from '@/db/brands';
import type { Ctx } from '@/db/context';
import { getKey, recordAccountKey, recordRegistrationProblem, requestForKey } from '@/db/keys';

/** The store issues the account-key a moment after it took the request. */
const LOOKS = [0, 250, 500, 1000, 2000];

/**
 * Has the store issue the account-key of a brand's key, and keeps it with its chain. What goes wrong stands on the key and can be tried again;
 * only what is not about the store is thrown.
 */
export async function registerKey(ctx: Ctx, name: string): Promise<KeyView> {
  const request = await requestForKey(ctx, name);
  try {
    const credentials = await readStoreCredentials(ctx);
    if (credentials === undefined) return await recordRegistrationProblem(ctx, name, `No store credentials are configured for ${ctx.brand.name}, so the key cannot be registered. Whoever runs Imprint can add them.`);
    await snapStore().registerKey(request, credentials);
    const { keyId } = await getKey(ctx, name);
    const accountKey = await findAccountKey(keyId);
    if (!accountKey) return await recordRegistrationProblem(ctx, name, 'The store took the request but has not issued the account-key yet. Look again in a minute.');
    const anchors = await readTrustAnchors();
    return await recordAccountKey(ctx, name, await fetchChain([accountKey], (type, primaryKey) => snapStore().assertion(type, primaryKey), { anchors }), anchors);
  } catch (error) {
    if (!isAppError(error) || error.code === 'forbidden' || error.code === 'not-found') throw error;
    return recordRegistrationProblem(ctx, name, error.message);
  }
}

async function findAccountKey(keyId: string): Promise<Assertion | undefined> {
  for (const pause of LOOKS) {
    if (pause > 0) await wait(pause);
    const found = await snapStore().assertion('account-key', [keyId]);
    if (found) return found;
  }
  return undefined;
}
