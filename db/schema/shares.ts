import { sql } from 'drizzle-orm';
import { bigserial, check, customType, foreignKey, index, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { build } from './builds';
import { bytesColumn, instantColumn } from './columns';
import { person } from './people';

export const share = pgTable(
  'share',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    brandId: uuid('brand_id').notNull(),
    buildId: uuid('build_id').notNull(),
    /** The token itself is told once and kept nowhere. */
    tokenHash: text('token_hash').notNull().unique(),
    note: text('note').notNull(),
    createdAt: instantColumn('created_at').notNull().defaultNow(),
    createdBy: uuid('created_by').notNull().references(() => person.id),
    expiresAt: instantColumn('expires_at').notNull(),
    revokedAt: instantColumn('revoked_at'),
  },
  (t) => [
    foreignKey({ name: 'share_build', columns: [t.brandId, t.buildId], foreignColumns: [build.brandId, build.id] }),
    unique('share_brand_id').on(t.brandId, t.id),
    index('share_of_build').on(t.buildId, t.createdAt.desc()),
    check('share_expiry', sql`${t.expiresAt} > ${t.createdAt}`),
  ],
);

/** Byte ranges as PostgreSQL writes them: `{[0,5),[7,9)}`. */
const byteRanges = customType<{ data: string }>({ dataType: () => 'int8multirange' });

export const shareOpen = pgTable(
  'share_open',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    brandId: uuid('brand_id').notNull(),
    shareId: uuid('share_id').notNull(),
    at: instantColumn('at').notNull().defaultNow(),
    address: text('address').notNull(),
    userAgent: text('user_agent').notNull(),
    /** `page`, or the file that was downloaded. */
    what: text('what').notNull(),
    /** Bytes that left, those that were sent twice counted twice. */
    sentBytes: bytesColumn('sent_bytes').notNull().default(0),
    /** Which bytes of the file left: parts of one download are one row. */
    sent: byteRanges('sent').notNull().default('{}'),
    /** Of the file; absent for the page, and for rows of before it was noted. */
    sizeBytes: bytesColumn('size_bytes'),
    lastAt: instantColumn('last_at').notNull().defaultNow(),
  },
  (t) => [foreignKey({ name: 'share_open_share', columns: [t.brandId, t.shareId], foreignColumns: [share.brandId, share.id] }), index('share_open_of_share').on(t.shareId, t.id.desc())],
);
