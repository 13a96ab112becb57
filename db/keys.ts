import { and, eq, sql } from 'drizzle-orm';
import { keyName } from '@/lib/api/keys';
import type { KeyView } from '@/lib/api/keys';
import { AppError } from '@/lib/errors';
import { generateSigningKey } from '@/lib/keys/generate';
import { sealPrivateKey } from '@/lib/keys/seal';
import type { SigningKey } from '@/lib/keys/signing-key';
import { assertMay, change } from './change';
import type { AuditEntry } from './change';
import type { Ctx, Database } from './context';
import { readKey, readKeys, requireKey } from './key-rows';
import { masterKey } from './master-key';
import { signingKey } from './schema/keys';
import { violates } from './violations';

/** Newest first. */
export async function listKeys(ctx: Ctx): Promise<KeyView[]> {
  assertMay(ctx, 'brand.read');
  return readKeys(ctx.db, ctx.brand.id);
}

export async function getKey(ctx: Ctx, name: string): Promise<KeyView> {
  assertMay(ctx, 'brand.read');
  return readKey(ctx, ctx.db, name);
}

/** A new RSA-4096 key, seconds of work off the event loop; its private half is kept sealed. Throws AppError `invalid` when the name is taken. */
export async function createKey(ctx: Ctx, { name }: { name: string }): Promise<KeyView> {
  assertMay(ctx, 'key.create');
  await requireFreeName(ctx, name);
  return keepKey(ctx, name, await generateSigningKey());
}

/** Throws AppError `invalid` for what is no name of a key, or another key's in the brand. */
export async function requireFreeName(ctx: Ctx, name: string): Promise<void> {
  const named = keyName.safeParse(name);
  if (!named.success) throw refusedName(named.error.issues[0]!.message);
  const [taken] = await ctx.db.select({ id: signingKey.id }).from(signingKey).where(and(eq(signingKey.brandId, ctx.brand.id), eq(signingKey.name, name)));
  if (taken) throw nameTaken(name);
}

/** The key as a draft of the brand's; `how` it came, as a sentence of its audit row. */
export async function keepKey(ctx: Ctx, name: string, key: SigningKey, how: Pick<AuditEntry, 'action' | 'sentence'> = { action: 'key.create', sentence: `created key ${name}` }): Promise<KeyView> {
  const sealed = sealPrivateKey({ key, brandId: ctx.brand.id, masterKey: await masterKey() });
  return keepNewKey(ctx, { name, keyId: key.keyId, bits: key.bits, publicKey: key.encodedPublicKey, custody: 'sealed', sealed }, how);
}

type NewKey = Omit<typeof signingKey.$inferInsert, 'brandId' | 'createdBy' | 'state'>;

/** A key as a draft, wherever its private half is. Throws AppError `invalid` when name or key id are taken. */
export async function keepNewKey(ctx: Ctx, key: NewKey, how: Pick<AuditEntry, 'action' | 'sentence'>): Promise<KeyView> {
  return change(ctx, 'key.create', async (tx, note) => {
    await requireUnknown(ctx, tx, key.keyId);
    await tx
      .insert(signingKey)
      .values({ ...key, brandId: ctx.brand.id, createdBy: ctx.actor.userId })
      .catch((error: unknown) => {
        throw violates(error, 'signing_key_brand_name') ? nameTaken(key.name, error) : violates(error, 'signing_key_key_id_unique') ? keyElsewhere(error) : error;
      });
    await note({ ...how, subject: { type: 'key', name: key.name }, details: { keyId: key.keyId, bits: key.bits, custody: key.custody ?? 'sealed' } });
    return readKey(ctx, tx, key.name);
  });
}

async function requireUnknown(ctx: Ctx, tx: Database, keyId: string): Promise<void> {
  const [known] = await tx.select({ name: signingKey.name }).from(signingKey).where(and(eq(signingKey.brandId, ctx.brand.id), eq(signingKey.keyId, keyId)));
  if (known) throw refusedKey(`This key is here already, as ${known.name}.`);
}

const refused = (path: string, code: string, message: string, cause?: unknown) => new AppError('invalid', message, { problems: [{ path, code, message }], cause });
const refusedName = (message: string, cause?: unknown) => refused('name', 'key-name', message, cause);
const refusedKey = (message: string, cause?: unknown) => refused('', 'key-known', message, cause);
// snapd asserts/account_key.go: an account has no two keys of one name, retired ones included.
const nameTaken = (name: string, cause?: unknown) => refusedName(`There is a key ${name} already, and an account has no two of one name. Choose another, such as one with the year.`, cause);
// Whose, only they may know. Who asks holds the private half, so that the refusal tells them nothing that they could use.
const keyElsewhere = (cause: unknown) => refusedKey('This key cannot be taken in: it is in use already. Make one that nobody else has.', cause);

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
