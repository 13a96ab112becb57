import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BOARD_SETS } from '../../lib/prepare/testing/board-sets';
import { makeSet, type MadeSet } from '../../lib/prepare/testing/make-set';
import { cutOut, partitionsOf, readFirst, tool, TOOL_ENV, type Partition } from './disks.testing';
import { imprint, makeFolder } from './testing';

// Tools share the machine with others.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const { folder, remove } = makeFolder();
afterAll(remove);
const BLOCK = 4096;

type Map = { sizeBytes: number; blocks: number; mapped: number; ranges: [first: number, last: number][] };

function readMap(file: string): Map {
  const text = readFileSync(file, 'utf8');
  const number = (name: string): number => Number(new RegExp(`<${name}> (\\d+) </${name}>`).exec(text)![1]);
  const ranges = [...text.matchAll(/<Range chksum="[0-9a-f]{64}"> (\d+)(?:-(\d+))? <\/Range>/g)];
  return {
    sizeBytes: number('ImageSize'),
    blocks: number('BlocksCount'),
    mapped: number('MappedBlocksCount'),
    ranges: ranges.map(([, first, last]) => [Number(first), Number(last ?? first)]),
  };
}

/** As bmaptool writes: mapped blocks alone, and nothing else of the medium. */
function writeMapped(image: string, map: Map, medium: string): void {
  const [from, to] = [openSync(image, 'r'), openSync(medium, 'r+')];
  for (const [first, last] of map.ranges) {
    const bytes = Buffer.alloc((last - first + 1) * BLOCK);
    const length = readSync(from, bytes, 0, bytes.length, first * BLOCK);
    writeSync(to, bytes, 0, length, first * BLOCK);
  }
  closeSync(from);
  closeSync(to);
}

/** bmaptool's own code; the command itself empties a file that it writes to, which it cannot do to a card. */
const COPY = [
  'import sys; from bmaptools.BmapCopy import BmapCopy',
  'BmapCopy(open(sys.argv[1], "rb"), open(sys.argv[2], "r+b"), open(sys.argv[3], "r")).copy(False)',
].join('\n');

function fill(file: string, sizeBytes: number): void {
  const bytes = Buffer.alloc(2 ** 20, 0xff);
  const to = openSync(file, 'w');
  for (let at = 0; at < sizeBytes; at += bytes.length)
    writeSync(to, bytes, 0, Math.min(bytes.length, sizeBytes - at), at);
  closeSync(to);
}

type Kind = 'FAT' | 'ext4' | 'raw';

function kindOf(part: string): Kind {
  const start = readFirst(part, 2048);
  if (start.readUInt16LE(1024 + 56) === 0xef53) return 'ext4';
  return start.toString('latin1', 82, 85) === 'FAT' || start.toString('latin1', 54, 57) === 'FAT'
    ? 'FAT'
    : 'raw';
}

/** An older image of the same gadget, in whose file systems there was more. */
function fillFileSystems(image: string, partitions: Partition[], work: string): void {
  const [part, more] = [path.join(work, 'part'), path.join(work, 'more')];
  for (const partition of partitions) {
    cutOut(image, partition, part);
    const kind = kindOf(part);
    if (kind === 'raw') continue;
    writeFileSync(more, Buffer.alloc(Math.floor(partition.size / 2), 0xa5));
    if (kind === 'ext4') {
      for (let i = 0; i < 40; i += 1) tool('debugfs', '-w', '-R', `mkdir old-${i}`, part);
      tool('debugfs', '-w', '-R', `write ${more} old`, part);
    } else {
      tool('mmd', '-i', part, ...Array.from({ length: 40 }, (_, i) => `::old-${i}`));
      tool('mcopy', '-i', part, more, '::old');
    }
    tool(
      'dd',
      `if=${part}`,
      `of=${image}`,
      'bs=64K',
      'oflag=seek_bytes',
      `seek=${partition.start}`,
      'conv=notrunc',
      'status=none',
    );
  }
}

