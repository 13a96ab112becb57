import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { TreeFile } from '../../seed/tree';
import { planFat } from '../fat-geometry';
import { writeFat32 } from '../fat32';
import { plain } from '../testing';
import { FatFileSystem } from './fat';
import { codeOf, memory } from './testing';

// Tools and property tests share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SIZE = 34 * 2 ** 20;
const text = (name: string, length: number): TreeFile => ({ path: name, content: { kind: 'bytes', bytes: Uint8Array.from({ length }, (_, i) => (i * 7 + name.length) & 0xff) } });
const files = [text('EFI/boot/grubx64.efi', 5000), text('snaps/a name that is long, with dots.in.it_12.snap', 1025), text('systems/20240101/model', 0), text('snaps/pc_1.snap', 100_000), text('README', 512)];
const geometry = planFat(SIZE);
const [fat, data] = [geometry.reservedSectors * 512, geometry.dataSector * 512];
const fatBytes = geometry.fatSectors * 512;
let disk: Uint8Array;

const open = (bytes: Uint8Array) => FatFileSystem.open(memory(bytes));
/** Changes the one disk for as long as the work takes: a copy for each case would take longer than the case. */
async function changed<T>(changes: readonly (readonly [at: number, byte: number])[], work: (bytes: Uint8Array) => Promise<T>): Promise<T> {
  const before = changes.map(([at]) => [at, disk[at]!] as const);
  for (const [at, byte] of changes) disk[at] = byte;
  try {
    return await work(disk);
  } finally {
    for (const [at, byte] of before) disk[at] = byte;
  }
}
const codeWith = (...changes: (readonly [number, number])[]) => changed(changes, (bytes) => codeOf(() => open(bytes)));
/** The same entry in both copies of the FAT. */
const entry = (cluster: number, next: number): [number, number][] => [fat, fat + fatBytes].flatMap((start) => [0, 8, 16, 24].map((shift, i): [number, number] => [start + cluster * 4 + i, (next >>> shift) & 0xff]));

beforeAll(() => {
  disk = plain(writeFat32({ files, sizeBytes: SIZE, label: 'ubuntu-seed', volumeId: 0x12345678, epoch: 1_709_212_456, hiddenSectors: 4096 }));
});

describe('a FAT32 file system', () => {
  it('has the files that were written, found in upper and lower case', async () => {
    const seed = await open(disk);
    expect([seed.label, seed.bits]).toEqual(['ubuntu-seed', 32]);
    expect(seed.files.map((file) => file.path).sort()).toEqual(files.map((file) => file.path).sort());
    for (const { path: name, content } of files) expect(Buffer.compare(await seed.read(seed.find(name.toUpperCase())!, 200_000), content.kind === 'bytes' ? content.bytes : new Uint8Array())).toBe(0);
    expect(seed.list('')!.sort()).toEqual(['EFI', 'README', 'snaps', 'systems']);
    expect(seed.list('Systems')).toEqual(['20240101']);
    expect([seed.list('snaps/pc_1.snap'), seed.find('snaps'), seed.find('snaps/other')]).toEqual([undefined, undefined, undefined]);
    expect(await codeOf(() => seed.read(seed.find('README')!, 511))).toBe('image-fat-limit');
  });

  it('is found broken by any changed byte of a FAT', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(2 * fatBytes - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        expect(await codeWith([fat + at, disk[fat + at]! ^ mask])).toBe('image-fat-copies');
      }),
      { numRuns: 60 },
    ));

  it('is found broken by any changed byte of its boot sector or the copy', () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 6 * 512), fc.nat(511), fc.integer({ min: 1, max: 255 }), async (start, at, mask) => {
        expect(await codeWith([start + at, disk[start + at]! ^ mask])).toMatch(/^image-/);
      }),
      { numRuns: 200 },
    ));

  // The root directory is cluster 2, EFI 3.
  it.each([
    ['image-fat-loop', 'a chain in a circle', () => entry(2, 2)],
    ['image-fat-loop', 'two chains that meet', () => entry(2, 3)],
    ['image-fat-chain', 'a chain that ends nowhere', () => entry(2, 0)],
    ['image-fat-chain', 'a chain that leaves the disk', () => entry(2, geometry.clusters + 2)],
    ['image-fat-chain', 'clusters that nobody has', () => entry(60_000, 0x0fffffff)],
    ['image-fat-free', 'another count of free clusters', () => [[512 + 488, 1]] as [number, number][]],
    ['image-fat-boot', 'an FSInfo that is none', () => [[512, 0]] as [number, number][]],
    ['image-fat-boot', 'a FAT that is far longer than its clusters need', () => [0, 6 * 512].map((sector): [number, number] => [sector + 37, 32])],
    ['image-fat-entry', 'a directory with a size', () => [[data + 32 + 28, 1]] as [number, number][]],
    ['image-fat-chain', 'a directory that begins nowhere', () => [[data + 32 + 26, 1]] as [number, number][]],
    ['image-fat-entry', 'a name with a slash', () => [[data + 32, 0x2f]] as [number, number][]],
  ])('%s: %s', async (code, _, changes) => expect(await codeWith(...changes())).toBe(code));

  it('is read to its end and nowhere else, whatever was changed', () => {
    const anywhere = fc.oneof(fc.nat(8 * 512), fc.integer({ min: fat, max: fat + 2000 }), fc.integer({ min: data, max: data + 8 * 512 }));
    return fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(anywhere, fc.nat(255)), { minLength: 1, maxLength: 6 }), async (changes) => {
        const both = changes.flatMap(([at, byte]): [number, number][] => (at >= fat && at <= fat + 2000 ? [[at, byte], [at + fatBytes, byte]] : at < 512 ? [[at, byte], [at + 6 * 512, byte]] : [[at, byte]]));
        const ended = await changed(both, async (bytes) => {
          const reader = memory(bytes);
          const code = await codeOf(async () => {
            const read = await FatFileSystem.open(reader);
            for (const file of read.files) await read.read(file, 2 ** 20);
          });
          return { code, readBytes: reader.readBytes };
        });
        expect(ended.code ?? 'image-').toMatch(/^image-/);
        expect(ended.readBytes).toBeLessThan(8 * 2 ** 20);
      }),
      { numRuns: 300, examples: [[[[37, 32], [1, 0]]]] },
    );
  });
});

