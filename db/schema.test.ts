import { getTableColumns, getTableName, is, sql } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replaceBuildKey } from './build-keys';
import type { Ctx } from './context';
import * as auditTables from './schema/audit';
import * as brandTables from './schema/brands';
import * as buildTables from './schema/builds';
import * as keyTables from './schema/keys';
import * as modelTables from './schema/models';
import * as peopleTables from './schema/people';
import * as shareTables from './schema/shares';
import * as tokenTables from './schema/tokens';
import { createShare } from './shares';
import { twoBrands } from './testing/brands';
import type { Brands } from './testing/brands';
import { finishedBuild, queueBuild } from './testing/builds';
import { registerKey, signedModel } from './testing/models';

let brands: Brands;
let acme: Ctx;
let globex: Ctx;
beforeAll(async () => {
  brands = await twoBrands();
  acme = await brands.as('acme', 'owner');
  globex = await brands.as('globex', 'owner');
  for (const [which, ctx] of [acme, globex].entries()) {
    await registerKey(ctx, 'main', { which });
    await signedModel(ctx, 'kiosk');
    const { number } = await finishedBuild(ctx);
    await createShare(ctx, number, { expiresInDays: 1, note: '' });
    await replaceBuildKey(ctx);
  }
  // One that is not built yet, and so has no evidence.
  await queueBuild(acme);
});
afterAll(() => brands.close());

const run = (text: string) => brands.db.execute(sql.raw(text));
/** The code of PostgreSQL's refusal. */
const refusal = async (text: string): Promise<unknown> => {
  try {
    await run(text);
    return undefined;
  } catch (error) {
    return ((error as Error).cause as { code?: unknown }).code;
  }
};

test('every table but people’s, the brand itself and what follows from bytes alone names its brand', () => {
  const tables = Object.values({ ...auditTables, ...brandTables, ...buildTables, ...keyTables, ...modelTables, ...peopleTables, ...shareTables, ...tokenTables }).filter((each) => is(each, PgTable)) as PgTable[];
  expect(tables).toHaveLength(25);
  for (const table of tables) {
    const name = getTableName(table);
    if (['brand', 'person', 'session', 'blob_check', 'blob_packing', 'blob_size'].includes(name)) continue;
    const column = (getTableColumns(table) as Record<string, { notNull: boolean } | undefined>).brandId;
    expect([name, column?.notNull]).toEqual([name, true]);
  }
});

const acmeOf = (table: string, column = 'id') => `(select ${column} from ${table} where brand_id = '${acme.brand.id}' limit 1)`;

test.each([
  ['model_version', 'model_id', 'model'],
  ['signature', 'signing_key_id', 'signing_key'],
  ['signature', 'model_id', 'model'],
  ['build', 'signature_id', 'signature'],
  ['build', 'model_id', 'model'],
  ['build_stage', 'build_id', 'build'],
  ['build_event', 'build_id', 'build'],
  ['artifact', 'build_id', 'build'],
  ['blob_hold', 'build_id', 'build'],
  ['share', 'build_id', 'build'],
  ['share_open', 'share_id', 'share'],
  ['key_use', 'signing_key_id', 'signing_key'],
  ['build_evidence', 'build_id', 'build'],
  ['build_evidence', 'build_key_id', 'build_key'],
])('%s cannot name another brand’s %s', async (table, column, target) => {
  // A copy of Globex's row that points at Acme's thing; where there is no row yet, one made of defaults would fail for other reasons.
  const filled = {
    build_stage: `update build_stage set brand_id = '${globex.brand.id}' where build_id = ${acmeOf('build')}`,
    build_event: `insert into build_event (brand_id, build_id, level, text) values ('${globex.brand.id}', ${acmeOf('build')}, 'info', 'x')`,
    blob_hold: `insert into blob_hold (brand_id, build_id, sha3_384) values ('${globex.brand.id}', ${acmeOf('build')}, 'x')`,
    build_evidence:
      column === 'build_id'
        ? `insert into build_evidence (brand_id, build_id, facts) select '${globex.brand.id}', id, '{}' from build where brand_id = '${acme.brand.id}' and id not in (select build_id from build_evidence)`
        : `update build_evidence set build_key_id = ${acmeOf('build_key')}, proven_at = now() where brand_id = '${globex.brand.id}'`,
    share_open: `insert into share_open (brand_id, share_id, address, user_agent, what) values ('${globex.brand.id}', ${acmeOf('share')}, '', '', '')`,
  };
  const statement = table in filled ? filled[table as keyof typeof filled] : await copyWith(table, column, acmeOf(target));
  expect(await refusal(statement)).toBe('23503');
});

/** Inserts Globex's row again, under fresh unique values, with one column changed. */
async function copyWith(table: string, column: string, value: string): Promise<string> {
  const { rows } = await brands.db.execute<{ name: string; type: string }>(sql`select column_name as name, data_type as type from information_schema.columns where table_name = ${table} and table_schema = 'public'`);
  const fresh: Record<string, string> = { id: 'gen_random_uuid()', token_hash: `md5(random()::text)`, revision: '99', number: table === 'model_version' ? '99' : '999', file_name: `'other'` };
  const values = rows.map(({ name }) => (name === column ? value : (fresh[name] ?? `"${name}"`)));
  return `insert into ${table} (${rows.map(({ name }) => `"${name}"`).join(', ')}) select ${values.join(', ')} from ${table} where brand_id = '${globex.brand.id}' limit 1`;
}

test.each(['model_version', 'signature', 'audit', 'key_use'])('a row of %s is never changed or removed', async (table) => {
  expect(await refusal(`update ${table} set brand_id = brand_id`)).toBe('23001');
  expect(await refusal(`delete from ${table}`)).toBe('23001');
  expect(await refusal(`truncate ${table} cascade`)).toBe('23001');
});

test.each([
  `update build set state = 'sleeping'`,
  `update build set state = 'running'`,
  `update build set state = 'failed'`,
  `update build set finished_at = null`,
  `update build_stage set state = 'lost'`,
  `update build_stage set bytes_done = -1`,
  `update artifact set sha256 = 'ABC'`,
  `update artifact set blobs = '{}'`,
  `update artifact set size_bytes = -1`,
  `update artifact set volume = 'pc' where kind = 'manifest'`,
  `update artifact set deleted_at = now()`,
  `update artifact set deleted_at = now(), deleted_because = 'lost'`,
  `update build set images_pinned_at = now()`,
  `update signing_key set state = 'open'`,
  `update signing_key set chain = null`,
  `update signing_key set until = since - interval '1 day'`,
  `update build_key set sealed = null`,
  `update build_key set replaced_at = now()`,
  `update build_key set key_id = 'ABC'`,
  `update build_evidence set proven_at = now()`,
  `update share set expires_at = created_at`,
  `update group_role set role = 'root'`,
  `update brand set slug = 'No Slug'`,
  `update brand set keep_images_days = 0`,
])('refuses %s', async (statement) => {
  expect(await refusal(statement)).toBe('23514');
});

test('a build has one file of a name, a brand one build of a number, a model one signature of a revision', async () => {
  for (const [table, column] of [
    ['artifact', 'file_name'],
    ['build', 'number'],
    ['signature', 'revision'],
    ['model', 'name'],
    ['signing_key', 'name'],
  ] as const) {
    const statement = await copyWith(table, column, `"${column}"`);
    expect([table, await refusal(statement)]).toEqual([table, '23505']);
  }
});
