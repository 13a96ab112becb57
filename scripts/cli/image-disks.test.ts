import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BOARD_SETS, type BoardSet } from '../../lib/prepare/testing/board-sets';
import { makeSet, type MadeSet } from '../../lib/prepare/testing/make-set';
import { cutOut, partitionsOf, readFirst, tool, TOOL_ENV } from './disks.testing';
import { main } from './main';
import { openTerminal } from './terminal';
import { makeFolder } from './testing';

// Tools share the machine with others.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const { folder, remove } = makeFolder();
const temporary = path.join(folder, 'tmp');
const MIB = 2 ** 20;

beforeAll(() => {
  mkdirSync(temporary);
  vi.stubEnv('TMPDIR', temporary);
  vi.stubEnv('XDG_CACHE_HOME', path.join(folder, 'cache'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  remove();
});

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const ended = { stdout: '', stderr: '' };
  const terminal = { ...openTerminal(folder), write: async (part: string | Uint8Array) => void (ended.stdout += Buffer.from(part).toString()), say: (line: string) => void (ended.stderr += `${line}\n`) };
  const code = await main(args, folder, terminal);
  return { code, ...ended };
}

function checkTable(image: string, sectorBytes: number): void {
  if (sectorBytes === 512 && readFirst(image, 512)[450] === 0xee) expect(tool('sgdisk', '-v', image)).toContain('No problems found');
  const options = { env: TOOL_ENV, encoding: 'utf8', input: 'v\nq\n' } as const;
  const said = spawnSync('fdisk', ['-b', String(sectorBytes), image], options);
  // Free sectors are no error, and geometries are of no interest.
  expect(said.stdout).toMatch(/No errors detected|Remaining \d+ unallocated/);
  expect(`${said.stdout}${said.stderr}`).not.toMatch(/corrupt|overlap|outside|mismatch/i);
}

type Listed = Record<string, string>;
const digest = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** Every file with its digest, every link with its target, every folder that holds nothing. */
function listFolder(root: string, at = ''): Listed {
  const names = readdirSync(path.join(root, at));
  if (names.length === 0) return at === '' ? {} : { [`${at}/`]: 'empty' };
  return Object.assign({}, ...names.map((name) => {
    const own = path.posix.join(at, name);
    const found = lstatSync(path.join(root, own));
    if (found.isDirectory()) return listFolder(root, own);
    return { [own]: found.isSymbolicLink() ? `-> ${readlinkSync(path.join(root, own))}` : digest(readFileSync(path.join(root, own))) };
  })) as Listed;
}

const wanted = (files: Record<string, string>): Listed => Object.fromEntries(Object.entries(files).map(([name, text]) => [name, name.endsWith('/') ? 'empty' : digest(text)]));
const below = (files: Listed, from: string, to: string): Listed => Object.fromEntries(Object.entries(files).flatMap(([name, what]) => (name.startsWith(from) ? [[`${to}${name.slice(from.length)}`, what]] : [])));

/** What is in a file system, by the stock tools, which also find it sound; undefined when it is raw. */
function readFileSystem(part: string, out: string): { kind: 'fat' | 'ext4'; files: Listed } | undefined {
  const start = readFirst(part, 2048);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  if (start[1024 + 56] === 0x53 && start[1024 + 57] === 0xef) {
    tool('e2fsck', '-fn', part);
    tool('debugfs', '-R', `rdump / ${out}`, part);
    const owners = tool('debugfs', '-R', 'ls -l /', part).trim().split('\n').filter((line) => line.trim() !== '').map((line) => line.trim().split(/\s+/).slice(3, 5).join(':'));
    expect([...new Set(owners)]).toEqual(['0:0']);
    const files = listFolder(out);
    delete files['lost+found/'];
    return { kind: 'ext4', files };
  }
  if (start.toString('latin1', 82, 85) !== 'FAT' && start.toString('latin1', 54, 57) !== 'FAT') return undefined;
  tool('fsck.vfat', '-n', part);
  if (tool('mdir', '-b', '-i', part, '::').trim() !== '') tool('mcopy', '-s', '-n', '-i', part, '::*', out);
  return { kind: 'fat', files: listFolder(out) };
}

describe.each(Object.entries(BOARD_SETS))('%s', (name, board: BoardSet) => {
  const { sectorBytes = 512, images = ['pc'], holds = {} } = board;
  const root = path.join(folder, digest(name).slice(0, 12));
  let set: MadeSet;
  let args: string[];
  const seed: Listed = {};
  const isOld = board.set.model.snaps === undefined;

  beforeAll(async () => {
    set = await makeSet(root, board.set);
    args = ['--model', set.model, '--snaps', set.snaps, '--assertions', set.assertions, '--trusted', set.roots, ...(board.args ?? [])];
    expect(await run('image', 'seed', ...args, '--out', path.join(root, 'seed'))).toMatchObject({ code: 0 });
    Object.assign(seed, listFolder(path.join(root, 'seed')));
    expect(await run('image', 'build', ...args, '--out', path.join(root, 'made'))).toMatchObject({ code: 0 });
    expect(readdirSync(temporary)).toEqual([]);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('is on sound disks that hold every file as it was given', () => {
    expect(readdirSync(path.join(root, 'made')).filter((file) => file.endsWith('.img')).sort()).toEqual(images.map((image) => `${image}.img`).sort());
    const whole = { ...seed };
    if (isOld) for (const file of Object.keys(whole)) if (file.startsWith('boot/')) delete whole[file];
    const expected = { ...Object.fromEntries(Object.entries(holds).map(([at, files]) => [at, wanted(files)])) };
    let held = 0;
    for (const volume of images) {
      const image = path.join(root, 'made', `${volume}.img`);
      checkTable(image, sectorBytes);
      for (const partition of partitionsOf(image, sectorBytes)) {
        const part = path.join(root, 'part');
        cutOut(image, partition, part);
        const found = readFileSystem(part, path.join(root, 'read'));
        if (!found) continue;
        const at = `${volume}:${partition.number}`;
        const boots = isOld && found.kind === 'fat' ? (volume === 'pi' ? below(seed, 'boot/uboot/', '') : below(seed, 'boot/grub/', 'EFI/ubuntu/')) : {};
        const own = expected[at];
        if (own) expect(found.files).toEqual({ ...boots, ...own });
        else {
          held += 1;
          expect(found.files).toEqual(isOld ? { ...below(whole, '', 'system-data/'), 'system-data/boot/': 'empty' } : seed);
        }
        delete expected[at];
      }
    }
    expect([held, expected]).toEqual([1, {}]);
    const first = path.join(root, 'made', `${images[0]}.img`);
    if (board.sizeBytes !== undefined) expect(statSync(first).size).toBe(board.sizeBytes);
    for (const [at, text] of Object.entries(board.raw ?? {})) expect(readFirst(first, Number(at) + text.length).toString('latin1', Number(at))).toBe(text);
    if (board.coreAt !== undefined) expect(readFirst(first, 512).readUInt32LE(92)).toBe(board.coreAt);
  });

  it('holds by its own account', async () => {
    const first = path.join(root, 'made', `${images[0]}.img`);
    const verified = await run('image', 'verify', '--trusted', set.roots, '--manifest', path.join(root, 'made/lock.json'), first);
    expect(verified).toMatchObject({ code: 0, stderr: '' });
  });

  // FAT and tables are compared elsewhere.
  it.runIf(isOld || Object.keys(holds).length > 0)('is the same when it is made again, elsewhere and otherwise', async () => {
    vi.stubEnv('TZ', 'Pacific/Kiritimati');
    const mask = process.umask(0o077);
    try {
      expect(await run('image', 'build', ...args, '--lock', path.join(root, 'made/lock.json'), '--out', path.join(root, 'deep/again'))).toMatchObject({ code: 0 });
    } finally {
      process.umask(mask);
      vi.stubEnv('TZ', undefined);
    }
    expect(readFileSync(path.join(root, 'deep/again/SHA256SUMS'), 'utf8')).toBe(readFileSync(path.join(root, 'made/SHA256SUMS'), 'utf8'));
    for (const image of images) expect(statSync(path.join(root, 'made', `${image}.img`)).blocks * 512).toBeLessThan(24 * MIB);
  });
});

/** Makes it in every form, and holds them against each other by the stock tools. */
async function buildInEveryForm(args: string[], root: string, volume: string): Promise<void> {
  expect(await run('image', 'build', ...args, '--out', path.join(root, 'made'), '--format', 'img,img.zst,img.xz,img.gz,qcow2,bmap')).toMatchObject({ code: 0 });
  const made = (ending: string) => path.join(root, 'made', `${volume}.${ending}`);
  const whole = readFileSync(made('img'));
  const unpacked = (name: string, ...decode: string[]) => execFileSync(name, decode, { maxBuffer: 2 * whole.length });
  expect(unpacked('zstd', '-dcq', made('img.zst')).equals(whole)).toBe(true);
  expect(unpacked('xz', '-dcq', made('img.xz')).equals(whole)).toBe(true);
  expect(unpacked('gzip', '-dcq', made('img.gz')).equals(whole)).toBe(true);
  tool('qemu-img', 'compare', made('img'), made('qcow2'));
  // Verifies each range that it writes.
  execFileSync('bmaptool', ['copy', '--bmap', made('img.bmap'), made('img'), path.join(root, 'flashed')], { stdio: 'pipe' });
  expect(readFileSync(path.join(root, 'flashed')).equals(whole)).toBe(true);
}

describe('is the same in every form', () => {
  const make = async (name: string, root: string): Promise<{ set: MadeSet; args: string[] }> => {
    const set = await makeSet(root, BOARD_SETS[name]!.set);
    return { set, args: ['--model', set.model, '--snaps', set.snaps, '--assertions', set.assertions, '--trusted', set.roots] };
  };

  it('an image with snaps in several pieces', async () => {
    const root = path.join(folder, 'forms');
    const { set, args } = await make('UC16 on a PC', root);
    const { stdout } = await run('image', 'plan', ...args, '--json');
    const { volumes } = JSON.parse(stdout) as { volumes: { segments: { kind: string; source?: string; fileOffsetBytes?: number; sizeBytes: number }[] }[] };
    const pieces = volumes[0]!.segments.filter(({ source }) => source === 'pc-kernel');
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBeLessThanOrEqual(statSync(path.join(set.snaps, 'pc-kernel_11.snap')).size);
    await buildInEveryForm(args, root, 'pc');
  });

  it.each([['on FAT, some of which compress', 'UC22 on a Raspberry Pi', 'pi'], ['on ext4 and FAT', 'UC22 with file systems of its gadget', 'pc']])('an image with large files %s', async (_where, name, volume) => {
    const root = path.join(folder, `large-${volume}`);
    await buildInEveryForm((await make(name, root)).args, root, volume);
  });
});
