import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import { isAccountId } from '@/lib/snap/names';
import { fromBase64, fromUtf8, toBase64, utf8 } from '@/lib/bytes';
import { AppError } from '@/lib/errors';
import type { Authority } from './authority';
import { EMBEDDED_AUTHORITY } from './authority';
import { openShelf } from './shelf';
import { ifMissing, readIfThere, writeAtomically } from './store-dir';
import type { StoreDir } from './store-dir';

/** A publisher account of the embedded store: a brand. */
export type StoreAccount = { id: string; displayName: string };

/** Gives each account its assertion and its credentials; those that have them keep them. */
export async function ensureAccounts(dir: StoreDir, authority: Authority, accounts: StoreAccount[]): Promise<void> {
  for (const account of accounts) {
    await ensureAccount(dir, authority, account);
    if (!(await readIfThere(dir.credentialsFile(account.id)))) await writeAtomically(dir.credentialsFile(account.id), newCredentials(), 0o600);
  }
}

/** The account alone, for publishers that never log in. */
export async function ensureAccount(dir: StoreDir, authority: Authority, { id, displayName }: StoreAccount): Promise<void> {
  if (!isAccountId(id)) throw new AppError('invalid', `"${id}" cannot be an account id: use 2 to 28 lower-case letters, digits and hyphens.`);
  if (id === 'canonical') throw new AppError('invalid', 'The embedded store cannot have the account canonical, which is trusted already. Choose another.');
  const shelf = openShelf(dir);
  if (id === EMBEDDED_AUTHORITY || (await shelf.get('account', [id]))) return;
  await shelf.put(await authority.issue({ type: 'account', 'account-id': id, 'display-name': displayName, username: id, validation: 'unproven' }));
}

const credentials = z.object({ t: z.literal('macaroon'), v: z.string().min(40) });

const newCredentials = () => toBase64(utf8(JSON.stringify({ t: 'macaroon', v: randomBytes(32).toString('base64url') })));

/** The account that an Authorization header belongs to. Files are read anew, since another process may add accounts. */
export async function findAccount(dir: StoreDir, authorization: string | undefined): Promise<string | undefined> {
  const given = /^Macaroon (\S+)$/.exec(authorization ?? '')?.[1];
  if (given === undefined) return undefined;
  const ids = ((await readdir(dir.credentials).catch(ifMissing)) ?? []).filter(isAccountId);
  for (const id of ids) {
    const file = await readIfThere(dir.credentialsFile(id));
    const bytes = file && fromBase64((fromUtf8(file) ?? '').trim());
    if (bytes && sameSecret(credentials.parse(JSON.parse(fromUtf8(bytes) ?? '')).v, given)) return id;
  }
  return undefined;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const sameSecret = (a: string, b: string) => timingSafeEqual(sha256(a), sha256(b));
