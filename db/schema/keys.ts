import { sql } from 'drizzle-orm';
import { boolean, check, customType, foreignKey, index, integer, jsonb, pgTable, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { HeaderValue } from '@/lib/assertion/assertion';
import { brand } from './brands';
import { instantColumn, quoted } from './columns';
import { KEY_CUSTODIES, KEY_PURPOSES } from '@/lib/api/keys';
import { person } from './people';
import { apiToken } from './tokens';

const bytea = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: (bytes) => Buffer.from(bytes),
  fromDriver: (buffer) => new Uint8Array(buffer),
});

/** `expiring` and `expired` are not kept: they are a registered key near or past its `until`. */
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
    custody: text('custody', { enum: KEY_CUSTODIES }).notNull().default('sealed'),
    /** The private half, sealed under the master key and bound to the brand and the key id. */
    sealed: bytea('sealed'),
    /** Of an external key: which of the brand's signers holds it, and its label there. */
    signer: text('signer'),
    signerLabel: text('signer_label'),
    /** The key that a rotation puts in its place. */
    successorId: uuid('successor_id'),
    /** The account-key-request that the store was or is to be asked with, signed by the key itself: of an offline key the one it was enrolled with. */
    request: text('request'),
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
    foreignKey({ name: 'signing_key_successor', columns: [t.brandId, t.successorId], foreignColumns: [t.brandId, t.id] }),
    check('signing_key_other_successor', sql`${t.successorId} <> ${t.id}`),
    check('signing_key_custody', sql`${t.custody} in (${sql.raw(quoted(KEY_CUSTODIES))})`),
    check('signing_key_sealed', sql`(${t.custody} = 'sealed') = (${t.sealed} is not null)`),
    check('signing_key_external', sql`(${t.custody} = 'external') = (${t.signer} is not null and ${t.signerLabel} is not null)`),
    check('signing_key_state', sql`${t.state} in (${sql.raw(quoted(STORED_KEY_STATES))})`),
    check('signing_key_registered', sql`${t.state} <> 'registered' or (${t.chain} is not null and ${t.since} is not null and ${t.registeredAt} is not null)`),
    check('signing_key_validity', sql`${t.until} is null or ${t.until} >= ${t.since}`),
  ],
);

/** The Ed25519 keys that sign a brand's provenance: one that does, and those that did. Of a replaced one the private half is gone and the public half stays. */
export const buildKey = pgTable(
  'build_key',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    brandId: uuid('brand_id').notNull().references(() => brand.id),
    /** SHA-256 of the public half in DER. */
    keyId: text('key_id').notNull().unique(),
    /** SPKI in PEM. */
    publicKey: text('public_key').notNull(),
    /** The private half, sealed under the master key and bound to the brand and the key id. */
    sealed: bytea('sealed'),
    createdAt: instantColumn('created_at').notNull().defaultNow(),
    /** Null: made by itself, with the brand's first image. */
    createdBy: uuid('created_by').references(() => person.id),
    replacedAt: instantColumn('replaced_at'),
  },
  (t) => [
    unique('build_key_brand_id').on(t.brandId, t.id),
    uniqueIndex('build_key_current').on(t.brandId).where(sql`${t.replacedAt} is null`),
    check('build_key_key_id', sql`${t.keyId} ~ '^[0-9a-f]{64}$'`),
    check('build_key_sealed', sql`(${t.replacedAt} is null) = (${t.sealed} is not null)`),
  ],
);

/** Every use of a key, one row a use, in the transaction of what it was used for. Immutable: a trigger refuses update and delete. */
export const keyUse = pgTable(
  'key_use',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    brandId: uuid('brand_id').notNull(),
    signingKeyId: uuid('signing_key_id').notNull(),
    at: instantColumn('at').notNull().defaultNow(),
    purpose: text('purpose', { enum: KEY_PURPOSES }).notNull(),
    /** What came of it, as the rest of a sentence: "model kiosk revision 3". */
    subject: text('subject').notNull(),
    /** SHA-512 of what was signed, lower-case hexadecimal; null where nothing was signed. */
    digest: text('digest'),
    actorId: uuid('actor_id').notNull().references(() => person.id),
    tokenId: uuid('token_id'),
    address: text('address').notNull(),
    requestId: text('request_id').notNull(),
  },
  (t) => [
    foreignKey({ name: 'key_use_key', columns: [t.brandId, t.signingKeyId], foreignColumns: [signingKey.brandId, signingKey.id] }),
    foreignKey({ name: 'key_use_token', columns: [t.brandId, t.tokenId], foreignColumns: [apiToken.brandId, apiToken.id] }),
    index('key_use_page').on(t.signingKeyId, t.at.desc(), t.id.desc()),
    check('key_use_purpose', sql`${t.purpose} in (${sql.raw(quoted(KEY_PURPOSES))})`),
    check('key_use_digest', sql`${t.digest} ~ '^[0-9a-f]{128}$'`),
  ],
);
