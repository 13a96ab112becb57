import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { imprint, inProject, makeFolder, type Ended } from './testing';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { folder, remove } = makeFolder();
const copy = path.join(folder, 'copy');
const cache = path.join(copy, 'node_modules/.cache/imprint/cli');
const SOURCE = path.join(copy, 'scripts/cli/key-id.ts');
const HELP = ['key', 'id', '--help'];
afterAll(remove);

/** A checkout of its own that nothing was started in; the packages are those of this one. */
beforeEach(() => {
  rmSync(copy, { recursive: true, force: true });
  for (const name of ['scripts', 'lib']) cpSync(inProject(name), path.join(copy, name), { recursive: true });
  for (const name of ['package.json', 'package-lock.json', 'tsconfig.json']) {
    copyFileSync(inProject(name), path.join(copy, name));
  }
  mkdirSync(path.join(copy, 'node_modules'));
  for (const name of readdirSync(inProject('node_modules')).filter((each) => each !== '.cache')) {
    symlinkSync(inProject(`node_modules/${name}`), path.join(copy, 'node_modules', name));
  }
});

const start = (args: string[]): Promise<Ended> => imprint(args, { root: copy });
const summaryOf = ({ code, stderr, stdout }: Ended) => ({ code, stderr, summary: stdout.split('\n')[0] });
const readSource = (): string => readFileSync(SOURCE, 'utf8');
const change = (from: string, to: string) => writeFileSync(SOURCE, readSource().replace(from, to));
function spoilCache(): void {
  mkdirSync(cache, { recursive: true });
  writeFileSync(path.join(cache, 'main.cjs'), '(function () {');
}
const helped = { code: 0, stderr: '', summary: expect.stringMatching(/id of/i) as string };

describe('the bundle of the command line', () => {
  it('is made once by all who start at once, and whole', async () => {
    const started = await Promise.all([start(HELP), start(HELP), start(HELP)]);
    for (const ended of started) expect(summaryOf(ended)).toEqual(helped);
    const kept = readdirSync(cache).map((name) => name.replace(/^[0-9a-f]{16}-.*\./, '*.'));
    expect(kept.sort()).toEqual(['*.compiled', 'main.cjs', 'main.cjs.map']);
  });

  it('is all that a later start needs', async () => {
    await start(HELP);
    for (const name of ['esbuild', 'tsx', 'zod', 'yaml']) rmSync(path.join(copy, 'node_modules', name));
    expect(summaryOf(await start(HELP))).toEqual(helped);
  });

  it('is made again when a source has changed', async () => {
    await start(HELP);
    change("summary: '", "summary: String(/[µ😀]+é/u.exec('!µ😀é!')) + ' anew: ");
    for (const _ of ['made', 'found']) expect((await start(HELP)).stdout).toMatch(/^µ😀é anew: /);
    expect(readdirSync(cache).filter((name) => name.endsWith('.compiled'))).toHaveLength(1);
  });

  it('is made again when packages were installed', async () => {
    await start(HELP);
    const before = statSync(path.join(cache, 'main.cjs')).ino;
    const list = path.join(copy, 'node_modules/.package-lock.json');
    rmSync(list);
    copyFileSync(inProject('node_modules/.package-lock.json'), list);
    expect(summaryOf(await start(HELP))).toEqual(helped);
    expect(statSync(path.join(cache, 'main.cjs')).ino).not.toBe(before);
  });

  it('is made again where the checkout was moved', async () => {
    await start(HELP);
    const moved = path.join(folder, 'moved');
    renameSync(copy, moved);
    expect(summaryOf(await imprint(HELP, { root: moved }))).toEqual(helped);
    const bundle = readFileSync(path.join(moved, path.relative(copy, cache), 'main.cjs'), 'utf8');
    expect(bundle).not.toContain(`"${copy}/`);
    rmSync(moved, { recursive: true });
  });

  it.each([
    ['nothing can be kept', () => writeFileSync(path.join(copy, 'node_modules/.cache'), '')],
    ['what was kept is spoilt', () => spoilCache()],
  ])('is done without where %s', async (_, spoil) => {
    spoil();
    expect(summaryOf(await start(HELP))).toEqual(helped);
    expect(summaryOf(await start(HELP))).toEqual(helped);
  });

  it('names the sources in the stack of a fault', async () => {
    change('async run(', "async run() {\n    throw new TypeError('oops');\n  },\n  async before(");
    const line = readSource().split('\n').findIndex((text) => text.includes('oops')) + 1;
    for (const _ of ['made', 'found']) {
      const { code, stderr } = await start(['key', 'id']);
      expect(code).toBe(70);
      expect(stderr).toContain(`TypeError: oops\n    at Object.run (${SOURCE}:${line}:11)`);
    }
  });

  it('names a package that it cannot be made of', async () => {
    rmSync(path.join(copy, 'node_modules/zod'));
    const { code, stderr } = await start(HELP);
    expect(code).toBe(70);
    expect(stderr).toContain('Could not resolve "zod"');
    expect(existsSync(path.join(cache, 'main.cjs'))).toBe(false);
  });
});
