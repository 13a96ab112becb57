import { FatFileSystem } from './fat';
import { looksLikeFat } from './fat-volume';
import { readAt, viewOf, windowOf, type Reader } from './reader';
import { readTable, type PartitionTable, type ReadPartition } from './table';

/** What a partition holds; of ext4 the label alone is read. */
export type PartitionContent = { kind: 'fat'; fat: FatFileSystem; label: string } | { kind: 'ext4'; label: string } | { kind: 'raw' };
export type ReadDisk = { table: PartitionTable; partitions: { partition: ReadPartition; reader: Reader; content: PartitionContent }[] };

const EXT_START = 1024;

/** The partition table and every FAT file system of a disk, found right. Throws AppError with an ImageFaultCode at the first thing that is not. */
export async function readDisk(reader: Reader): Promise<ReadDisk> {
  const table = await readTable(reader);
  const disk: ReadDisk = { table, partitions: [] };
  for (const partition of table.partitions) {
    const part = windowOf(reader, partition.startBytes, partition.sizeBytes);
    disk.partitions.push({ partition, reader: part, content: await contentOf(part, partition.isFat) });
  }
  return disk;
}

async function contentOf(part: Reader, isFat: boolean): Promise<PartitionContent> {
  const start = await readAt(part, 0, Math.min(part.sizeBytes, EXT_START + 1024), 'The start of a partition');
  if (isFat || looksLikeFat(start)) {
    const fat = await FatFileSystem.open(part);
    return { kind: 'fat', fat, label: fat.label };
  }
  if (start.length < EXT_START + 1024 || viewOf(start).getUint16(EXT_START + 56, true) !== 0xef53) return { kind: 'raw' };
  const name = start.subarray(EXT_START + 120, EXT_START + 136);
  const end = name.indexOf(0);
  return { kind: 'ext4', label: String.fromCharCode(...name.subarray(0, end < 0 ? 16 : end)) };
}
