/** What crosses the wire. Routes parse and answer with these shapes, pages read them, and the OpenAPI document is made from them. */
import { z } from 'zod';

/** RFC 3339 in UTC. */
export const instant = z.iso.datetime({ offset: true });
export const sizeBytes = z.number().int().nonnegative();
/** Lower-case hexadecimal. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const personRef = z.object({ name: z.string(), email: z.string().nullable() });
export type PersonRef = z.infer<typeof personRef>;

export const severity = z.enum(['error', 'warning', 'info']);
export const problem = z.object({
  path: z.string(),
  code: z.string(),
  message: z.string(),
  severity: severity.optional(),
  fix: z.object({ label: z.string(), op: z.enum(['set', 'append', 'remove']), path: z.string(), value: z.unknown().optional() }).optional(),
});

/** Every refusal and failure of the API has this body. */
export const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    requestId: z.string(),
    problems: z.array(problem),
    details: z.record(z.string(), z.unknown()),
  }),
});
export type ErrorBody = z.infer<typeof errorBody>;

/** Keyset paging: `next` is given back as `after`; null on the last page. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });
export type Page<T> = { items: T[]; next: string | null };

export const listQuery = z.strictObject({
  q: z.string().max(200).optional(),
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ListQuery = z.infer<typeof listQuery>;
