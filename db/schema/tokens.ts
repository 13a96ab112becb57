import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { SCOPES } from '@/lib/access';
import { brand } from './brands';
import { instantColumn, quoted } from './columns';
import { person } from './people';

/** Acts as its person in one brand, within its scopes: what the person may no longer do, the token may not either. */
export const apiToken = pgTable(
  'api_token',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    brandId: uuid('brand_id').notNull().references(() => brand.id),
    personId: uuid('person_id').notNull().references(() => person.id),
    name: text('name').notNull(),
    /** SHA-256 of the token, lower-case hexadecimal; the token itself is shown once and kept nowhere. */
    hash: text('hash').notNull().unique(),
    scopes: text('scopes', { enum: SCOPES }).array().notNull(),
    createdAt: instantColumn('created_at').notNull().defaultNow(),
    expiresAt: instantColumn('expires_at').notNull(),
    lastUsedAt: instantColumn('last_used_at'),
    lastUsedAddress: text('last_used_address'),
    revokedAt: instantColumn('revoked_at'),
    revokedBy: uuid('revoked_by').references(() => person.id),
  },
  (t) => [
    unique('api_token_brand_id').on(t.brandId, t.id),
    index('api_token_person').on(t.personId),
    check('api_token_hash', sql`${t.hash} ~ '^[0-9a-f]{64}$'`),
    check('api_token_scopes', sql`${t.scopes} <@ array[${sql.raw(quoted(SCOPES))}]::text[] and cardinality(${t.scopes}) > 0`),
  ],
);
