import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readFreeRanges } from './ext4-blocks';
import { readExt4Volume } from './ext4-volume';
import { codeOf, memory } from './testing';

// Tools share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = mkdtempSync(path.join(tmpdir(), 'imprint-ext4-blocks-'));
const file = path.join(folder, 'fs');
beforeAll(() => {
  mkdirSync(path.join(folder, 'tree'));
  for (let i = 0; i < 40; i += 1) writeFileSync(path.join(folder, `tree/${i}`), Buffer.alloc(i * 3000, i));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function make(size: string, ...args: string[]): Buffer {
  rmSync(file, { force: true });
  const features = ['-O', '^metadata_csum_seed,^orphan_file'];
  execFileSync(
    '/usr/sbin/mke2fs',
    ['-q', '-F', '-t', 'ext4', ...features, '-d', path.join(folder, 'tree'), ...args, file, size],
    { stdio: 'pipe' },
  );
  return readFileSync(file);
}

/** As dumpe2fs has them, group by group: `from-to`, or one block alone. */
function freeBlocks(): { from: number; to: number }[] {
  const text = execFileSync('/usr/sbin/dumpe2fs', [file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { LC_ALL: 'C' } as unknown as NodeJS.ProcessEnv,
  });
  const found = [...text.matchAll(/^ {2}Free blocks: (.*)$/gm)].flatMap(([, list]) =>
    list!.split(', ').filter(Boolean),
  );
  return found.map((range) => {
    const [from, to] = range.split('-').map(Number);
    return { from: from!, to: (to ?? from!) + 1 };
  });
}

/** Ranges that meet as one. */
function joined(ranges: { from: number; to: number }[]): { from: number; to: number }[] {
  const all: { from: number; to: number }[] = [];
  for (const { from, to } of ranges) {
    const last = all.at(-1);
    if (last?.to === from) last.to = to;
    else all.push({ from, to });
  }
  return all;
}

it.each([
  ['one group', '5M', ['-b', '4096']],
  ['copies of its table in the groups 1, 3, 5 and 7', '70M', ['-b', '1024']],
  ['groups that were never touched', '300M', ['-b', '4096']],
  ['bitmaps in each group', '70M', ['-b', '1024', '-O', '^flex_bg']],
  ['no room for its table to grow', '70M', ['-b', '1024', '-O', '^resize_inode']],
  ['all bitmaps written', '70M', ['-b', '1024', '-O', '^metadata_csum,^uninit_bg,^64bit']],
  ['tables of inodes that the kernel is to clear', '70M', ['-b', '1024', '-E', 'lazy_itable_init=1']],
])('the free blocks of an ext4 file system with %s are those of dumpe2fs', async (_, size, args) => {
  const reader = memory(make(size, ...args));
  const volume = await readExt4Volume(reader);
  const ranges = await readFreeRanges(reader, volume);
  const found = ranges.map(({ start, end }) => ({
    from: start / volume.blockBytes,
    to: end / volume.blockBytes,
  }));
  expect(found).toEqual(joined(freeBlocks()));
  expect(found.length).toBeGreaterThan(0);
});

it('has no tables outside the file system', async () => {
  const reader = memory(make('5M', '-b', '4096'));
  const volume = await readExt4Volume(reader);
  const groups = volume.groups.map((group) => ({ ...group, inodeTable: volume.blocks - 1 }));
  expect(await codeOf(() => readFreeRanges(reader, { ...volume, groups }))).toBe('image-ext4');
});
