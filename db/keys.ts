import { and, desc, eq, sql } from 'drizzle-orm';
import type { Assertion } from '@/lib/assertion/assertion';
import { encodeAssertion, encodeStream } from '@/lib/assertion/encode';
import { keyName } from '@/lib/api/keys';
import type { KeyView } from '@/lib/api/keys';
import { fromUtf8 } from '@/lib/bytes';
import { AppError } from '@/lib/errors';
import { makeAccountKeyRequest } from '@/lib/keys/account-key-request';
import { generateSigningKey } from '@/lib/keys/generate';
import { openPrivateKey, sealPrivateKey } from '@/lib/keys/seal';
import type { SigningKey } from '@/lib/keys/signing-key';
import { validityOf } from '@/lib/trust/check-chain';
import { AssertionDatabase } from '@/lib/trust/database';
import type { TrustAnchors } from '@/lib/trust/types';
import { assertMay, change } from './change';
import type { Ctx, Database } from './context';
import { masterKey } from './master-key';
import { signingKey } from './schema/keys';
import { model, signature } from './schema/models';
import { person } from './schema/people';
import { storable } from './text';
import { violates } from './violations';

export type KeyRow = typeof signingKey.$inferSelect;

/** Newest first. */
export async function listKeys(ctx: Ctx): Promise<KeyView[]> {
  assertMay(ctx, 'brand.read');
  return readKeys(ctx.db, ctx.brand.id);
}

export async function getKey(ctx: Ctx, name: string): Promise<KeyView> {
  assertMay(ctx, 'brand.read');
  return readKey(ctx, ctx.db, name);
}

async function readKey(ctx: Ctx, db: Database, name: string): Promise<KeyView> {
  const { id } = await requireKey(ctx, db, name);
  return (await readKeys(db, ctx.brand.id, id))[0]!;
}

/** The brand's key of that name, locked until the transaction ends when `lock`. Throws AppError `not-found`. */
export async function requireKey(ctx: Ctx, db: Database, name: string, lock = false): Promise<KeyRow> {
  const query = db.select().from(signingKey).where(and(eq(signingKey.brandId, ctx.brand.id), eq(signingKey.name, storable(name))));
  const [row] = await (lock ? query.for('update') : query);
  if (!row) throw new AppError('not-found', `There is no key ${name} in ${ctx.brand.name}.`);
  return row;
}

async function readKeys(db: Database, brandId: string, id?: string): Promise<KeyView[]> {
  // Named one by one: the sealed private half is read by withSigningKey alone.
  const { name, state, keyId, bits, publicKey, since, until, createdAt, registeredAt, problem, production } = signingKey;
  const rows = await db
    .select({
      ...{ name, state, keyId, bits, publicKey, since, until, createdAt, registeredAt, problem, production },
      expired: sql<boolean>`coalesce(${signingKey.until} <= now(), false)`,
      creatorName: person.name,
      creatorEmail: person.email,
      models: sql<string[]>`array(select distinct ${model.name} from ${signature} join ${model} on ${model.id} = ${signature.modelId} where ${signature.signingKeyId} = ${signingKey.id} order by 1)`,
      signatures: sql<string>`(select count(*) from ${signature} where ${signature.signingKeyId} = ${signingKey.id})`,
    })
    .from(signingKey)
    .innerJoin(person, eq(person.id, signingKey.createdBy))
    .where(and(eq(signingKey.brandId, brandId), id === undefined ? undefined : eq(signingKey.id, id)))
    .orderBy(desc(signingKey.createdAt), desc(signingKey.id));
  return rows.map((row) => ({
    name: row.name,
    state: row.state === 'registered' && row.expired ? 'expired' : row.state,
    keyId: row.keyId,
    bits: row.bits,
    publicKey: row.publicKey,
    since: row.since?.toISOString() ?? null,
    until: row.until?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    createdBy: { name: row.creatorName, email: row.creatorEmail },
    registeredAt: row.registeredAt?.toISOString() ?? null,
    problem: row.problem,
    production: row.production,
    usedBy: { models: row.models, signatures: Number(row.signatures) },
  }));
}

/** A new RSA-4096 key, seconds of work off the event loop; its private half is kept sealed. Throws AppError `invalid` when the name is taken. */
export async function createKey(ctx: Ctx, { name }: { name: string }): Promise<KeyView> {
  assertMay(ctx, 'key.create');
  const named = keyName.safeParse(name);
  if (!named.success) throw refusedName(named.error.issues[0]!.message);
  const [taken] = await ctx.db.select({ id: signingKey.id }).from(signingKey).where(and(eq(signingKey.brandId, ctx.brand.id), eq(signingKey.name, name)));
  if (taken) throw nameTaken(name);
  return keepKey(ctx, name, await generateSigningKey());
}

/** The key as a draft of the brand's. */
export async function keepKey(ctx: Ctx, name: string, key: SigningKey): Promise<KeyView> {
  const sealed = sealPrivateKey({ key, brandId: ctx.brand.id, masterKey: await masterKey() });
  return change(ctx, 'key.create', async (tx, note) => {
    await tx
      .insert(signingKey)
      .values({ brandId: ctx.brand.id, name, keyId: key.keyId, bits: key.bits, publicKey: key.encodedPublicKey, sealed, createdBy: ctx.actor.userId })
      .catch((error: unknown) => {
        throw violates(error, 'signing_key_brand_name') ? nameTaken(name, error) : error;
      });
    await note({ action: 'key.create', sentence: `created key ${name}`, subject: { type: 'key', name }, details: { keyId: key.keyId, bits: key.bits } });
    return readKey(ctx, tx, name);
  });
}

