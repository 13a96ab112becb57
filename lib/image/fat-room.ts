import { AppError } from '../errors';
import { ENTRY_BYTES } from './fat-allocate';
import { planFat, planFat16, ROOT_ENTRIES, type FatGeometry } from './fat-geometry';
import type { FatErrorCode } from './fat-names';
import { entriesIn, listDirectories, plantTree, type FatDirectory, type SizedFile } from './fat-tree';
import type { SectorBytes } from './gpt';

/**
 * What a tree takes of a FAT, in whole clusters, and what there is; known before any byte is. `empty` are directories
 * that need not have files. Throws AppError with a FatErrorCode for names and sizes that FAT cannot have.
 */
export function measureFat(
  files: SizedFile[],
  empty: readonly string[],
  kind: 'vfat-16' | 'vfat-32',
  sizeBytes: number,
  sectorBytes: SectorBytes = 512,
): { neededBytes: number; availableBytes: number } {
  const is16 = kind === 'vfat-16';
  const geometry = is16 ? planFat16(sizeBytes, sectorBytes) : planFat(sizeBytes, sectorBytes);
  const root = plantTree(files, empty);
  if (is16) assertRootHolds(root);
  const directories = listDirectories(root).filter((directory) => !is16 || directory !== root);
  const lengths = [...directories.map((directory) => entriesIn(directory) * ENTRY_BYTES), ...files.map((file) => file.sizeBytes)];
  const clusters = lengths.reduce((sum, bytes) => sum + clustersFor(bytes, geometry), 0);
  return { neededBytes: clusters * geometry.clusterBytes, availableBytes: geometry.clusters * geometry.clusterBytes };
}

const clustersFor = (bytes: number, { clusterBytes }: FatGeometry): number => Math.ceil(bytes / clusterBytes);

/** The root directory of FAT16 cannot grow. Throws AppError `fat-directory-full`. */
function assertRootHolds(root: FatDirectory<SizedFile>): void {
  if (entriesIn(root) <= ROOT_ENTRIES) return;
  throw new AppError<FatErrorCode>(
    'fat-directory-full',
    `The root directory of a FAT16 file system has ${ROOT_ENTRIES} entries, and the files there need ${entriesIn(root)}; put them into a directory.`,
  );
}
