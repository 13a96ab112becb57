import { encodeAssertion } from '@/lib/assertion/encode';
import { fromUtf8 } from '@/lib/bytes';
import { findAccount } from './accounts';
import type { Authority } from './authority';
import type { Catalog } from './catalog';
import { registerKey, registration } from './register-key';
import { jsonReply, Refusal } from './reply';
import type { Ask, Reply } from './reply';
import type { Shelf } from './shelf';
import type { StoreDir } from './store-dir';

type Store = { dir: StoreDir; shelf: Shelf; catalog: Catalog; authority: Authority; now: () => Date };

async function whoAsks(dir: StoreDir, ask: Ask): Promise<string> {
  const accountId = await findAccount(dir, ask.header('authorization'));
  if (accountId === undefined) throw new Refusal(401, 'macaroon-authorization-required', 'These are not the credentials of any account.');
  return accountId;
}

/** GET /dev/api/account */
export async function getAccount({ dir, shelf, catalog }: Store, ask: Ask): Promise<Reply> {
  const id = await whoAsks(dir, ask);
  const headers = (await shelf.get('account', [id]))?.headers;
  const keys = (await shelf.list('account-key')).filter((key) => key.headers['account-id'] === id);
  const accountKeys = keys.map(({ headers: { name, since, until, 'public-key-sha3-384': keyId } }) => ({ name, 'public-key-sha3-384': keyId, since, ...(until !== undefined && { until }) }));
  const own = (await catalog.list()).filter((snap) => snap.publisherId === id);
  return jsonReply(200, {
    id,
    account_id: id,
    username: headers?.['username'] ?? id,
    'display-name': headers?.['display-name'] ?? id,
    email: '',
    validation: headers?.['validation'] ?? 'unproven',
    'account-keys': accountKeys,
    account_keys: accountKeys,
    snaps: { 16: Object.fromEntries(own.map((snap) => [snap.name, { 'snap-id': snap.snapId, status: 'Approved', private: false, store: 'Global' }])) },
    stores: [],
  });
}

/** POST /dev/api/account/account-key; one at a time, so that a name is given once. */
export function createKeyRoute(store: Store): (ask: Ask) => Promise<Reply> {
  let last: Promise<unknown> = Promise.resolve();
  return async (ask) => {
    const accountId = await whoAsks(store.dir, ask);
    const body = registration.safeParse(await ask.json());
    if (!body.success) throw new Refusal(400, 'bad-request', 'The body must have an account_key_request, a text.');
    const issue = last.then(() => registerKey(store.shelf, store.authority, accountId, body.data.account_key_request, store.now()));
    last = issue.catch(() => undefined);
    const issued = await issue;
    return jsonReply(200, { public_key: issued.primaryKey[0], account_key: fromUtf8(encodeAssertion(issued)) });
  };
}