/** What the stock tools say of the table and of each partition; the digest of one without a file system. */
function judge(image: string, partitions: Partition[], work: string): unknown[] {
  const part = path.join(work, 'part');
  const said = (name: string, ...args: string[]) => {
    const { status, stdout } = spawnSync(name, args, { env: TOOL_ENV, encoding: 'utf8' });
    return { name, status, stdout: stdout.replaceAll(image, 'IMAGE') };
  };
  return [
    said('sgdisk', '-v', image),
    ...partitions.map((partition) => {
      cutOut(image, partition, part);
      const kind = kindOf(part);
      if (kind === 'raw') return tool('sha256sum', part);
      return kind === 'FAT' ? said('fsck.fat', '-n', part) : said('e2fsck', '-fn', part);
    }),
  ];
}

const KINDS: [board: string, sectorBytes: number, kinds: Kind[]][] = [
  ['UC24 on a PC', 512, ['raw', 'FAT']],
  ['UC18 on a PC', 512, ['raw', 'FAT', 'ext4']],
  ['UC22 with file systems of its gadget', 512, ['FAT', 'ext4', 'ext4', 'FAT', 'FAT', 'raw']],
  ['UC22 with sectors of 4096 bytes', 4096, ['raw', 'FAT', 'ext4', 'ext4', 'FAT', 'FAT', 'raw']],
];

describe.each(KINDS)('a medium to which an image is written by its map: %s', (name, sectorBytes, kinds) => {
  const root = path.join(folder, name);
  const made = (ending: string) => path.join(root, 'made', `pc.${ending}`);
  const medium = path.join(root, 'medium.img');
  let set: MadeSet;
  let map: Map;
  let partitions: Partition[];
  let whole: unknown[];

  beforeAll(async () => {
    mkdirSync(root);
    const { set: board, args = [] } = BOARD_SETS[name]!;
    set = await makeSet(path.join(root, 'set'), board);
    const { model, snaps, assertions, roots } = set;
    const options = [
      '--model',
      model,
      '--snaps',
      snaps,
      '--assertions',
      assertions,
      '--trusted',
      roots,
      ...args,
    ];
    expect(
      await imprint(
        ['image', 'build', ...options, '--out', path.join(root, 'made'), '--format', 'img,bmap'],
        { folder: root, env: { XDG_CACHE_HOME: root } },
      ),
    ).toMatchObject({ code: 0 });
    map = readMap(made('img.bmap'));
    partitions = partitionsOf(made('img'), sectorBytes);
    whole = judge(made('img'), partitions, root);
  });

  const verify = async (image: string) => {
    const { code, stdout } = await imprint(['image', 'verify', '--trusted', set.roots, image], {
      folder: root,
    });
    expect(code).toBe(0);
    return stdout.replaceAll(image, 'IMAGE');
  };

  it('has sound file systems to begin with, and a map of what is not free', () => {
    const part = path.join(root, 'part');
    const found = partitions.map((partition) => (cutOut(made('img'), partition, part), kindOf(part)));
    expect(found).toEqual(kinds);
    for (const one of whole) if (typeof one === 'object') expect(one).toMatchObject({ status: 0 });
    expect([map.sizeBytes, map.blocks]).toEqual([
      statSync(made('img')).size,
      Math.ceil(map.sizeBytes / BLOCK),
    ]);
    expect(map.ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0)).toBe(map.mapped);
    expect(map.mapped).toBeLessThan(map.blocks / 3);
  });

  it('holds what the whole image does when it was full of 0xFF, by bmaptool too', async () => {
    fill(medium, map.sizeBytes);
    writeMapped(made('img'), map, medium);
    expect(judge(medium, partitions, root)).toEqual(whole);
    expect(await verify(medium)).toEqual(await verify(made('img')));
    const other = path.join(root, 'other.img');
    fill(other, map.sizeBytes);
    tool('python3', '-c', COPY, made('img'), other, made('img.bmap'));
    tool('cmp', medium, other);
  });

  it('holds what the whole image does when an older, fuller one was on it', async () => {
    copyFileSync(made('img'), medium);
    fillFileSystems(medium, partitions, root);
    expect(judge(medium, partitions, root)).not.toEqual(whole);
    writeMapped(made('img'), map, medium);
    expect(judge(medium, partitions, root)).toEqual(whole);
    expect(await verify(medium)).toEqual(await verify(made('img')));
  });
});
