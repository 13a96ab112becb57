import { eq, sql } from 'drizzle-orm';
import type { KeyView } from '@/lib/api/keys';
import type { Assertion } from '@/lib/assertion/assertion';
import { encodeAssertion, encodeStream } from '@/lib/assertion/encode';
import { fromUtf8 } from '@/lib/bytes';
import { AppError } from '@/lib/errors';
import { makeAccountKeyRequest } from '@/lib/keys/account-key-request';
import { validityOf } from '@/lib/trust/check-chain';
import { AssertionDatabase } from '@/lib/trust/database';
import type { TrustAnchors } from '@/lib/trust/types';
import { assertMay, change } from './change';
import type { Ctx } from './context';
import { readKey, requireKey } from './key-rows';
import type { KeyRow } from './key-rows';
import { requireNotRetired } from './key-rules';
import { signingKey } from './schema/keys';
import { withSigner } from './signer';
import { storable } from './text';

/**
 * The self-signed account-key-request that the store registers it by; of an offline key the one that it was enrolled with. The key is `registering` from here on.
 * Throws AppError `conflict` for a key that is registered or retired.
 */
export async function requestForKey(ctx: Ctx, name: string): Promise<string> {
  return change(ctx, 'key.register', async (tx, note) => {
    const row = await requireKey(ctx, tx, name, true);
    requireNotRetired(row);
    if (row.state === 'registered') throw new AppError('conflict', `Key ${name} is registered already.`);
    const request = row.custody === 'offline' ? row.request : await makeRequest({ ...ctx, db: tx }, name);
    if (request === null) throw new AppError('conflict', `Key ${name} is kept offline, and its account-key-request is not here. Export it with snap export-key, and register it from there.`);
    await tx.update(signingKey).set({ state: 'registering', request, problem: null }).where(eq(signingKey.id, row.id));
    await note({ action: 'key.request', sentence: `asked to register key ${name}`, subject: { type: 'key', name }, details: { keyId: row.keyId } });
    return request;
  });
}

async function makeRequest(ctx: Ctx, name: string): Promise<string> {
  const now = new Date();
  const request = await withSigner(ctx, name, { purpose: 'request', subject: `the request to register key ${name}` }, (key) => makeAccountKeyRequest({ accountId: ctx.brand.accountId, name, since: now, key, time: now }));
  return textOf(encodeAssertion(request));
}

const textOf = (bytes: Uint8Array): string => fromUtf8(bytes)!;

/** The request as it was made last, to be handed to the store by hand. Throws AppError `not-found` when none was. */
export async function getKeyRequest(ctx: Ctx, name: string): Promise<string> {
  assertMay(ctx, 'brand.read');
  const { request } = await requireKey(ctx, ctx.db, name);
  if (request === null) throw new AppError('not-found', `No request to register key ${name} of ${ctx.brand.name} was made yet.`);
  return request;
}

/**
 * Keeps what the store answered: the account-key, the account and what they are verified with, once they hold up to one of `anchors`.
 * Throws AppError `invalid` when they do not, or are another key's or account's.
 */
export async function recordAccountKey(ctx: Ctx, name: string, chain: Assertion[], anchors: TrustAnchors): Promise<KeyView> {
  return change(ctx, 'key.register', async (tx, note) => {
    const row = await requireKey(ctx, tx, name, true);
    requireNotRetired(row);
    const { accountKey, production } = verifiedKey(ctx, row, chain, anchors);
    const { since, until } = validityOf(accountKey);
    // Rounded inwards to the millisecond: what is kept lies within what the store said.
    const validity = { since: new Date(Number((since + 999_999n) / 1_000_000n)), until: until === undefined ? null : new Date(Number(until / 1_000_000n)) };
    const facts = { ...validity, constraints: accountKey.headers.constraints ?? null, chain: textOf(encodeStream(chain)), production, problem: null };
    await tx
      .update(signingKey)
      .set({ state: 'registered', ...facts, registeredAt: sql`coalesce(${signingKey.registeredAt}, now())` })
      .where(eq(signingKey.id, row.id));
    const details = { keyId: row.keyId, since: validity.since.toISOString(), until: validity.until?.toISOString() ?? null, constraints: facts.constraints, production };
    await note({ action: 'key.register', sentence: row.state === 'registered' ? `took the store’s newest word on key ${name}` : `registered key ${name}`, subject: { type: 'key', name }, details });
    return readKey(ctx, tx, name);
  });
}

function verifiedKey(ctx: Ctx, { name, keyId }: KeyRow, chain: Assertion[], anchors: TrustAnchors): { accountKey: Assertion; production: boolean } {
  const refuse = (why: string): never => {
    throw new AppError('invalid', `The store's answer about key ${name} cannot be used: ${why}`);
  };
  const accountKey = chain.find((a) => a.type === 'account-key' && a.primaryKey[0] === keyId) ?? refuse('its account-key is missing.');
  const account = chain.find((a) => a.type === 'account' && a.primaryKey[0] === ctx.brand.accountId) ?? refuse(`the account ${ctx.brand.accountId} is missing.`);
  if (accountKey.headers['account-id'] !== ctx.brand.accountId) refuse(`the key is registered for another account than ${ctx.brand.accountId}.`);
  const known = new AssertionDatabase({ anchors, now: new Date() }).add(chain);
  for (const assertion of [accountKey, account]) {
    const verdict = known.check(assertion);
    if (!verdict.ok) refuse(verdict.broken.message);
  }
  return { accountKey, production: known.isProduction(accountKey) };
}

/** The store refused it: a key that waited is a draft again and says why. */
export const recordRegistrationProblem = (ctx: Ctx, name: string, sentence: string): Promise<KeyView> => keepProblem(ctx, name, sentence, 'draft');

/** Nobody refused it, but the store has not registered it so far: it goes on waiting and says for what. */
export const recordRegistrationWait = (ctx: Ctx, name: string, sentence: string): Promise<KeyView> => keepProblem(ctx, name, sentence, 'registering');

async function keepProblem(ctx: Ctx, name: string, sentence: string, state: 'draft' | 'registering'): Promise<KeyView> {
  return change(ctx, 'key.register', async (tx, note) => {
    const row = await requireKey(ctx, tx, name, true);
    const problem = storable(sentence).slice(0, 1000);
    await tx
      .update(signingKey)
      .set({ problem, ...(row.state === 'registering' ? { state } : {}) })
      .where(eq(signingKey.id, row.id));
    const what = state === 'draft' ? { action: 'key.refuse', sentence: `could not register key ${name}: ${problem}` } : { action: 'key.wait', sentence: `waits for the store to register key ${name}: ${problem}` };
    await note({ ...what, subject: { type: 'key', name }, details: { keyId: row.keyId } });
    return readKey(ctx, tx, name);
  });
}
