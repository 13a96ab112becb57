import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../crc32';
import { gptTailSectors, writeGpt, type SectorBytes } from '../gpt';
import { writeMbr } from '../mbr';
import { readTable } from './table';
import { codeOf, memory } from './testing';

const SECTORS = 400;
const GUID = ['11111111-2222-4333-8444-555555555555', '21111111-2222-4333-8444-555555555555'] as const;
const ESP = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';
const partitions = [
  { typeGuid: '21686148-6449-6E6F-744E-656564454649', guid: GUID[0], firstLba: 64, lastLba: 99, name: 'BIOS Boot' },
  { typeGuid: ESP, guid: GUID[1], firstLba: 100, lastLba: 199, name: 'ubuntu-seed' },
];

function gptDisk(sectorBytes: SectorBytes = 512): Uint8Array {
  const disk = new Uint8Array(SECTORS * sectorBytes);
  const { head, tail } = writeGpt({ sectorBytes, sectors: SECTORS, diskGuid: GUID[0], partitions });
  disk.set(head);
  disk.set(tail, disk.length - tail.length);
  return disk;
}
const codeOfDisk = (disk: Uint8Array) => codeOf(() => readTable(memory(disk)));
const changed = (disk: Uint8Array, at: number, ...bytes: number[]): Uint8Array => {
  const copy = disk.slice();
  copy.set(bytes, at);
  return copy;
};
/** The disk with fields of its first header changed, and a right checksum over them. */
function withHeader(change: (view: DataView) => void, lba = 1): Uint8Array {
  const disk = gptDisk();
  const header = disk.subarray(lba * 512, lba * 512 + 92);
  const view = new DataView(disk.buffer, lba * 512, 92);
  change(view);
  view.setUint32(16, 0, true);
  view.setUint32(16, crc32(header), true);
  return disk;
}

