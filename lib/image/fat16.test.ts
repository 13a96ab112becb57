import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { TreeFile } from '../seed/tree';
import { planFat16 } from './fat-geometry';
import { writeFat16 } from './fat16';
import { FatFileSystem } from './read/fat';
import { codeOf, memory } from './read/testing';
import { lengthOf, plain } from './testing';

// Tools share the machine with others.
vi.setConfig({ testTimeout: 60_000 });

const MIB = 2 ** 20;
const folder = mkdtempSync(path.join(tmpdir(), 'imprint-fat16-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const text = (name: string, length = 1): TreeFile => ({ path: name, content: { kind: 'bytes', bytes: new Uint8Array(length).fill(name.length) } });
const write = (files: TreeFile[], sizeBytes = 8 * MIB, more: { label?: string; sectorBytes?: 512 | 4096; directories?: string[] } = {}) => writeFat16({ files, sizeBytes, label: 'SMALL', volumeId: 0x12345678, epoch: 1_709_212_456, hiddenSectors: 4096, ...more });

describe('the geometry of a FAT16', () => {
  it('has as many clusters as make it one, inside, aligned and mapped, for any size and sector', () =>
    fc.assert(
      fc.property(fc.integer({ min: 3 * MIB, max: 2000 * MIB }), fc.constantFrom(512 as const, 4096 as const), (sizeBytes, sectorBytes) => {
        fc.pre(sectorBytes === 512 || sizeBytes > 17 * MIB);
        const g = planFat16(sizeBytes, sectorBytes);
        expect(g.clusters).toBeGreaterThanOrEqual(4085);
        expect(g.clusters).toBeLessThan(65_525);
        expect((g.clusters + 2) * 2).toBeLessThanOrEqual(g.fatSectors * sectorBytes);
        expect(g.dataSector + g.clusters * g.sectorsPerCluster).toBeLessThanOrEqual(g.sectors);
        expect((g.dataSector * sectorBytes) % 4096).toBe(0);
        expect(g.reservedSectors).toBeGreaterThan(0);
      }),
    ));

  it('is refused where there is none', async () => {
    expect(await codeOf(() => planFat16(2 * MIB))).toBe('fat-clusters');
    expect(await codeOf(() => planFat16(15 * MIB, 4096))).toBe('fat-clusters');
    expect(await codeOf(() => planFat16(4096 * MIB))).toBe('fat-clusters');
  });
});

describe('a FAT16', () => {
  const files = [text('CONFIG.TXT', 20), text('a long name of a file.txt', 5000), text('deep/er/x', 70_000), text('empty', 0)];

  it.each([
    [8, 512, 'SMALL'],
    [100, 512, ''],
    [300, 512, 'SMALL'],
    [40, 4096, 'SMALL'],
  ] as const)('of %i MiB with sectors of %i bytes and the label "%s" is sound, and gives back every file', async (mib, sectorBytes, label) => {
    const segments = write(files, mib * MIB, { sectorBytes, label, directories: ['nothing/here'] });
    expect(lengthOf(segments)).toBe(mib * MIB);
    const bytes = plain(segments);
    const image = path.join(folder, 'fat');
    writeFileSync(image, bytes);
    execFileSync('/usr/sbin/fsck.vfat', ['-n', image], { stdio: 'pipe' });
    const env = { PATH: '/usr/bin:/bin', MTOOLSRC: '/dev/null', MTOOLS_SKIP_CHECK: '1', LC_ALL: 'C.UTF-8' } as unknown as NodeJS.ProcessEnv;
    for (const { path: name, content } of files) {
      execFileSync('mcopy', ['-n', '-i', image, `::/${name}`, path.join(folder, 'out')], { env });
      expect(readFileSync(path.join(folder, 'out')).equals((content as { bytes: Uint8Array }).bytes)).toBe(true);
      rmSync(path.join(folder, 'out'));
    }
    const read = await FatFileSystem.open(memory(bytes));
    expect([read.bits, read.label, read.list('nothing')]).toEqual([16, label, ['here']]);
  });

  it('is the same for the same input', () => expect(write([...files].reverse())).toEqual(write(files)));

  it('is refused when the root directory or the whole is too small', async () => {
    const many = Array.from({ length: 512 }, (_, i) => text(`F${i}`));
    expect(await codeOf(() => write(many))).toBe('fat-directory-full');
    expect(await codeOf(() => write(many.slice(1)))).toBeUndefined();
    expect(await codeOf(() => write([text('x', 9 * MIB)]))).toBe('seed-full');
  });
});
