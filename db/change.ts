import { whyNot, whyNotToken } from '@/lib/access';
import type { Verb } from '@/lib/access';
import { AppError } from '@/lib/errors';
import type { Actor, Ctx, Database } from './context';
import { audit } from './schema/audit';
import { storable, storableJson } from './text';

export type AuditEntry = {
  /** `noun.verb`. */
  action: string;
  /** Without the actor: "signed model kiosk version 3 as revision 1". */
  sentence: string;
  subject: { type: string; name: string };
  details?: Record<string, unknown>;
};

/** Throws AppError `forbidden` with the reason unless the actor's role allows the verb, and so does the API token that acts for them, if one does. */
export function assertMay({ role, actor }: Pick<Ctx, 'role' | 'actor'>, verb: Verb): void {
  const reason = whyNot(role, verb) ?? (actor.token && whyNotToken(actor.token, verb));
  if (reason !== undefined) throw new AppError('forbidden', reason);
}

/**
 * The one way of writing on a person's behalf: the right, one transaction, the change, its audit row.
 * A change that notes nothing is a bug and is rolled back.
 */
export async function change<T>(ctx: Ctx, verb: Verb, run: (tx: Database, note: (entry: AuditEntry) => Promise<void>) => Promise<T>): Promise<T> {
  assertMay(ctx, verb);
  return ctx.db.transaction(async (tx) => {
    let noted = false;
    const result = await run(tx, async (entry) => {
      await recordAudit(tx, ctx.brand.id, ctx.actor, entry);
      noted = true;
    });
    if (!noted) throw new Error(`a change under ${verb} wrote no audit row`);
    return result;
  });
}

/** Inside the transaction of the change. */
export async function recordAudit(tx: Database, brandId: string, actor: Omit<Actor, 'userId'> & { userId: string | null }, entry: AuditEntry): Promise<void> {
  await tx.insert(audit).values({
    brandId,
    actorId: actor.userId,
    actorName: storable(actor.name),
    actorEmail: actor.email === null ? null : storable(actor.email),
    action: entry.action,
    sentence: storable(actor.token ? `${entry.sentence}, by API token ${actor.token.name}` : entry.sentence),
    subjectType: entry.subject.type,
    subjectName: storable(entry.subject.name),
    address: storable(actor.address),
    requestId: storable(actor.requestId),
    details: storableJson({ ...entry.details, ...(actor.token ? { token: { id: actor.token.id, name: actor.token.name } } : {}) }),
  });
}

/** Changes that no person asked for just now. */
export const machine = (name: string): Omit<Actor, 'userId'> & { userId: null } => ({ userId: null, name, email: null, address: '', requestId: '' });
