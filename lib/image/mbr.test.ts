import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { writeMbr } from './mbr';

const disk = { sectorBytes: 512 as const, sectors: 100_000, signature: 0xdeadbeef };
const part = (firstLba: number, sectors: number, more: object = {}) => ({ type: 0x0c, firstLba, sectors, bootable: false, ...more });

test('a table says what sfdisk reads', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'imprint-mbr-'));
  try {
    const file = path.join(folder, 'disk.img');
    writeFileSync(file, writeMbr({ ...disk, partitions: [part(2048, 4096), part(8192, 1000, { type: 0x83, bootable: true })] }));
    truncateSync(file, disk.sectors * 512);
    const { partitiontable } = JSON.parse(execFileSync('/usr/sbin/sfdisk', ['-J', file], { encoding: 'utf8' })) as { partitiontable: { label: string; id: string; partitions: Record<string, unknown>[] } };
    expect(partitiontable).toMatchObject({ label: 'dos', id: '0xdeadbeef' });
    expect(partitiontable.partitions.map(({ start, size, type, bootable }) => [start, size, type, bootable ?? false])).toEqual([[2048, 4096, 'c', false], [8192, 1000, '83', true]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('has no room for a fifth partition, nor for one beyond the disk', () => {
  expect(() => writeMbr({ ...disk, partitions: Array.from({ length: 5 }, (_, i) => part(2048 * (i + 1), 1)) })).toThrow(RangeError);
  for (const bad of [part(0, 1), part(1, 0), part(99_999, 2)]) expect(() => writeMbr({ ...disk, partitions: [bad] })).toThrow(RangeError);
  expect(writeMbr({ ...disk, sectorBytes: 4096, partitions: [part(1, 1)] })).toHaveLength(4096);
});
