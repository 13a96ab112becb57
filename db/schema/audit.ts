import { bigserial, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { brand } from './brands';
import { instantColumn } from './columns';
import { person } from './people';

/** Immutable: a trigger refuses update and delete. Names are kept as they were then. */
export const audit = pgTable(
  'audit',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    brandId: uuid('brand_id').notNull().references(() => brand.id),
    at: instantColumn('at').notNull().defaultNow(),
    /** Null when no person did it: the worker, the configuration. */
    actorId: uuid('actor_id').references(() => person.id),
    actorName: text('actor_name').notNull(),
    actorEmail: text('actor_email'),
    action: text('action').notNull(),
    sentence: text('sentence').notNull(),
    subjectType: text('subject_type').notNull(),
    subjectName: text('subject_name').notNull(),
    address: text('address').notNull(),
    requestId: text('request_id').notNull(),
    details: jsonb('details').$type<Record<string, unknown>>().notNull(),
  },
  (t) => [index('audit_page').on(t.brandId, t.id.desc()), index('audit_action').on(t.brandId, t.action, t.id.desc())],
);
