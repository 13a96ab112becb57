import type { SectorBytes } from './gpt';

/** `type` is the byte in the table, such as 0x0c. */
export type MbrPartition = { type: number; firstLba: number; sectors: number; bootable: boolean };

export type MbrInput = { sectorBytes: SectorBytes; /** Of the whole disk. */ sectors: number; /** Of the disk, 32 bits, not 0. */ signature: number; partitions: MbrPartition[] };

export const MBR_SECTORS = 1;
const MAX_PARTITIONS = 4;
const MAX_SECTORS = 2 ** 32;

/**
 * The first sector of a disk with a master boot record: no boot code, the disk's signature, up to four partitions in logical sectors. The geometry fields
 * are 0, as in ubuntu-image's disks: firmware has gone by sectors for decades. Throws RangeError for what the table cannot hold.
 */
export function writeMbr({ sectorBytes, sectors, signature, partitions }: MbrInput): Uint8Array {
  if (partitions.length > MAX_PARTITIONS) throw new RangeError(`${partitions.length} partitions`);
  const sector = new Uint8Array(sectorBytes);
  const view = new DataView(sector.buffer);
  view.setUint32(440, signature, true);
  partitions.forEach((p, i) => {
    if (p.firstLba < MBR_SECTORS || p.sectors < 1 || p.firstLba + p.sectors > Math.min(sectors, MAX_SECTORS)) throw new RangeError(`partition ${i + 1} lies at ${p.firstLba} + ${p.sectors}, outside ${sectors}`);
    const at = 446 + i * 16;
    view.setUint8(at, p.bootable ? 0x80 : 0);
    view.setUint8(at + 4, p.type);
    view.setUint32(at + 8, p.firstLba, true);
    view.setUint32(at + 12, p.sectors, true);
  });
  sector.set([0x55, 0xaa], 510);
  return sector;
}
