import { readFile } from 'node:fs/promises';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import { expect, test } from 'vitest';
import * as audit from './schema/audit';
import * as brands from './schema/brands';
import * as builds from './schema/builds';
import * as keys from './schema/keys';
import * as models from './schema/models';
import * as people from './schema/people';
import * as shares from './schema/shares';
import * as tokens from './schema/tokens';

const folder = new URL('migrations/meta/', import.meta.url);
const readJson = async (name: string): Promise<unknown> => JSON.parse(await readFile(new URL(name, folder), 'utf8'));

test('the migrations make the very tables of the schema', async () => {
  const { entries } = (await readJson('_journal.json')) as { entries: { idx: number }[] };
  const newest = `${String(entries.at(-1)!.idx).padStart(4, '0')}_snapshot.json`;
  const made = (await readJson(newest)) as Parameters<typeof generateMigration>[0];
  const wanted = generateDrizzleJson({ ...audit, ...brands, ...builds, ...keys, ...models, ...people, ...shares, ...tokens }, made.id);
  expect(await generateMigration(made, wanted)).toEqual([]);
  expect(await generateMigration({ ...made, tables: {} }, wanted)).not.toEqual([]);
});
