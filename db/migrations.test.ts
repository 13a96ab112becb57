import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { migrateAll } from './migrate';
import * as audit from './schema/audit';
import * as brands from './schema/brands';
import * as builds from './schema/builds';
import * as installation from './schema/installation';
import * as keys from './schema/keys';
import * as models from './schema/models';
import * as people from './schema/people';
import * as shares from './schema/shares';
import * as tokens from './schema/tokens';
import { freshDatabase } from './testing/database';

const folder = new URL('migrations/meta/', import.meta.url);
const readJson = async (name: string): Promise<unknown> => JSON.parse(await readFile(new URL(name, folder), 'utf8'));

test('the migrations make the very tables of the schema', async () => {
  const { entries } = (await readJson('_journal.json')) as { entries: { idx: number }[] };
  const newest = `${String(entries.at(-1)!.idx).padStart(4, '0')}_snapshot.json`;
  const made = (await readJson(newest)) as Parameters<typeof generateMigration>[0];
  const wanted = generateDrizzleJson({ ...audit, ...brands, ...builds, ...installation, ...keys, ...models, ...people, ...shares, ...tokens }, made.id);
  expect(await generateMigration(made, wanted)).toEqual([]);
  expect(await generateMigration({ ...made, tables: {} }, wanted)).not.toEqual([]);
});

/** What to run to be where an earlier version was, up to the migration of that number. */
async function upTo(last: number): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'imprint-migrations-'));
  await cp(fileURLToPath(new URL('migrations', import.meta.url)), copy, { recursive: true });
  const journal = (await readJson('_journal.json')) as { entries: { idx: number }[] };
  await writeFile(join(copy, 'meta/_journal.json'), JSON.stringify({ ...journal, entries: journal.entries.filter(({ idx }) => idx <= last) }));
  return copy;
}

type Write = (client: Client) => Promise<unknown>;

/** What `read` finds after `write` was done in a database of an earlier version, and the migrations since then. */
async function afterUpgrade(last: number, write: Write, read: string): Promise<unknown[]> {
  const { url, close } = await freshDatabase();
  await close();
  const client = new Client({ connectionString: url });
  await client.connect();
  const earlier = await upTo(last);
  try {
    await client.query('drop schema public cascade; drop schema drizzle cascade; create schema public');
    await migrate(drizzle(client), { migrationsFolder: earlier });
    // Rows that nobody refers to are left out.
    await client.query('set session_replication_role = replica');
    await write(client);
    await migrate(drizzle(client), { migrationsFolder: fileURLToPath(new URL('migrations', import.meta.url)) });
    return (await client.query(read)).rows;
  } finally {
    await client.end();
    await rm(earlier, { recursive: true });
  }
}

test('an image of before builds had volumes is found with its plan', async () => {
  const [brand, build] = [randomUUID(), randomUUID()];
  const write = async (client: Client) => {
    await client.query(`insert into image_plan (brand_id, build_id, plan) values ($1, $2, '{"sizeBytes": 7}')`, [brand, build]);
    await client.query(`insert into artifact (brand_id, build_id, kind, file_name, size_bytes, blobs) values ($1, $2, 'image-raw', 'kiosk.img', 7, '{x}'), ($1, $2, 'log', 'kiosk.log', 7, '{x}')`, [brand, build]);
  };
  const read = 'select kind, volume, plan from artifact join image_plan using (brand_id, build_id, volume) order by kind';
  const rows = await afterUpgrade(8, write, read);
  expect(rows).toEqual(['image-raw', 'log'].map((kind) => ({ kind, volume: '', plan: { sizeBytes: 7 } })));
});

test('warnings of before they had codes keep their sentences and order', async () => {
  const id = randomUUID();
  const columns = 'brand_id, number, model_id, signature_id, requested_by, production, warnings';
  const write = (client: Client) =>
    client.query(
      `insert into build (${columns}) values ($1, 1, $1, $1, $1, false, $2), ($1, 2, $1, $1, $1, false, default)`,
      [id, ['b "quoted"', 'a']],
    );
  const rows = await afterUpgrade(9, write, 'select warnings from build order by number');
  const kept = ['b "quoted"', 'a'].map((message) => ({ code: 'other', message }));
  expect(rows).toEqual([{ warnings: kept }, { warnings: [] }]);
});

test('block maps of before all that file systems read was in them are withdrawn, and nothing else is', async () => {
  const { url, close } = await freshDatabase();
  await close();
  const client = new Client({ connectionString: url });
  await client.connect();
  const earlier = await upTo(13);
  try {
    await client.query('drop schema public cascade; drop schema drizzle cascade; create schema public');
    await migrate(drizzle(client), { migrationsFolder: earlier });
    await client.query('set session_replication_role = replica');
    await client.query(`insert into artifact (brand_id, build_id, kind, file_name, size_bytes, blobs) select $1, $2, kind, kind, 7, '{x}' from unnest(array['bmap', 'image-raw', 'log']) as kind`, [randomUUID(), randomUUID()]);
    await migrate(drizzle(client), { migrationsFolder: fileURLToPath(new URL('migrations', import.meta.url)) });
    const { rows } = await client.query('select kind, deleted_at is not null as gone from artifact order by kind');
    expect(rows).toEqual([{ kind: 'bmap', gone: true }, { kind: 'image-raw', gone: false }, { kind: 'log', gone: false }]);
  } finally {
    await client.end();
    await rm(earlier, { recursive: true });
  }
});

test('refuses a database that a newer version has changed', async () => {
  const { url, db, close } = await freshDatabase();
  await db.execute(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('of a newer version', ${Date.parse('2200-01-01')})`);
  await close();
  await expect(migrateAll(url)).rejects.toMatchObject({ code: 'database-newer', message: expect.stringContaining('newer version') });
});
