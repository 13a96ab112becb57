import type { SectorBytes } from '../gpt';
import { imageFault, viewOf, type Reader } from './reader';
import type { PartitionTable, ReadPartition } from './table';

const EXTENDED = [0x05, 0x0f, 0x85];
const FAT = [0x01, 0x04, 0x06, 0x0b, 0x0c, 0x0e, 0xef];

/** The four entries of a master boot record; `sector` is the first one. Throws AppError `image-mbr`, `image-truncated`. */
export function readMbr(reader: Reader, sector: Uint8Array, sectorBytes: SectorBytes): PartitionTable {
  const view = viewOf(sector);
  const partitions: ReadPartition[] = [];
  for (let i = 0; i < 4; i += 1) {
    const at = 446 + 16 * i;
    const type = sector[at + 4]!;
    const [first, sectors] = [view.getUint32(at + 8, true), view.getUint32(at + 12, true)];
    const word = `Partition ${i + 1} of the master boot record`;
    if (sector[at] !== 0 && sector[at] !== 0x80) imageFault('image-mbr', `${word} is marked ${sector[at]!.toString(16)}, which is neither active nor inactive.`);
    if (type === 0) {
      if (sector.subarray(at, at + 16).some((byte) => byte !== 0)) imageFault('image-mbr', `${word} is not in use, and yet its entry is not empty.`);
      continue;
    }
    if (EXTENDED.includes(type)) imageFault('image-mbr', `${word} is an extended one; images have none.`);
    if (first === 0 || sectors === 0) imageFault('image-mbr', `${word} has no place: it starts at sector ${first} and has ${sectors}.`);
    if ((first + sectors) * sectorBytes > reader.sizeBytes) imageFault('image-truncated', `${word} ends at byte ${(first + sectors) * sectorBytes}, and the disk has ${reader.sizeBytes}: the file is cut short, or the table is broken.`);
    partitions.push({ number: i + 1, name: '', startBytes: first * sectorBytes, sizeBytes: sectors * sectorBytes, isFat: FAT.includes(type) });
  }
  if (partitions.length === 0) imageFault('image-mbr', 'The master boot record names no partition.');
  assertApart(partitions, 'image-mbr');
  return { schema: 'mbr', sectorBytes, partitions };
}

/** Throws AppError with the code when two lie over each other. */
export function assertApart(partitions: readonly ReadPartition[], code: 'image-mbr' | 'image-gpt-entry'): void {
  const sorted = [...partitions].sort((a, b) => a.startBytes - b.startBytes);
  sorted.forEach((partition, i) => {
    const before = sorted[i - 1];
    if (before && before.startBytes + before.sizeBytes > partition.startBytes) imageFault(code, `The partitions ${before.number} and ${partition.number} lie over each other.`);
  });
}
