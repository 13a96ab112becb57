import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from './client';
import type { OpenDatabase } from './client';
import { migrateAll } from './migrate';
import { notifyBuild, openNotifier } from './notify';
import { openQueue, sendBuild, workBuilds } from './queue';
import { freshDatabase } from './testing/database';
import type { FreshDatabase } from './testing/database';
import { startPooler } from './testing/pgbouncer';
import type { Pooler } from './testing/pgbouncer';

let direct: FreshDatabase;
let pooler: Pooler;
let pooled: OpenDatabase;
beforeAll(async () => {
  direct = await freshDatabase();
  pooler = await startPooler(direct.url);
  pooled = openDatabase(pooler.url);
});
afterAll(async () => {
  await pooled.close();
  await pooler.stop();
  await direct.close();
});

const advisoryLocks = async (): Promise<number> => {
  const { rows } = await direct.db.execute(sql`select count(*)::int as held from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`);
  return Number(rows[0]!.held);
};

test('migrates behind a pooler in transaction mode, two at once, and leaves no lock with a shared connection', async () => {
  await Promise.all([migrateAll(pooler.url), migrateAll(pooler.url)]);
  expect(await advisoryLocks()).toBe(0);
  await migrateAll(pooler.url);
  expect(await advisoryLocks()).toBe(0);
});

test('notices that notifications do not arrive, and hears of changes all the same', async () => {
  let deaf = 0;
  let toldDeaf = () => {};
  const isDeaf = new Promise<void>((resolve) => (toldDeaf = resolve));
  const notifier = openNotifier(pooler.url, {
    onDeaf: () => {
      deaf += 1;
      toldDeaf();
    },
  });
  const id = randomUUID();
  let wake = () => {};
  const stop = await notifier.onBuildChange(id, () => wake());
  await isDeaf;
  const woken = new Promise<void>((resolve) => (wake = resolve));
  await notifyBuild(pooled.db, id);
  await woken;
  stop();
  await notifier.close();
  expect(deaf).toBe(1);
});

test('does not poll where notifications arrive', async () => {
  let deaf = 0;
  const notifier = openNotifier(direct.url, { onDeaf: () => (deaf += 1) });
  const id = randomUUID();
  let wake = () => {};
  const woken = new Promise<void>((resolve) => (wake = resolve));
  const stop = await notifier.onBuildChange(id, () => wake());
  await notifyBuild(direct.db, id);
  await woken;
  stop();
  await notifier.close();
  expect(deaf).toBe(0);
});

test('hands over builds behind the pooler', async () => {
  const queue = await openQueue(pooler.url);
  const id = randomUUID();
  const handed = new Promise<string>((resolve) => {
    void workBuilds(queue, { concurrency: 1, handler: async (buildId) => resolve(buildId), lost: async () => undefined });
  });
  await pooled.db.transaction((tx) => sendBuild(tx, id));
  expect(await handed).toBe(id);
  await queue.stop({ graceful: true, timeout: 5000 });
});
