import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { makeSet, type MadeSet } from '../../lib/prepare/testing/make-set';
import { STUB_SETS } from '../../lib/prepare/testing/stub-sets';
import { imprint, makeFolder, type Ended } from './testing';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const { folder, remove } = makeFolder();
const { model, snaps } = STUB_SETS['uc22-signed'];
let set: MadeSet;
/** The snap of snapd at the same size, but of a version that the kernel does not go with. */
let other: string;
let files = 0;

beforeAll(async () => {
  // So that it has a size of its own: of others nothing is taken for granted.
  const padding = randomBytes(20_000);
  const withSnapd = (version: string) => {
    const files = { 'usr/lib/snapd/info': `VERSION=${version}\n`, padding };
    return { model, snaps: snaps.map((snap) => (snap.name === 'snapd' ? { ...snap, files } : snap)) };
  };
  set = await makeSet(path.join(folder, 'set'), withSnapd('2.67'));
  const made = await makeSet(path.join(folder, 'other'), withSnapd('2.99'));
  other = path.join(made.snaps, 'snapd_10.snap');
});
afterAll(remove);

const snapd = (): string => path.join(set.snaps, 'snapd_10.snap');

/** With nothing remembered. */
function run(command: 'build' | 'plan' | 'seed', ...more: string[]): Promise<Ended> {
  const { roots, assertions } = set;
  const from = ['--model', set.model, '--snaps', set.snaps, '--assertions', assertions, '--trusted', roots];
  const env = { XDG_CACHE_HOME: path.join(folder, `cache-${(files += 1)}`) };
  return imprint(['image', command, ...from, ...more], { folder, env });
}

it('a snap of the right size and another content is none that an assertion speaks of', async () => {
  expect(statSync(other).size).toBe(statSync(snapd()).size);
  const kept = readFileSync(snapd());
  copyFileSync(other, snapd());
  try {
    for (const [command, ...more] of [['build', '--out', 'x'], ['seed', '--out', 'x'], ['plan']] as const) {
      const { code, stdout, stderr } = await run(command, ...more);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^The folder .* has no file of the snap snapd that an assertion speaks of.*\n$/);
    }
    expect(existsSync(path.join(folder, 'x'))).toBe(false);
  } finally {
    writeFileSync(snapd(), kept);
  }
});

it('a snap that has the right content is found among others of its size', async () => {
  const alone = await run('build', '--out', 'alone');
  expect([alone.code, alone.stderr]).toEqual([0, '']);
  for (const name of 'abcxyz') copyFileSync(other, path.join(set.snaps, `${name}.snap`));
  expect(await run('build', '--out', 'among')).toEqual(alone);
});
