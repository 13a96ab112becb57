import fc from 'fast-check';
import { describe, expect, it, test, vi } from 'vitest';
import { fromUtf8 } from '../bytes';
import type { TreeFile } from '../seed/tree';
import { fatTime } from './fat-directory';
import { planFat } from './fat-geometry';
import { foldName, parseFatPath, shortNames } from './fat-names';
import { listDirectories, plantTree } from './fat-tree';
import { assertTreeFits, measureTree, writeFat32 } from './fat32';
import { readFat } from './read-fat.testing';
import { sliceSegments } from './segments';
import { blobByte, lengthOf, plain } from './testing';

// Tools and property tests share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MIB = 2 ** 20;
const EPOCH = 1_709_212_456;
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return undefined;
};
const text = (path: string, length = 1): TreeFile => ({ path, content: { kind: 'bytes', bytes: new Uint8Array(length).fill(path.length) } });
const write = (files: TreeFile[], sizeBytes = 40 * MIB) => writeFat32({ files, sizeBytes, label: 'ubuntu-seed', volumeId: 0x12345678, epoch: EPOCH, hiddenSectors: 4096 });

test('empty directories are there, and others once', () => {
  const tree = plantTree([{ path: 'a/b', sizeBytes: 1 }], ['a', 'c/d']);
  expect(listDirectories(tree).map(({ path }) => path)).toEqual(['', 'a/', 'c/', 'c/d/']);
  expect(codeOf(() => plantTree([{ path: 'x', sizeBytes: 1 }], ['X']))).toBe('fat-name');
});

describe('the geometry of a FAT32', () => {
  it('takes 4 KiB clusters for the reference seed, with a data area at a page', () => {
    const g = planFat(1200 * MIB);
    expect(g).toMatchObject({ sectors: 2_457_600, sectorsPerCluster: 8, clusters: 306_597, fatSectors: 2396, dataSector: 4824 });
  });

  it('takes smaller clusters the smaller the partition', () => expect([300, 200, 80, 40].map((mib) => planFat(mib * MIB).sectorsPerCluster)).toEqual([8, 4, 2, 1]));

  it('maps every cluster, stays inside and aligned, for any size and sector', () =>
    fc.assert(
      fc.property(fc.integer({ min: 34 * MIB, max: 64 * 1024 * MIB }), fc.constantFrom(512 as const, 4096 as const), (sizeBytes, sectorBytes) => {
        fc.pre(sectorBytes === 512 || sizeBytes > 270 * MIB);
        const g = planFat(sizeBytes, sectorBytes);
        expect(g.fatSectors * sectorBytes).toBeGreaterThanOrEqual((g.clusters + 2) * 4);
        expect(g.dataSector + g.clusters * g.sectorsPerCluster).toBeLessThanOrEqual(g.sectors);
        expect((g.dataSector * sectorBytes) % 4096).toBe(0);
        expect(g.clusters).toBeGreaterThanOrEqual(65_525);
        expect(g.clusters).toBeLessThan(0x0ffffff5);
      }),
    ));

  it('is refused where firmware would read FAT16', () => {
    expect(codeOf(() => planFat(32 * MIB))).toBe('fat-clusters');
    expect(codeOf(() => planFat(200 * MIB, 4096))).toBe('fat-clusters');
    expect(codeOf(() => planFat(0))).toBe('fat-clusters');
  });
});

