import { sql } from 'drizzle-orm';
import { boolean, check, customType, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import type { HeaderValue } from '@/lib/assertion/assertion';
import { brand } from './brands';
import { instantColumn, quoted } from './columns';
import { person } from './people';

const bytea = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: (bytes) => Buffer.from(bytes),
  fromDriver: (buffer) => new Uint8Array(buffer),
});

/** `expired` is not kept: it is a registered key past its `until`. */
export const STORED_KEY_STATES = ['draft', 'registering', 'registered', 'retired'] as const;

export const signingKey = pgTable(
  'signing_key',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    brandId: uuid('brand_id').notNull().references(() => brand.id),
    name: text('name').notNull(),
    keyId: text('key_id').notNull().unique(),
    bits: integer('bits').notNull(),
    publicKey: text('public_key').notNull(),
    /** The private half, sealed under the master key and bound to the brand and the key id. */
    sealed: bytea('sealed').notNull(),
    state: text('state', { enum: STORED_KEY_STATES }).notNull().default('draft'),
    /** From the account-key assertion. */
    since: instantColumn('since'),
    until: instantColumn('until'),
    constraints: jsonb('constraints').$type<HeaderValue>(),
    /** Account-key, account and what they need, as texts one after the other. */
    chain: text('chain'),
    production: boolean('production').notNull().default(false),
    problem: text('problem'),
    createdAt: instantColumn('created_at').notNull().defaultNow(),
    createdBy: uuid('created_by').notNull().references(() => person.id),
    registeredAt: instantColumn('registered_at'),
    retiredAt: instantColumn('retired_at'),
  },
  (t) => [
    unique('signing_key_brand_id').on(t.brandId, t.id),
    unique('signing_key_brand_name').on(t.brandId, t.name),
    check('signing_key_state', sql`${t.state} in (${sql.raw(quoted(STORED_KEY_STATES))})`),
    check('signing_key_registered', sql`${t.state} <> 'registered' or (${t.chain} is not null and ${t.since} is not null and ${t.registeredAt} is not null)`),
    check('signing_key_validity', sql`${t.until} is null or ${t.until} >= ${t.since}`),
  ],
);
