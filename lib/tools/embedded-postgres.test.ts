import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, expect, test } from 'vitest';
import { startPostgres } from './embedded-postgres';
import type { RunningPostgres } from './embedded-postgres';

const running: RunningPostgres[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  for (const folder of folders.splice(0).reverse()) {
    await rm(await readlink(join(folder, 'elsewhere')).catch(() => join(folder, 'nowhere')), { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);

function newFolder(): string {
  const folder = join(tmpdir(), `imprint-pg-${randomUUID()}`);
  folders.push(folder);
  return folder;
}

async function start(dataDir: string): Promise<RunningPostgres> {
  const server = await startPostgres({ dataDir, ephemeral: true });
  running.push(server);
  return server;
}

async function ask(url: string, text: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows[0];
  } finally {
    await client.end();
  }
}

test('starts a server on loopback, keeps its data over a stop, and lets nobody in without the password', { timeout: 60_000 }, async () => {
  const folder = newFolder();
  const first = await start(folder);
  expect(first).toMatchObject({ adopted: false, url: expect.stringContaining('@127.0.0.1:') });
  await ask(first.url, 'create table kept as select 42 as answer');
  await expect(ask(first.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toMatchObject({ code: '28P01' });
  expect(await ask(first.url, 'show listen_addresses')).toEqual({ listen_addresses: '127.0.0.1' });
  await first.stop();
  await expect(ask(first.url, 'select 1')).rejects.toThrow();
  const second = await start(folder);
  expect(await ask(second.url, 'select answer from kept')).toEqual({ answer: 42 });
});

test('keeps the password and the data from others', { timeout: 60_000 }, async () => {
  const folder = newFolder();
  const { url } = await start(folder);
  const password = (await readFile(join(folder, 'password'), 'utf8')).trim();
  expect(url).toContain(password);
  expect(password.length).toBeGreaterThanOrEqual(32);
  expect((await stat(join(folder, 'password'))).mode & 0o077).toBe(0);
  expect((await stat(join(folder, 'cluster'))).mode & 0o077).toBe(0);
  // Under a folder that the server's account cannot enter, the binaries are copied here as well.
  expect((await readdir(folder)).filter((name) => name !== 'native').sort()).toEqual(['cluster', 'password', 'server.log']);
  expect(await readFile(join(folder, 'server.log'), 'utf8')).not.toContain(password);
});

test('adopts the server that a killed process left behind', { timeout: 60_000 }, async () => {
  const folder = newFolder();
  const left = await start(folder);
  const adopted = await start(folder);
  expect(adopted).toMatchObject({ adopted: true, pid: left.pid, port: left.port, url: left.url });
  await adopted.stop();
  await expect(ask(left.url, 'select 1')).rejects.toThrow();
});

test('starts again although the number in the old pid file is now another program’s', { timeout: 60_000 }, async () => {
  const folder = newFolder();
  const first = await start(folder);
  await first.stop();
  const file = join(folder, 'cluster', 'postmaster.pid');
  await writeFile(file, `${process.pid}\n${join(folder, 'cluster')}\n0\n1\n\n127.0.0.1\n`);
  await chmod(file, 0o644);
  const second = await start(folder);
  expect(second.adopted).toBe(false);
  expect(await ask(second.url, 'select 1 as one')).toEqual({ one: 1 });
});

test('works below a folder that is closed to other accounts', { timeout: 60_000 }, async () => {
  const closed = newFolder();
  await mkdir(closed, { mode: 0o700 });
  const folder = join(closed, 'data');
  folders.push(folder);
  const first = await start(folder);
  await ask(first.url, 'create table kept as select 42 as answer');
  await first.stop();
  const second = await start(folder);
  expect(await ask(second.url, 'select answer from kept')).toEqual({ answer: 42 });
});

test('says what its log says when it cannot start', { timeout: 60_000 }, async () => {
  const folder = newFolder();
  const first = await start(folder);
  await first.stop();
  await writeFile(join(folder, 'cluster', 'postgresql.conf'), 'no_such_setting = on\n');
  await expect(start(folder)).rejects.toMatchObject({ code: 'postgres-failed', message: expect.stringContaining('no_such_setting') });
});
