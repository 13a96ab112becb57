import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { markFile } from '@/lib/storage/folder-mark';
import { freshDatabase } from '@/db/testing/database';
import type { FreshDatabase } from '@/db/testing/database';
import { assertOwnArtifacts } from './own-artifacts';

let dir: string;
let mine: FreshDatabase;
let other: FreshDatabase;
const folder = (name: string) => join(dir, name);
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'imprint-own-'));
  [mine, other] = await Promise.all([freshDatabase(), freshDatabase()]);
  // Both are copies of one template.
  await other.db.execute(sql`update installation set database_id = gen_random_uuid()`);
});
afterEach(async () => {
  await Promise.all([mine.close(), other.close()]);
  await rm(dir, { recursive: true, force: true });
});

test('a folder is its first database’s, for all of its processes', async () => {
  await Promise.all(Array.from({ length: 8 }, () => assertOwnArtifacts(mine.db, folder('a'))));
  await assertOwnArtifacts(mine.db, folder('a'));
});

test('another database is refused, and changes nothing', async () => {
  await assertOwnArtifacts(mine.db, folder('a'));
  const before = await readFile(markFile(folder('a')));
  await expect(assertOwnArtifacts(other.db, folder('a'))).rejects.toMatchObject({ code: 'artifacts-other', message: expect.stringContaining('another database') as string });
  expect(await readFile(markFile(folder('a')))).toEqual(before);
  await assertOwnArtifacts(other.db, folder('b'));
});

test('another folder is refused, marked or not: a disk that is not mounted is no new one', async () => {
  await assertOwnArtifacts(mine.db, folder('a'));
  await expect(assertOwnArtifacts(mine.db, folder('empty'))).rejects.toMatchObject({ message: expect.stringContaining('Is a disk not mounted') as string });
  await writeFile(join(dir, 'imprint-artifacts.json'), (await readFile(markFile(folder('a')), 'utf8')).replace(/"id":"./, '"id":"0'));
  await expect(assertOwnArtifacts(mine.db, dir)).rejects.toMatchObject({ code: 'artifacts-other' });
});

test('says how to begin anew where the images are lost', async () => {
  await assertOwnArtifacts(mine.db, folder('a'));
  const { message } = await assertOwnArtifacts(mine.db, dir).then(
    () => expect.fail('it was taken'),
    (error: unknown) => error as Error,
  );
  await writeFile(markFile(dir), /\{.*\}$/.exec(message)![0]);
  await assertOwnArtifacts(mine.db, dir);
});

test('a spoilt mark is told as that', async () => {
  await writeFile(markFile(dir), '{');
  await expect(assertOwnArtifacts(mine.db, dir)).rejects.toMatchObject({ code: 'artifacts-spoilt' });
});
