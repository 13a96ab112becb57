import { sql } from 'drizzle-orm';
import { bigserial, check, foreignKey, index, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { build } from './builds';
import { instantColumn } from './columns';
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
  },
  (t) => [foreignKey({ name: 'share_open_share', columns: [t.brandId, t.shareId], foreignColumns: [share.brandId, share.id] }), index('share_open_of_share').on(t.shareId, t.id.desc())],
);
