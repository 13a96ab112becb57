import { sql } from 'drizzle-orm';
import { check, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core';

/** One row: what belongs to this database and to no other. */
export const installation = pgTable(
  'installation',
  {
    id: smallint('id').primaryKey().default(1),
    databaseId: uuid('database_id').notNull().defaultRandom(),
    /** Of the folder of artifacts, once there is one. */
    artifactsId: uuid('artifacts_id'),
    /** Tells the master key from others without telling anything of it; once there is one. */
    masterKeyMark: text('master_key_mark'),
  },
  (t) => [check('installation_once', sql`${t.id} = 1`)],
);
