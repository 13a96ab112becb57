import { and, desc, eq, ilike, lt, or } from 'drizzle-orm';
import { z } from 'zod';
import type { ListQuery, Page } from '@/lib/api/common';
import type { AuditRow } from '@/lib/api/people';
import { assertMay } from './change';
import type { Ctx } from './context';
import { readCursor, toPage } from './paging';
import { audit } from './schema/audit';
import { likeLiteral, storable } from './text';

export type AuditQuery = ListQuery & { /** Exactly, such as `model.sign`. */ action?: string; /** Part of a name or e-mail address. */ actor?: string };

/** Newest first. */
export async function listAudit(ctx: Ctx, query: AuditQuery): Promise<Page<AuditRow>> {
  assertMay(ctx, 'audit.read');
  const before = readCursor(query.after, z.number().int());
  const like = (text: string | undefined) => (text ? `%${likeLiteral(text)}%` : undefined);
  const [q, actor] = [like(query.q), like(query.actor)];
  const rows = await ctx.db
    .select()
    .from(audit)
    .where(
      and(
        eq(audit.brandId, ctx.brand.id),
        before === undefined ? undefined : lt(audit.id, before),
        query.action ? eq(audit.action, storable(query.action)) : undefined,
        actor ? or(ilike(audit.actorName, actor), ilike(audit.actorEmail, actor)) : undefined,
        q ? or(ilike(audit.sentence, q), ilike(audit.subjectName, q), ilike(audit.actorName, q), ilike(audit.actorEmail, q)) : undefined,
      ),
    )
    .orderBy(desc(audit.id))
    .limit(query.limit + 1);
  return toPage(rows, query.limit, (row) => row.id, view);
}

const view = (row: typeof audit.$inferSelect): AuditRow => ({
  id: String(row.id),
  at: row.at.toISOString(),
  actor: { name: row.actorName, email: row.actorEmail },
  action: row.action,
  sentence: row.sentence,
  subject: { type: row.subjectType, name: row.subjectName },
  address: row.address,
  requestId: row.requestId,
  details: row.details,
});