describe('a GUID partition table', () => {
  it.each([512, 4096] as const)('is read with sectors of %i', async (sectorBytes) => {
    expect(await readTable(memory(gptDisk(sectorBytes)))).toEqual({
      schema: 'gpt',
      sectorBytes,
      partitions: [
        { number: 1, name: 'BIOS Boot', startBytes: 64 * sectorBytes, sizeBytes: 36 * sectorBytes, isFat: false },
        { number: 2, name: 'ubuntu-seed', startBytes: 100 * sectorBytes, sizeBytes: 100 * sectorBytes, isFat: true },
      ],
    });
  });

  it('tells of any changed byte in either copy', async () => {
    const disk = gptDisk();
    const tail = disk.length - gptTailSectors(512) * 512;
    const places = fc.oneof(fc.integer({ min: 512, max: 34 * 512 - 1 }), fc.integer({ min: tail, max: disk.length - 1 }));
    await fc.assert(
      fc.asyncProperty(places, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        expect(await codeOfDisk(changed(disk, at, disk[at]! ^ mask))).toMatch(/^image-(?:gpt|truncated)/);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['image-gpt-crc', 'a byte of the header', 512 + 60],
    ['image-gpt-header', 'what it begins with', 512],
    ['image-gpt-crc', 'a byte of a partition', 1024 + 130],
    ['image-gpt-backup', 'a byte of the backup header', SECTORS * 512 - 512 + 60],
    ['image-gpt-backup', 'a byte of the backup of a partition', SECTORS * 512 - 33 * 512 + 130],
    ['image-table-missing', 'the end of the first sector', 510],
    ['image-mbr', 'where the protective partition starts', 454],
    ['image-mbr', 'a second partition beside the protective one', 470],
  ])('%s: %s', async (code, _, at) => expect(await codeOfDisk(changed(gptDisk(), at, gptDisk()[at]! ^ 1))).toBe(code));

  it.each([
    ['image-truncated', 'a disk of another size', withHeader((view) => view.setBigUint64(32, 500n, true))],
    ['image-truncated', 'a place beyond all numbers', withHeader((view) => view.setBigUint64(32, 2n ** 64n - 1n, true))],
    ['image-gpt-header', 'another place for itself', withHeader((view) => view.setBigUint64(24, 2n, true))],
    ['image-gpt-header', 'more entries than anybody has', withHeader((view) => view.setUint32(80, 0xffffffff, true))],
    ['image-gpt-header', 'entries of another size', withHeader((view) => view.setUint32(84, 256, true))],
    ['image-gpt-header', 'entries within the header', withHeader((view) => view.setBigUint64(72, 1n, true))],
    ['image-gpt-backup', 'another disk than its backup', withHeader((view) => view.setUint8(56, 1))],
    ['image-gpt-backup', 'a backup that takes itself for the table', withHeader((view) => view.setBigUint64(24, 1n, true), SECTORS - 1)],
  ])('%s: %s', async (code, _, disk) => expect(await codeOfDisk(disk)).toBe(code));

  it('is cut short with its file, and does not end before it', async () => {
    expect(await codeOfDisk(gptDisk().subarray(0, SECTORS * 512 - 1))).toBe('image-truncated');
    expect(await codeOfDisk(gptDisk().subarray(0, 3000))).toBe('image-truncated');
    expect(await codeOfDisk(gptDisk().subarray(0, 100))).toBe('image-truncated');
    expect(await codeOfDisk(new Uint8Array(Buffer.concat([gptDisk(), new Uint8Array(512)])))).toBe('image-truncated');
  });

  it('has partitions apart from each other, with GUIDs of their own', async () => {
    const write = (second: Partial<(typeof partitions)[number]>) => {
      const disk = new Uint8Array(SECTORS * 512);
      const { head, tail } = writeGpt({ sectorBytes: 512, sectors: SECTORS, diskGuid: GUID[0], partitions: [partitions[0]!, { ...partitions[1]!, ...second }] });
      disk.set(head);
      disk.set(tail, disk.length - tail.length);
      return disk;
    };
    expect(await codeOfDisk(write({ firstLba: 99 }))).toBe('image-gpt-entry');
    expect(await codeOfDisk(write({ guid: GUID[0] }))).toBe('image-gpt-entry');
  });
});

describe('a master boot record', () => {
  const sector = (...more: { firstLba: number; sectors: number; type?: number }[]) => writeMbr({ sectorBytes: 512, sectors: SECTORS, signature: 1, partitions: more.map((each) => ({ type: 0x0c, bootable: false, ...each })) });
  const mbrDisk = (head: Uint8Array) => changed(new Uint8Array(SECTORS * 512), 0, ...head);

  it('is read', async () => {
    expect(await readTable(memory(mbrDisk(sector({ firstLba: 10, sectors: 20 }, { firstLba: 30, sectors: 370, type: 0x83 }))))).toEqual({
      schema: 'mbr',
      sectorBytes: 512,
      partitions: [
        { number: 1, name: '', startBytes: 5120, sizeBytes: 10_240, isFat: true },
        { number: 2, name: '', startBytes: 15_360, sizeBytes: 189_440, isFat: false },
      ],
    });
  });

  it.each([
    ['image-mbr', 'no partition', sector()],
    ['image-mbr', 'two over each other', sector({ firstLba: 10, sectors: 20 }, { firstLba: 29, sectors: 1 })],
    ['image-mbr', 'an extended one', sector({ firstLba: 10, sectors: 20, type: 5 })],
    ['image-mbr', 'one of another mark', changed(sector({ firstLba: 10, sectors: 20 }), 446, 1)],
    ['image-mbr', 'one of no sectors', changed(sector({ firstLba: 10, sectors: 20 }), 446 + 12, 0)],
    ['image-mbr', 'an unused one that is not empty', changed(sector({ firstLba: 10, sectors: 20 }), 462 + 8, 1)],
    ['image-truncated', 'one beyond the end', changed(sector({ firstLba: 10, sectors: 20 }), 446 + 13, 2)],
  ])('%s: %s', async (code, _, head) => expect(await codeOfDisk(mbrDisk(head))).toBe(code));
});

it('reads no disk from what is none, and never reads outside', async () => {
  expect(await codeOfDisk(new Uint8Array(100_000))).toBe('image-table-missing');
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 0, maxLength: 4096 }), fc.boolean(), async (bytes, signed) => {
      const disk = signed && bytes.length >= 1024 ? changed(changed(bytes, 510, 0x55, 0xaa), 512, ...new TextEncoder().encode('EFI PART')) : bytes;
      expect(await codeOfDisk(disk)).toMatch(/^image-/);
    }),
    { numRuns: 500 },
  );
});
