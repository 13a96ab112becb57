import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeMasterKeyFile, readMasterKeyFile } from './master-key';

/** As at the first start. */
async function makeAndRead(path: string): Promise<Uint8Array> {
  await makeMasterKeyFile(path);
  return readMasterKeyFile(path);
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imprint-master-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('makes a key of 32 bytes that only its owner may read, once', async () => {
  const path = join(folder, 'deep', 'master.key');
  const key = await makeAndRead(path);
  expect(key).toHaveLength(32);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readMasterKeyFile(path)).toEqual(key);
  expect(await readdir(join(folder, 'deep'))).toEqual(['master.key']);
});

test('of many processes that start at once all have the same key', async () => {
  const path = join(folder, 'raced.key');
  const keys = await Promise.all(Array.from({ length: 12 }, () => makeAndRead(path)));
  expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
});

test.each([0o640, 0o604, 0o660, 0o644, 0o620])('refuses a file of mode %o, and leaves it as it is', async (mode) => {
  const path = join(folder, `open-${mode}.key`);
  await makeAndRead(path);
  const before = await readFile(path);
  await chmod(path, mode);
  await expect(readMasterKeyFile(path)).rejects.toMatchObject({ code: 'master-key-unusable', message: expect.stringContaining(`chmod 600 ${path}`) });
  expect(await readFile(path)).toEqual(before);
});

test('does not make one that is missing, and says where it belongs', async () => {
  const path = join(folder, 'gone.key');
  await expect(readMasterKeyFile(path)).rejects.toMatchObject({ code: 'master-key-missing', message: expect.stringContaining(path) });
  expect(await readdir(folder)).not.toContain('gone.key');
});

test.each(['', 'secret', Buffer.alloc(16).toString('base64'), `${Buffer.alloc(32).toString('base64')}\nx`])('refuses a file that holds %j, without repeating it', async (text) => {
  const path = join(folder, 'odd.key');
  await writeFile(path, text, { mode: 0o600 });
  await expect(readMasterKeyFile(path)).rejects.toMatchObject({ code: 'master-key-unusable', message: expect.not.stringContaining('secret') });
});
