import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { migrateAll } from './migrate';
import { openQueue, sendBuild, sendDigest, sendSweep, sendTidy, workBuilds, workDigests, workSweeps, workTidying } from './queue';
import type { Queue } from './queue';
import { freshDatabase } from './testing/database';
import type { FreshDatabase } from './testing/database';

let opened: FreshDatabase;
const queues: Queue[] = [];
beforeAll(async () => {
  opened = await freshDatabase();
});
afterEach(async () => {
  for (const queue of queues.splice(0)) await queue.stop({ graceful: false });
});
afterAll(() => opened.close());

async function open(): Promise<Queue> {
  const queue = await openQueue(opened.url, { name: 'test' });
  queues.push(queue);
  return queue;
}

/** A promise that something else keeps. */
function awaited<T>() {
  let keep!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (keep = resolve));
  return { promise, keep };
}

test('hands over a build once its transaction is committed, and never one that was rolled back', async () => {
  const queue = await open();
  const seen: string[] = [];
  const done = awaited<void>();
  const [kept, dropped] = [randomUUID(), randomUUID()];
  await workBuilds(queue, { concurrency: 1, lost: async () => undefined, handler: async (id) => void (seen.push(id), id === kept && done.keep()) });
  await expect(opened.db.transaction(async (tx) => (await sendBuild(tx, dropped), Promise.reject(new Error('rolled back'))))).rejects.toThrow('rolled back');
  await opened.db.transaction((tx) => sendBuild(tx, kept));
  await done.promise;
  expect(seen).toEqual([kept]);
});

test('hands a build over again when its handler throws', async () => {
  const queue = await open();
  const done = awaited<number>();
  let times = 0;
  await workBuilds(queue, {
    concurrency: 1,
    lost: async () => undefined,
    handler: async () => {
      times += 1;
      if (times === 1) throw new Error('the store did not answer');
      done.keep(times);
    },
  });
  await opened.db.transaction((tx) => sendBuild(tx, randomUUID()));
  expect(await done.promise).toBe(2);
});

test('tells when it gives up on a build', async () => {
  const queue = await open();
  const lost = awaited<string>();
  const id = randomUUID();
  await opened.db.transaction((tx) => sendBuild(tx, id));
  await opened.db.execute(sql`update pgboss.job set retry_limit = 0 where name = 'build' and data ->> 'buildId' = ${id}`);
  await workBuilds(queue, { concurrency: 1, lost: async (each) => lost.keep(each), handler: async () => Promise.reject(new Error('again')) });
  expect(await lost.promise).toBe(id);
});

test('runs as many builds at once as it was told, and no more', async () => {
  const queue = await open();
  const [two, release, three] = [awaited<void>(), awaited<void>(), awaited<void>()];
  let running = 0;
  let finished = 0;
  let most = 0;
  await workBuilds(queue, {
    concurrency: 2,
    lost: async () => undefined,
    handler: async () => {
      most = Math.max(most, ++running);
      if (running === 2) two.keep();
      await release.promise;
      running -= 1;
      if (++finished === 3) three.keep();
    },
  });
  await opened.db.transaction(async (tx) => {
    for (let i = 0; i < 3; i += 1) await sendBuild(tx, randomUUID());
  });
  await two.promise;
  release.keep();
  await three.promise;
  expect(most).toBe(2);
});

test('hands over digests and sweeps with what they are about', async () => {
  const queue = await open();
  const [digest, sweep] = [awaited<string>(), awaited<string[]>()];
  await workDigests(queue, async (id) => digest.keep(id));
  await workSweeps(queue, async (blobs) => sweep.keep(blobs));
  await opened.db.transaction(async (tx) => {
    await sendDigest(tx, 'an artifact');
    await sendSweep(tx, ['a', 'b']);
  });
  expect([await digest.promise, await sweep.promise]).toEqual(['an artifact', ['a', 'b']]);
});

test('tidies once at a time, however often it is asked to, and is scheduled for every hour', async () => {
  const queue = await open();
  const [begun, release] = [awaited<void>(), awaited<void>()];
  for (let i = 0; i < 3; i += 1) await opened.db.transaction((tx) => sendTidy(tx));
  await workTidying(queue, async () => (begun.keep(), release.promise));
  await begun.promise;
  await opened.db.transaction((tx) => sendTidy(tx));
  const { rows } = await opened.db.execute(sql`select state from pgboss.job where name = 'tidy'`);
  expect(rows).toEqual([{ state: 'active' }]);
  release.keep();
  expect(await queue.getSchedules('tidy')).toMatchObject([{ name: 'tidy', cron: '23 * * * *', timezone: 'UTC' }]);
});

test('migrating a database that is up to date changes nothing, also when several do it at once', async () => {
  const queues = async () => (await opened.db.execute(sql`select name, heartbeat_seconds, retry_limit, dead_letter, notify from pgboss.queue where name not like '\\_\\_%' order by name`)).rows;
  const before = await queues();
  await Promise.all([migrateAll(opened.url), migrateAll(opened.url), migrateAll(opened.url)]);
  expect(await queues()).toEqual(before);
  expect(before.map((row) => row.name)).toEqual(['build', 'build-lost', 'digest', 'proof', 'sweep', 'tidy']);
  expect(before[0]).toMatchObject({ heartbeat_seconds: 10, dead_letter: 'build-lost', notify: true });
});
