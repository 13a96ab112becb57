import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BOARD_SETS } from '../../lib/prepare/testing/board-sets';
import { makeSet, type MadeSet } from '../../lib/prepare/testing/make-set';
import { writeGrubEnv } from '../../lib/seed/grub-env';
import { main } from './main';
import { openTerminal } from './terminal';
import { makeFolder } from './testing';

// Tools share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const { folder, remove } = makeFolder();
const SEED = 'system-data/var/lib/snapd/seed';
const MIB = 2 ** 20;
/** Boot code, 40 MiB of FAT from 1 MiB on, and the data. */
const [BOOT, DATA] = [MIB, 41 * MIB];
let set: MadeSet;
let image: Buffer;

type Ended = { code: number; stdout: string; stderr: string };
async function run(...args: string[]): Promise<Ended> {
  const ended = { stdout: '', stderr: '' };
  const terminal = { ...openTerminal(folder), write: async (part: string | Uint8Array) => void (ended.stdout += Buffer.from(part).toString()), say: (line: string) => void (ended.stderr += `${line}\n`) };
  const code = await main(args, folder, terminal);
  return { code, ...ended };
}
const verify = (...args: string[]) => run('image', 'verify', '--trusted', set.roots, ...args);
const codeOf = ({ code, stderr }: Ended): string => (code === 0 ? '' : stderr.split(':')[0]!);
const build = (own: MadeSet, out: string) => run('image', 'build', '--model', own.model, '--snaps', own.snaps, '--assertions', own.assertions, '--trusted', own.roots, '--out', out);

beforeAll(async () => {
  vi.stubEnv('XDG_CACHE_HOME', path.join(folder, 'cache'));
  set = await makeSet(path.join(folder, 'set'), BOARD_SETS['UC16 on a PC']!.set);
  expect(await build(set, 'made')).toMatchObject({ code: 0 });
  image = readFileSync(path.join(folder, 'made/pc.img'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  remove();
});

const fileOf = (name: string, bytes: string | Uint8Array): string => {
  writeFileSync(path.join(folder, name), bytes);
  return path.join(folder, name);
};
async function verifyChanged(at: number, mask = 0x10): Promise<Ended> {
  const copy = Buffer.from(image);
  copy[at]! ^= mask;
  fileOf('changed.img', copy);
  return verify('changed.img');
}
/** The image after debugfs changed its data. */
async function verifyEdited(...commands: string[]): Promise<Ended> {
  copyFileSync(path.join(folder, 'made/pc.img'), path.join(folder, 'edited.img'));
  const script = fileOf('script', commands.map((command) => `${command}\n`).join(''));
  execFileSync('/usr/sbin/debugfs', ['-w', '-f', script, `edited.img?offset=${DATA}`], { cwd: folder, stdio: 'ignore' });
  return verify('edited.img');
}

describe('an image of UC16 or UC18 that holds', () => {
  it('has its seed looked at, to the last snap, and its manifest', async () => {
    const { code, stdout, stderr } = await verify('made/pc.img', '--manifest', 'made/lock.json');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n').slice(0, -1).map((line) => line.split('\t'));
    expect(lines.map(([, check]) => check)).toEqual(['form', 'table', 'file-system', 'file-system', 'model', 'assertions', 'snap', 'snap', 'snap', 'snap', 'system', 'manifest']);
    expect(lines.filter(([, check]) => check === 'snap').map(([, , what]) => what!.slice(SEED.length + 7)).sort()).toEqual(['app-old_31.snap', 'core_14.snap', 'pc-kernel_11.snap', 'pc_13.snap']);
    expect(await verify('made/pc.img', '--manifest', 'made/manifest.json')).toMatchObject({ code: 0 });
  });

  it('is one of a Raspberry Pi too, whose U-Boot is asked what it starts', async () => {
    const pi = await makeSet(path.join(folder, 'pi'), BOARD_SETS['UC18 on a Raspberry Pi']!.set);
    expect(await build(pi, 'made-pi')).toMatchObject({ code: 0 });
    const held = await run('image', 'verify', '--trusted', pi.roots, 'made-pi/pi.img', '--manifest', 'made-pi/lock.json');
    expect(held).toMatchObject({ code: 0, stderr: '' });
    expect(held.stdout).toContain('starts pi-kernel_41.snap');
  });
});

describe('one changed byte', () => {
  const at = (what: string | Buffer): number => {
    const found = image.indexOf(what, DATA);
    expect(found).toBeGreaterThan(DATA);
    return found;
  };
  it('of a snap, of the model or of an assertion is found', async () => {
    expect(codeOf(await verifyChanged(at(readFileSync(path.join(set.snaps, 'app-old_31.snap')).subarray(0, 600)) + 200))).toBe('snap-digest');
    expect(codeOf(await verifyChanged(at('type: model\n') + 60))).toMatch(/^(?:model|assertion)-/);
    expect(codeOf(await verifyChanged(at('snap-name: app-old\n') + 12))).toBe('assertion-signature');
    expect(codeOf(await verifyChanged(DATA + 1024 + 56))).toBe('seed-missing');
    expect(codeOf(await verifyChanged(DATA + 1024 + 58))).toBe('image-ext4');
  });

  it('never ends in anything but a verdict, wherever it is', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: DATA, max: Math.min(DATA + 2 * MIB, image.length - 1) }), fc.integer({ min: 1, max: 255 }), async (place, mask) => {
        const ended = await verifyChanged(place, mask);
        if (ended.code !== 0) expect(ended.stderr).toMatch(/^[a-z0-9-]+: .+\.\n$/);
      }),
      { numRuns: 12 },
    ));
});

