import { sql } from 'drizzle-orm';
import { boolean, check, foreignKey, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import type { DraftHeaders } from '@/lib/api/models';
import { brand } from './brands';
import { instantColumn } from './columns';
import { signingKey } from './keys';
import { person } from './people';

export const model = pgTable(
  'model',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    brandId: uuid('brand_id').notNull().references(() => brand.id),
    name: text('name').notNull(),
    latestVersion: integer('latest_version').notNull(),
    createdAt: instantColumn('created_at').notNull().defaultNow(),
    /** When the newest version was saved, and by whom. */
    updatedAt: instantColumn('updated_at').notNull().defaultNow(),
    updatedBy: uuid('updated_by').notNull().references(() => person.id),
  },
  (t) => [unique('model_brand_id').on(t.brandId, t.id), unique('model_brand_name').on(t.brandId, t.name), index('model_page').on(t.brandId, t.updatedAt.desc(), t.id.desc())],
);

/** Immutable: a trigger refuses update and delete. */
export const modelVersion = pgTable(
  'model_version',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    brandId: uuid('brand_id').notNull(),
    modelId: uuid('model_id').notNull(),
    number: integer('number').notNull(),
    headers: jsonb('headers').$type<DraftHeaders>().notNull(),
    note: text('note').notNull(),
    restoredFrom: integer('restored_from'),
    authorId: uuid('author_id').notNull().references(() => person.id),
    createdAt: instantColumn('created_at').notNull().defaultNow(),
  },
  (t) => [
    foreignKey({ name: 'model_version_model', columns: [t.brandId, t.modelId], foreignColumns: [model.brandId, model.id] }),
    unique('model_version_number').on(t.modelId, t.number),
    unique('model_version_brand_number').on(t.brandId, t.modelId, t.number),
    check('model_version_positive', sql`${t.number} > 0`),
    check('model_version_restored', sql`${t.restoredFrom} < ${t.number}`),
  ],
);

/** Immutable: a trigger refuses update and delete. */
export const signature = pgTable(
  'signature',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    brandId: uuid('brand_id').notNull(),
    modelId: uuid('model_id').notNull(),
    version: integer('version').notNull(),
    revision: integer('revision').notNull(),
    signingKeyId: uuid('signing_key_id').notNull(),
    timestamp: instantColumn('timestamp').notNull(),
    /** The signed assertion, byte for byte. */
    text: text('text').notNull(),
    sha3384: text('sha3_384').notNull(),
    production: boolean('production').notNull(),
    signedAt: instantColumn('signed_at').notNull().defaultNow(),
    signedBy: uuid('signed_by').notNull().references(() => person.id),
  },
  (t) => [
    foreignKey({ name: 'signature_version', columns: [t.brandId, t.modelId, t.version], foreignColumns: [modelVersion.brandId, modelVersion.modelId, modelVersion.number] }),
    foreignKey({ name: 'signature_key', columns: [t.brandId, t.signingKeyId], foreignColumns: [signingKey.brandId, signingKey.id] }),
    unique('signature_revision').on(t.modelId, t.revision),
    unique('signature_brand_model_id').on(t.brandId, t.modelId, t.id),
    index('signature_key_use').on(t.signingKeyId),
    check('signature_positive', sql`${t.revision} > 0`),
    check('signature_sha3_384', sql`${t.sha3384} ~ '^[0-9a-f]{96}$'`),
  ],
);

/** What somebody was asked to sign outside Imprint: fixed at the asking, so that what comes back is compared with it. */
export const signingRequest = pgTable(
  'signing_request',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    brandId: uuid('brand_id').notNull(),
    modelId: uuid('model_id').notNull(),
    version: integer('version').notNull(),
    revision: integer('revision').notNull(),
    signingKeyId: uuid('signing_key_id').notNull(),
    /** The `timestamp` header that is asked for. */
    timestamp: instantColumn('timestamp').notNull(),
    createdAt: instantColumn('created_at').notNull().defaultNow(),
    createdBy: uuid('created_by').notNull().references(() => person.id),
    /** Set once it was answered or given up; an open request has neither. */
    signatureId: uuid('signature_id'),
    cancelledAt: instantColumn('cancelled_at'),
  },
  (t) => [
    foreignKey({ name: 'signing_request_version', columns: [t.brandId, t.modelId, t.version], foreignColumns: [modelVersion.brandId, modelVersion.modelId, modelVersion.number] }),
    foreignKey({ name: 'signing_request_key', columns: [t.brandId, t.signingKeyId], foreignColumns: [signingKey.brandId, signingKey.id] }),
    foreignKey({ name: 'signing_request_signature', columns: [t.brandId, t.modelId, t.signatureId], foreignColumns: [signature.brandId, signature.modelId, signature.id] }),
    index('signing_request_page').on(t.modelId, t.createdAt.desc(), t.id.desc()),
    check('signing_request_positive', sql`${t.revision} > 0`),
    check('signing_request_one_end', sql`${t.signatureId} is null or ${t.cancelledAt} is null`),
  ],
);
