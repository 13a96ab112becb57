import { isAppError } from '../../errors';
import { Ext4FileSystem } from './ext4';
import { looksLikeExt4 } from './ext4-volume';
import { FatFileSystem } from './fat';
import { looksLikeFat } from './fat-volume';
import { readAt, windowOf, type Reader } from './reader';
import { readTable, type PartitionTable, type ReadPartition } from './table';

/** What a partition holds. An ext4 with features that are not read here counts as raw: it may be anybody's. */
export type PartitionContent = { kind: 'fat'; fat: FatFileSystem; label: string } | { kind: 'ext4'; ext4: Ext4FileSystem; label: string } | { kind: 'raw' };
export type ReadDisk = { table: PartitionTable; partitions: { partition: ReadPartition; reader: Reader; content: PartitionContent }[] };

const START_BYTES = 2048;

/** The partition table and every FAT and ext4 file system of a disk, found right. Throws AppError with an ImageFaultCode at the first thing that is not. */
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
  const start = await readAt(part, 0, Math.min(part.sizeBytes, START_BYTES), 'The start of a partition');
  // By its type there may be a FAT where the gadget wants ext4.
  if (looksLikeFat(start) || (isFat && !looksLikeExt4(start))) {
    const fat = await FatFileSystem.open(part);
    return { kind: 'fat', fat, label: fat.label };
  }
  if (!looksLikeExt4(start)) return { kind: 'raw' };
  try {
    const ext4 = await Ext4FileSystem.open(part);
    return { kind: 'ext4', ext4, label: ext4.label };
  } catch (error) {
    if (isAppError(error) && error.code === 'image-ext4-unread') return { kind: 'raw' };
    throw error;
  }
}
