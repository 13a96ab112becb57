import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writePadding } from './padding';
import { Tree } from './tree';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tree-'));
});
afterAll(() => rm(folder, { recursive: true }));

const mode = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8);

it('settles into modes and times that do not depend on who made it', async () => {
  const tree = new Tree(join(folder, 'tree'));
  await tree.program('bin/run', '#!/bin/sh\n');
  await tree.file('etc/text', 'text');
  await writeFile(join(folder, 'setuid'), '');
  await chmod(join(folder, 'setuid'), 0o4711);
  await tree.copy(join(folder, 'setuid'), 'bin/was-setuid');
  await chmod(join(tree.root, 'etc'), 0o700);
  await chmod(join(tree.root, 'etc/text'), 0o600);
  await tree.settle(1000);
  expect(await Promise.all(['bin/run', 'bin/was-setuid', 'etc', 'etc/text'].map((path) => mode(join(tree.root, path))))).toEqual(['755', '755', '755', '644']);
  expect((await stat(join(tree.root, 'etc/text'))).mtimeMs).toBe(1_000_000);
});

it('pads with bytes that are the same each time and differ by name', async () => {
  const files = ['a', 'b', 'c'].map((name) => join(folder, name));
  for (const [i, file] of files.entries()) await writePadding(file, 2, i < 2 ? 'core24' : 'pc-kernel');
  const [a, b, c] = await Promise.all(files.map((file) => readFile(file)));
  expect(a!.length).toBe(2 * 1024 * 1024);
  expect(a!.equals(b!)).toBe(true);
  expect(a!.equals(c!)).toBe(false);
});