describe('a FAT file system of the stock tools', () => {
  const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', MTOOLSRC: '/dev/null', LC_ALL: 'C.UTF-8' } as unknown as NodeJS.ProcessEnv;

  it.each([
    [12, 4, ['-F', '12', '-s', '2']],
    [16, 20, ['-F', '16', '-s', '4']],
    [16, 50, []],
    [32, 40, ['-F', '32', '-s', '1']],
  ])('is read: FAT%i of %i MiB', async (bits, mib, args) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'imprint-fat-'));
    try {
      const run = (tool: string, ...more: string[]) => execFileSync(tool, more, { cwd: folder, env: ENVIRONMENT, stdio: 'ignore' });
      writeFileSync(path.join(folder, 'disk'), new Uint8Array(mib * 2 ** 20));
      run('mkfs.vfat', ...args, '-n', 'SYSTEM-BOOT', 'disk');
      run('mmd', '-i', 'disk', '::/EFI', '::/EFI/boot', '::/Über');
      const contents = [3, 0, 70_000, 513].map((length) => Uint8Array.from({ length }, (_, i) => (i * 13 + length) & 0xff));
      const names = ['config.txt', 'EFI/boot/empty', 'EFI/boot/A name, as long as it gets.tar.gz', 'Über/Größe.TXT'];
      contents.forEach((bytes, i) => writeFileSync(path.join(folder, `f${i}`), bytes));
      names.forEach((name, i) => run('mcopy', '-i', 'disk', `f${i}`, `::/${name}`));
      // Something that was deleted, and long directories.
      run('mcopy', '-i', 'disk', 'f2', '::/EFI/gone');
      run('mdel', '-i', 'disk', '::/EFI/gone');
      for (let i = 0; i < 40; i += 1) run('mcopy', '-i', 'disk', 'f0', `::/EFI/another long name of a file ${i}`);
      const bytes = new Uint8Array(readFileSync(path.join(folder, 'disk')));
      const read = await open(bytes);
      expect([read.bits, read.label]).toEqual([bits, 'SYSTEM-BOOT']);
      expect(read.files).toHaveLength(44);
      for (const [i, name] of names.entries()) expect(Buffer.compare(await read.read(read.find(name)!, 100_000), contents[i]!)).toBe(0);
      expect(read.list('EFI')).toHaveLength(41);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
