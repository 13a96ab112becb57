import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { notifyBuild, openNotifier } from './notify';
import type { Notifier } from './notify';
import { freshDatabase } from './testing/database';
import type { FreshDatabase } from './testing/database';

let opened: FreshDatabase;
let notifier: Notifier;
beforeAll(async () => {
  opened = await freshDatabase();
  notifier = openNotifier(opened.url);
});
afterAll(async () => {
  await notifier.close();
  await opened.close();
});

/** Calls are counted; `until(n)` waits for the nth. */
function counter() {
  let calls = 0;
  const waiting: { calls: number; resolve: () => void }[] = [];
  return {
    changed: () => {
      calls += 1;
      for (const wait of waiting) if (calls >= wait.calls) wait.resolve();
    },
    until: (wanted: number) => new Promise<void>((resolve) => (calls >= wanted ? resolve() : waiting.push({ calls: wanted, resolve }))),
    get calls() {
      return calls;
    },
  };
}

test('hears of its own build, once the change is committed', async () => {
  const [own, other] = [randomUUID(), randomUUID()];
  const [heard, overheard, last] = [counter(), counter(), counter()];
  const stops = [await notifier.onBuildChange(own, heard.changed), await notifier.onBuildChange(other, overheard.changed)];
  await opened.db.transaction((tx) => notifyBuild(tx, own));
  await heard.until(1);
  await expect(opened.db.transaction(async (tx) => (await notifyBuild(tx, other), Promise.reject(new Error('no'))))).rejects.toThrow('no');
  const end = randomUUID();
  stops.push(await notifier.onBuildChange(end, last.changed));
  await notifyBuild(opened.db, end);
  await last.until(1);
  expect([heard.calls, overheard.calls]).toEqual([1, 0]);
  for (const stop of stops) stop();
});

test('hears nothing after it stopped listening, while others go on', async () => {
  const id = randomUUID();
  const [gone, stays] = [counter(), counter()];
  const stop = await notifier.onBuildChange(id, gone.changed);
  const stopOther = await notifier.onBuildChange(id, stays.changed);
  stop();
  await notifyBuild(opened.db, id);
  await stays.until(1);
  expect(gone.calls).toBe(0);
  stopOther();
});

test('comes back after its connection was cut, and wakes everybody for what went unheard', async () => {
  const id = randomUUID();
  const heard = counter();
  const stop = await notifier.onBuildChange(id, heard.changed);
  await opened.db.execute(sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'imprint-listen' and datname = current_database()`);
  await heard.until(1);
  await notifyBuild(opened.db, id);
  await heard.until(2);
  stop();
});

test('says so when there is no database to listen to', async () => {
  const nowhere = openNotifier('postgres://imprint:x@127.0.0.1:1/imprint');
  await expect(nowhere.onBuildChange(randomUUID(), () => undefined)).rejects.toThrow();
  await nowhere.close();
});
