import { z } from 'zod';
import { instant, listQuery } from './common';
import { ROLES } from '../access';

export const brandRef = z.object({ slug: z.string(), name: z.string(), accountId: z.string() });
export type BrandRef = z.infer<typeof brandRef>;

export const membership = brandRef.extend({
  role: z.enum(ROLES),
  /** Why: the group of the identity provider that grants it. */
  via: z.string(),
});
export type Membership = z.infer<typeof membership>;

export const me = z.object({ name: z.string(), email: z.string().nullable(), brands: z.array(membership) });
export type Me = z.infer<typeof me>;

export const member = z.object({ name: z.string(), email: z.string().nullable(), role: z.enum(ROLES), via: z.string(), lastSeenAt: instant.nullable() });
export type Member = z.infer<typeof member>;

/** `groups`: which groups of the identity provider give which role, so that a team knows whom to ask. */
export const team = z.object({ members: z.array(member), groups: z.array(z.object({ group: z.string(), role: z.enum(ROLES) })) });
export type Team = z.infer<typeof team>;

export const auditRow = z.object({
  id: z.string(),
  at: instant,
  actor: z.object({ name: z.string(), email: z.string().nullable() }),
  /** `noun.verb`, such as `model.sign`. */
  action: z.string(),
  /** The row as a sentence without the actor: "signed model kiosk version 3 as revision 1". */
  sentence: z.string(),
  subject: z.object({ type: z.string(), name: z.string() }),
  address: z.string(),
  requestId: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type AuditRow = z.infer<typeof auditRow>;

export const auditQuery = listQuery.extend({
  action: z.string().max(60).optional(),
  actor: z.string().max(200).optional(),
});

export const overview = z.object({
  checklist: z.object({ keyReady: z.boolean(), modelSigned: z.boolean(), imageBuilt: z.boolean(), linkShared: z.boolean() }),
  counts: z.object({ models: z.number().int(), keys: z.number().int(), builds: z.number().int() }),
  keysExpiring: z.array(z.object({ name: z.string(), until: instant })),
});
export type Overview = z.infer<typeof overview>;
