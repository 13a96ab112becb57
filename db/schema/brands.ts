import { sql } from 'drizzle-orm';
import { boolean, check, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { ROLES } from '@/lib/access';
import { KEEP_IMAGES_DAYS } from '@/lib/build/retention';
import { instantColumn, quoted } from './columns';
import type { SignerConfig } from '@/lib/api/keys';

export const brand = pgTable(
  'brand',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    slug: text('slug').notNull().unique(),
    name: text('name').notNull(),
    accountId: text('account_id').notNull().unique(),
    /** Path of the file with the publisher account's credentials; never the credentials. */
    storeCredentials: text('store_credentials'),
    /** PKCS#11 tokens that hold keys of this brand: names, and paths of modules and of PIN files; never a PIN. */
    signers: jsonb('signers').$type<SignerConfig[]>().notNull().default([]),
    /** False once the configuration names it no more: its rows stay, nobody enters. */
    active: boolean('active').notNull().default(true),
    /** Counted up under the row's lock, so that two requests never share a number. */
    lastBuildNumber: integer('last_build_number').notNull().default(0),
    /** Days that images are kept after they were built; null: for good. */
    keepImagesDays: integer('keep_images_days').default(KEEP_IMAGES_DAYS),
    /** When somebody last said so. */
    keepImagesSince: instantColumn('keep_images_since').notNull().defaultNow(),
    createdAt: instantColumn('created_at').notNull().defaultNow(),
  },
  (t) => [check('brand_slug', sql`${t.slug} ~ '^[a-z0-9](-?[a-z0-9])*$'`), check('brand_keep_images_days', sql`${t.keepImagesDays} > 0`)],
);

export const groupRole = pgTable(
  'group_role',
  {
    brandId: uuid('brand_id').notNull().references(() => brand.id),
    group: text('group').notNull(),
    role: text('role', { enum: ROLES }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.brandId, t.group] }), unique('group_role_group_brand').on(t.group, t.brandId), check('group_role_role', sql`${t.role} in (${sql.raw(quoted(ROLES))})`)],
);
