import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { assertEmpty, assertRoom, fillFolder, withScratch } from './out-folder';
import { inProject, makeFolder } from './testing';

// A process is started.
vi.setConfig({ testTimeout: 120_000 });

const { folder, remove } = makeFolder({ file: 'x' });
afterAll(remove);

const fails = (error: unknown) => async (out: string): Promise<never> => {
  writeFileSync(path.join(out, 'half'), 'half of an image');
  throw error;
};

describe('the folder that a command fills', () => {
  it('is made, with those above it', async () => {
    const out = path.join(folder, 'a/b');
    expect(await fillFolder(out, async () => writeFileSync(path.join(out, 'image'), ''))).toBeUndefined();
    expect(readdirSync(out)).toEqual(['image']);
    await expect(assertEmpty(out)).rejects.toMatchObject({ code: 'out-not-empty' });
  });

  it('is empty again when the work fails, or gone when it was not there', async () => {
    const [there, absent] = [path.join(folder, 'there'), path.join(folder, 'absent')];
    mkdirSync(there);
    const stopped = new Error('stopped');
    for (const out of [there, absent]) await expect(fillFolder(out, () => fails(stopped)(out))).rejects.toBe(stopped);
    expect([readdirSync(there), existsSync(absent)]).toEqual([[], false]);
    await expect(assertEmpty(there)).resolves.toBeUndefined();
  });

  it.each(['ENOSPC', 'EDQUOT'])('that fills its disk (%s) is told as disk-full', async (code) => {
    const out = path.join(folder, code);
    await expect(fillFolder(out, () => fails(Object.assign(new Error(code), { code }))(out))).rejects.toMatchObject({ code: 'disk-full', message: expect.stringContaining('nothing was kept') });
    expect(existsSync(out)).toBe(false);
  });

  it.each([['SIGINT', 130], ['SIGTERM', 143]] as const)('is as it was when the command is stopped by %s', async (signal, code) => {
    const out = path.join(folder, signal);
    const program = `const { fillFolder, withScratch } = await import(${JSON.stringify(inProject('scripts/cli/out-folder.ts'))}); const { writeFileSync } = await import('node:fs');
      await fillFolder(${JSON.stringify(out)}, () => withScratch(${JSON.stringify(out)}, (scratch) => { writeFileSync(scratch + '/half', ''); console.log('half'); return new Promise(() => setInterval(() => undefined, 1000)); }));`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { cwd: inProject('.'), stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(readdirSync(out, { recursive: true }).map((name) => path.basename(String(name)))).toEqual([expect.stringMatching(/^\.imprint-/), 'half']);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([code, null]);
    expect(existsSync(out)).toBe(false);
  });

  it('is told as disk-full before anything is written that does not fit', async () => {
    await expect(assertRoom(folder, 1)).resolves.toBeUndefined();
    await expect(assertRoom(folder, 2 ** 60)).rejects.toMatchObject({ code: 'disk-full', details: { neededBytes: 2 ** 60 } });
  });

  it('cannot be a file', async () => {
    await expect(assertEmpty(path.join(folder, 'file'))).rejects.toMatchObject({ code: 'out-unusable' });
  });
});

it('a scratch folder is there for the work and gone with it, whatever comes of that', async () => {
  const parent = path.join(folder, 'parent');
  mkdirSync(parent);
  const seen: string[] = [];
  expect(await withScratch(parent, async (scratch) => seen.push(scratch, ...readdirSync(parent)))).toBe(2);
  expect(seen[1]).toBe(path.basename(seen[0]!));
  const stopped = new Error('stopped');
  await expect(withScratch(parent, fails(stopped))).rejects.toBe(stopped);
  expect(readdirSync(parent)).toEqual([]);
});
