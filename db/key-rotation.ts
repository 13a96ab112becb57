import { eq } from 'drizzle-orm';
import type { KeyRotation } from '@/lib/api/keys';
import { AppError } from '@/lib/errors';
import { assertMay, change } from './change';
import type { Ctx, Database } from './context';
import { readKey, requireKey } from './key-rows';
import type { KeyRow } from './key-rows';
import { requireNotRetired } from './key-rules';
import { newestSignatures } from './key-signatures';
import { signingKey } from './schema/keys';

/** How far the change to another key has come: who follows, and which models still have their newest signature from the old one. */
export async function getRotation(ctx: Ctx, name: string): Promise<KeyRotation> {
  assertMay(ctx, 'brand.read');
  return readRotation(ctx, ctx.db, name);
}

async function readRotation(ctx: Ctx, db: Database, name: string): Promise<KeyRotation> {
  const old = await requireKey(ctx, db, name);
  const key = await readKey(ctx, db, name);
  const models = await newestSignatures(db, old);
  return {
    key,
    successor: key.successor === null ? null : await readKey(ctx, db, key.successor),
    models: models.map(({ model, version, revision, signedAt, keyName, keyRowId }) => ({ model, version, revision, signedAt: signedAt.toISOString(), keyName, waiting: keyRowId === old.id })),
  };
}

/** Says which key follows; null takes it back. Throws AppError `conflict` when one of them is retired, or the two would follow each other. */
export async function planRotation(ctx: Ctx, name: string, successor: string | null): Promise<KeyRotation> {
  return change(ctx, 'key.retire', async (tx, note) => {
    const old = await requireKey(ctx, tx, name, true);
    requireNotRetired(old);
    const next = successor === null ? null : await requireSuccessor(ctx, tx, old, successor);
    await tx.update(signingKey).set({ successorId: next?.id ?? null }).where(eq(signingKey.id, old.id));
    const sentence = next ? `began to replace key ${name} by key ${next.name}` : `no longer replaces key ${name}`;
    await note({ action: 'key.rotate', sentence, subject: { type: 'key', name }, details: { keyId: old.keyId, successor: next?.name ?? null, successorId: next?.keyId ?? null } });
    return readRotation(ctx, tx, name);
  });
}

async function requireSuccessor(ctx: Ctx, tx: Database, old: KeyRow, name: string): Promise<KeyRow> {
  // Locked: two changes that would point at each other come one after the other.
  const next = await requireKey(ctx, tx, name, true);
  if (next.id === old.id) throw new AppError('conflict', `Key ${name} cannot follow itself. Choose another, or make a new one.`);
  if (next.state === 'retired') throw new AppError('conflict', `Key ${name} is retired and cannot follow ${old.name}. Choose another, or make a new one.`);
  for (let at: KeyRow | undefined = next; at?.successorId; [at] = await tx.select().from(signingKey).where(eq(signingKey.id, at.successorId)))
    if (at.successorId === old.id) throw new AppError('conflict', `Key ${old.name} is about to follow ${name} itself. Take that back first.`);
  return next;
}
