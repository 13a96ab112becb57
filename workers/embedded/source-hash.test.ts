import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hashSources } from './source-hash';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'imprint-hash-'));
  await mkdir(join(root, 'app/x'), { recursive: true });
  await writeFile(join(root, 'app/x/page.tsx'), 'one');
  await writeFile(join(root, 'lock.json'), 'two');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const hash = () => hashSources(root, ['app', 'lock.json', 'absent']);

it('is the same for the same sources', async () => expect(await hash()).toBe(await hash()));
it('changes with a content, a name and a new file', async () => {
  const seen = [await hash()];
  await writeFile(join(root, 'app/x/page.tsx'), 'ONE');
  seen.push(await hash());
  await rename(join(root, 'app/x/page.tsx'), join(root, 'app/x/route.tsx'));
  seen.push(await hash());
  await writeFile(join(root, 'app/more.ts'), '');
  seen.push(await hash());
  expect(new Set(seen).size).toBe(seen.length);
});
it('does not change with tests', async () => {
  const before = await hash();
  await writeFile(join(root, 'app/x/page.test.ts'), 'x');
  expect(await hash()).toBe(before);
});