describe('a seed that was changed', () => {
  it.each<[string, string, () => string[]]>([
    ['snap-missing', 'a snap is gone', () => [`rm /${SEED}/snaps/app-old_31.snap`]],
    ['snap-size', 'a snap of another size', () => [`rm /${SEED}/snaps/app-old_31.snap`, `write ${fileOf('x', 'short')} /${SEED}/snaps/app-old_31.snap`]],
    ['seed-unknown-file', 'a snap that nobody speaks of', () => [`write ${fileOf('x', 'snap')} /${SEED}/snaps/stranger_1.snap`]],
    ['seed-kernel', 'no link to the kernel', () => ['rm /system-data/var/lib/snapd/snaps/pc-kernel_11.snap']],
    ['seed-model', 'no model', () => [`rm /${SEED}/assertions/model`]],
    ['seed-missing', 'no list', () => [`rm /${SEED}/seed.yaml`]],
    ['seed-options', 'a list that leads elsewhere', () => [`rm /${SEED}/seed.yaml`, `write ${fileOf('x', 'snaps:\n  - name: a\n    file: ../x\n')} /${SEED}/seed.yaml`]],
    ['snap-missing', 'a list without a snap of the model', () => [`rm /${SEED}/seed.yaml`, `write ${fileOf('x', readFileSync(path.join(folder, 'seed/var/lib/snapd/seed/seed.yaml'), 'utf8').replace(/- name: app-old\n(?: {2}.*\n)*/, ''))} /${SEED}/seed.yaml`, `rm /${SEED}/snaps/app-old_31.snap`]],
  ])('%s: %s', async (code, _, commands) => {
    if (code === 'snap-missing') await run('image', 'seed', '--model', set.model, '--snaps', set.snaps, '--assertions', set.assertions, '--trusted', set.roots, '--out', 'seed');
    expect(codeOf(await verifyEdited(...commands().map((command) => command)))).toBe(code);
  });

  it('seed-kernel: GRUB that starts another kernel', async () => {
    copyFileSync(path.join(folder, 'made/pc.img'), path.join(folder, 'edited.img'));
    fileOf('x', writeGrubEnv([['snap_core', 'core_14.snap'], ['snap_kernel', 'pc-kernel_12.snap']]));
    execFileSync('mcopy', ['-o', '-i', `edited.img@@${BOOT}`, 'x', '::/EFI/ubuntu/grubenv'], { cwd: folder, env: { ...process.env, MTOOLSRC: '/dev/null', MTOOLS_SKIP_CHECK: '1' } });
    expect(codeOf(await verify('edited.img'))).toBe('seed-kernel');
  });
});