const refusedName = (message: string, cause?: unknown) => new AppError('invalid', message, { problems: [{ path: 'name', code: 'key-name', message }], cause });
// snapd asserts/account_key.go: an account has no two keys of one name, retired ones included.
const nameTaken = (name: string, cause?: unknown) => refusedName(`There is a key ${name} already, and an account has no two of one name. Choose another, such as one with the year.`, cause);

/** The only place where a private key exists in clear, and only while `work` runs: nothing gives one out. Throws AppError `conflict` for a retired key. */
export async function withSigningKey<T>(ctx: Ctx, name: string, work: (key: SigningKey) => Promise<T>): Promise<T> {
  assertMay(ctx, 'model.sign');
  const { state, sealed, keyId } = await requireKey(ctx, ctx.db, name);
  if (state === 'retired') throw retired(name);
  if (!sealed) throw new AppError('conflict', `Key ${name} is not held by Imprint, so Imprint cannot sign with it.`);
  return work(openPrivateKey({ sealed, brandId: ctx.brand.id, keyId, masterKey: await masterKey() }));
}

const retired = (name: string) => new AppError('conflict', `Key ${name} is retired and never signs again. Use another key, or create one.`);

/** The self-signed account-key-request that the store registers it by. The key is `registering` from here on. */
export async function requestForKey(ctx: Ctx, name: string): Promise<string> {
  return change(ctx, 'key.register', async (tx, note) => {
    const row = await requireKey(ctx, tx, name, true);
    if (row.state === 'retired') throw retired(name);
    if (row.state === 'registered') throw new AppError('conflict', `Key ${name} is registered already.`);
    const now = new Date();
    const request = await withSigningKey({ ...ctx, db: tx }, name, (key) => makeAccountKeyRequest({ accountId: ctx.brand.accountId, name, since: now, key, time: now }));
    await tx.update(signingKey).set({ state: 'registering', problem: null }).where(eq(signingKey.id, row.id));
    await note({ action: 'key.request', sentence: `sent key ${name} to the store to register it`, subject: { type: 'key', name }, details: { keyId: row.keyId } });
    return textOf(encodeAssertion(request));
  });
}

const textOf = (bytes: Uint8Array): string => fromUtf8(bytes)!;

/**
 * Keeps what the store answered: the account-key, the account and what they are verified with, once they hold up to one of `anchors`.
 * Throws AppError `invalid` when they do not, or are another key's or account's.
 */
export async function recordAccountKey(ctx: Ctx, name: string, chain: Assertion[], anchors: TrustAnchors): Promise<KeyView> {
  return change(ctx, 'key.register', async (tx, note) => {
    const row = await requireKey(ctx, tx, name, true);
    if (row.state === 'retired') throw retired(name);
    const { accountKey, production } = verifiedKey(ctx, row, chain, anchors);
    const { since, until } = validityOf(accountKey);
    // Rounded inwards to the millisecond: what is kept lies within what the store said.
    const validity = { since: new Date(Number((since + 999_999n) / 1_000_000n)), until: until === undefined ? null : new Date(Number(until / 1_000_000n)) };
    const facts = { ...validity, constraints: accountKey.headers.constraints ?? null, chain: textOf(encodeStream(chain)), production, problem: null };
    await tx
      .update(signingKey)
      .set({ state: 'registered', ...facts, registeredAt: sql`coalesce(${signingKey.registeredAt}, now())` })
      .where(eq(signingKey.id, row.id));
    await note({ action: 'key.register', sentence: `registered key ${name}`, subject: { type: 'key', name }, details: { keyId: row.keyId, since: validity.since.toISOString(), until: validity.until?.toISOString() ?? null, production } });
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

/** The store refused it: the key is a draft again and says why. */
export async function recordRegistrationProblem(ctx: Ctx, name: string, sentence: string): Promise<KeyView> {
  return change(ctx, 'key.register', async (tx, note) => {
    const row = await requireKey(ctx, tx, name, true);
    const problem = storable(sentence).slice(0, 1000);
    await tx
      .update(signingKey)
      .set({ problem, ...(row.state === 'registering' ? { state: 'draft' as const } : {}) })
      .where(eq(signingKey.id, row.id));
    await note({ action: 'key.refuse', sentence: `could not register key ${name}: ${problem}`, subject: { type: 'key', name }, details: { keyId: row.keyId } });
    return readKey(ctx, tx, name);
  });
}

/** It never signs again; what it signed stays valid. */
export async function retireKey(ctx: Ctx, name: string): Promise<KeyView> {
  return change(ctx, 'key.retire', async (tx, note) => {
    const row = await requireKey(ctx, tx, name, true);
    if (row.state === 'retired') throw new AppError('conflict', `Key ${name} is retired already.`);
    await tx.update(signingKey).set({ state: 'retired', retiredAt: sql`now()`, problem: null }).where(eq(signingKey.id, row.id));
    await note({ action: 'key.retire', sentence: `retired key ${name}`, subject: { type: 'key', name }, details: { keyId: row.keyId } });
    return readKey(ctx, tx, name);
  });
}