describe('a FAT32', () => {
  const part = fc.oneof(fc.constantFrom('EFI', 'efi2', 'a b', 'x.tar.gz', 'UPPER.TXT', 'ünï', 'long name that needs several entries of thirteen', '.hidden'), fc.stringMatching(/^[a-zA-Z0-9_+~-]{1,12}(\.[a-z]{1,4})?$/));
  const anyTree = fc.uniqueArray(fc.tuple(fc.array(part, { minLength: 1, maxLength: 4 }), fc.nat(20_000), fc.boolean()), { selector: ([parts]) => foldName(parts.join('/')), maxLength: 40 });

  it('gives back exactly the files it was made of', () =>
    fc.assert(
      fc.property(anyTree, (entries) => {
        const files = entries.map(([parts, length, stored], i): TreeFile => {
          const sha3_384 = String.fromCharCode(65 + (i % 26)).repeat(96);
          const bytes = Uint8Array.from({ length }, (_, at) => blobByte(sha3_384, at));
          return { path: parts.join('/'), content: stored ? { kind: 'blob', sha3_384, sizeBytes: length } : { kind: 'bytes', bytes } };
        });
        fc.pre(codeOf(() => write(files)) === undefined);
        const segments = write(files);
        expect(lengthOf(segments)).toBe(40 * MIB);
        const read = readFat(plain(sliceSegments(segments, 0, 8 * MIB)), EPOCH);
        expect([...read.files.keys()].sort()).toEqual(files.map((f) => f.path).sort());
        for (const [i, file] of files.entries()) {
          const wanted = file.content.kind === 'bytes' ? file.content.bytes : Uint8Array.from({ length: entries[i]![1] }, (_, at) => blobByte(file.content.kind === 'blob' ? file.content.sha3_384 : '', at));
          expect(Buffer.compare(read.files.get(file.path)!, wanted)).toBe(0);
        }
      }),
      { numRuns: 40 },
    ));

  it('is the same whatever the order of the files', () => {
    const files = [text('b/c', 5000), text('a'), text('b/d'), text('EFI/x')];
    expect(Buffer.compare(plain(write(files)), plain(write([...files].reverse())))).toBe(0);
  });

  it('has label, serial and counts in the boot sector, FSInfo and their copies', () => {
    const bytes = plain(sliceSegments(write([text('a', 1500)]), 0, MIB));
    const view = new DataView(bytes.buffer);
    expect(fromUtf8(bytes.slice(71, 82))).toBe('ubuntu-seed');
    expect(view.getUint32(67, true)).toBe(0x12345678);
    expect(view.getUint32(28, true)).toBe(4096);
    expect(view.getUint32(512 + 488, true)).toBe(planFat(40 * MIB).clusters - 4);
    expect(view.getUint32(512 + 492, true)).toBe(6);
    expect(Buffer.compare(bytes.slice(0, 1024), bytes.slice(6 * 512, 8 * 512))).toBe(0);
  });

  it('can hold nothing at all', () => expect(readFat(plain(sliceSegments(write([]), 0, 2 * MIB)), EPOCH).files.size).toBe(0));

  it('can be filled to the last cluster and not one byte more', () => {
    const { neededBytes, availableBytes } = measureTree([], 40 * MIB);
    const room = availableBytes - neededBytes;
    const big = (sizeBytes: number): TreeFile => ({ path: 'BIG', content: { kind: 'blob', sha3_384: 'a'.repeat(96), sizeBytes } });
    expect(lengthOf(write([big(room)]))).toBe(40 * MIB);
    expect(codeOf(() => write([big(room + 1)]))).toBe('seed-full');
  });

  it('says which files are the fullest when they do not fit', () => {
    const files = [['snaps/kernel_1.snap', 300], ['snaps/base_2.snap', 80], ['EFI/boot/grubx64.efi', 2]].map(([path, mib]) => ({ path: String(path), sizeBytes: Number(mib) * MIB }));
    expect(() => assertTreeFits(files, 1200 * MIB)).not.toThrow();
    expect(() => assertTreeFits(files, 380 * MIB)).toThrow(/need 382\.0 MiB.*snaps\/kernel_1\.snap \(300\.0 MiB\), snaps\/base_2\.snap \(80\.0 MiB\)/);
    expect(codeOf(() => assertTreeFits(files, 380 * MIB))).toBe('seed-full');
  });

  it('keeps dates in UTC, from 1980 on', () => {
    expect(fatTime(Date.UTC(2024, 1, 29, 13, 14, 17) / 1000)).toEqual({ date: (44 << 9) | (2 << 5) | 29, time: (13 << 11) | (14 << 5) | 8 });
    expect(fatTime(0)).toEqual({ date: (1 << 5) | 1, time: 0 });
  });
});

describe('a name on FAT', () => {
  it.each(['EFI/boot/grubx64.efi', 'snaps/pc-kernel_1.snap', 'ünïcødé', 'a+b=c', 'x'.repeat(255), '.disk/info', 'console', 'com10', '😀'])('may be %j', (path) => expect(parseFatPath(path).join('/')).toBe(path));

  it.each([
    '', '/a', 'a/', 'a//b', '../a', 'a/./b', 'a:b', 'a*b', 'a?b', 'a"b', 'a<b', 'a>b', 'a|b', 'a\\b', 'a\0b', 'a\nb', 'a\u007f', 'dot.', 'space ', ' space', 'CON', 'nul.txt', 'Com1', 'lpt9.tar.gz', 'x'.repeat(256), '\ud800',
    Array(33).fill('d').join('/'), Array(9).fill('d'.repeat(200)).join('/'),
  ])('may not be %j', (path) => expect(codeOf(() => parseFatPath(path))).toBe('fat-name'));

  it('may not differ from another only in case, in any folder', () => {
    expect(codeOf(() => write([text('README'), text('readme')]))).toBe('fat-name');
    expect(codeOf(() => write([text('EFI/a'), text('efi/b')]))).toBe('fat-name');
    expect(codeOf(() => write([text('straße'), text('STRASSE')]))).toBe('fat-name');
    expect(codeOf(() => write([text('a/x'), text('b/X')]))).toBe(undefined);
  });

  it('may not be a file and a folder, nor stand twice', () => {
    expect(codeOf(() => write([text('a'), text('a/b')]))).toBe('fat-name');
    expect(codeOf(() => write([text('a/b'), text('a')]))).toBe('fat-name');
    expect(codeOf(() => write([text('a'), text('a')]))).toBe('fat-name');
  });

  it('may not be of a file of 4 GiB', () =>
    expect(codeOf(() => writeFat32({ files: [{ path: 'a', content: { kind: 'blob', sha3_384: 'a', sizeBytes: 2 ** 32 } }], sizeBytes: 2 ** 33, label: 'x', volumeId: 1, epoch: 0, hiddenSectors: 0 }))).toBe('fat-file-too-big'));

  it('has a short name of its own beside every other', () => {
    const names = ['grub.cfg', 'GRUB.CFG2', 'a-long-name.txt', 'a-long-name.text', 'A-LONG~1.TXT', '.x', 'ü', ...Array.from({ length: 2000 }, (_, i) => `common-beginning-${i}`)];
    const shorts = shortNames(names);
    const told = shorts.map((s) => fromUtf8(s.bytes)!);
    expect(new Set(told).size).toBe(names.length);
    expect(told.every((s) => /^[A-Z0-9!#$%&'()@^_`{}~ -]{11}$/.test(s) && !s.startsWith(' '))).toBe(true);
    expect(shorts[0]).toMatchObject({ needsLong: true });
    expect(told[0]).toBe('GRUB    CFG');
    expect(told[4]).toBe('A-LONG~1TXT');
    expect(shorts[4]!.needsLong).toBe(false);
  });
});
