import { AppError } from '../errors';
import type { FatErrorCode } from './fat-names';
import type { SectorBytes } from './gpt';

export type FatGeometry = {
  sectorBytes: SectorBytes;
  sectors: number;
  sectorsPerCluster: number;
  clusterBytes: number;
  reservedSectors: number;
  /** Of one of the two FATs. */
  fatSectors: number;
  /** First sector of cluster 2. */
  dataSector: number;
  clusters: number;
};

const RESERVED_SECTORS = 32;
/** Fewer clusters and firmware takes it for FAT16 (Microsoft FAT specification, section 3.5). */
const FEWEST_CLUSTERS = 65_525;
/** Some readers count a little differently: larger clusters are only chosen well above the limit. */
const COMFORTABLE_CLUSTERS = 70_000;
/** The data area starts at a multiple of this, so that files lie at pages of the host. */
const ALIGN_BYTES = 4096;

/** The largest clusters, up to 4 KiB with sectors of 512, that leave enough of them. Throws AppError `fat-clusters` when the partition is too small for FAT32. */
export function planFat(sizeBytes: number, sectorBytes: SectorBytes = 512): FatGeometry {
  const sectors = Math.floor(sizeBytes / sectorBytes);
  const choices = sectorBytes === 512 ? [8, 4, 2, 1] : [1];
  for (const sectorsPerCluster of choices) {
    const geometry = geometryFor(sectors, sectorBytes, sectorsPerCluster);
    if (geometry.clusters >= (sectorsPerCluster === 1 ? FEWEST_CLUSTERS : COMFORTABLE_CLUSTERS)) return geometry;
  }
  throw new AppError<FatErrorCode>('fat-clusters', `A partition of ${sizeBytes} bytes is too small for FAT32, which needs ${FEWEST_CLUSTERS} clusters; make the structure larger (about ${sectorBytes === 512 ? 34 : 270} MiB).`, {
    details: { sizeBytes },
  });
}

function geometryFor(sectors: number, sectorBytes: SectorBytes, sectorsPerCluster: number): FatGeometry {
  const entriesPerSector = sectorBytes / 4;
  const step = Math.max(1, ALIGN_BYTES / sectorBytes / 2);
  const clustersWith = (fatSectors: number) => Math.floor((sectors - RESERVED_SECTORS - 2 * fatSectors) / sectorsPerCluster);
  // Enough for all sectors, then down to the smallest FAT that still maps every cluster; steps keep the data area aligned.
  let fatSectors = Math.ceil((sectors / sectorsPerCluster + 2) / entriesPerSector / step) * step;
  while (fatSectors > step && (fatSectors - step) * entriesPerSector >= clustersWith(fatSectors - step) + 2) fatSectors -= step;
  const clusters = Math.max(0, clustersWith(fatSectors));
  return { sectorBytes, sectors, sectorsPerCluster, clusterBytes: sectorsPerCluster * sectorBytes, reservedSectors: RESERVED_SECTORS, fatSectors, dataSector: RESERVED_SECTORS + 2 * fatSectors, clusters };
}

/** Entries of the root directory of FAT16, which cannot grow. */
export const ROOT_ENTRIES = 512;
/** More clusters are FAT32, fewer FAT12 (Microsoft FAT specification, section 3.5). */
const MOST_CLUSTERS_16 = FEWEST_CLUSTERS - 1;
const FEWEST_CLUSTERS_16 = 4085;
/** Larger ones some firmware does not read. */
const MAX_CLUSTER_BYTES = 32 * 1024;

/** Clusters of 4 KiB where that makes a FAT16, smaller ones on small partitions, larger ones on large ones. Throws AppError `fat-clusters` for a partition that none fits. */
export function planFat16(sizeBytes: number, sectorBytes: SectorBytes = 512): FatGeometry {
  const sectors = Math.floor(sizeBytes / sectorBytes);
  const usual = ALIGN_BYTES / sectorBytes;
  const choices = [usual, usual / 2, usual / 4, usual / 8, usual * 2, usual * 4, usual * 8].filter((each) => each >= 1 && each * sectorBytes <= MAX_CLUSTER_BYTES);
  for (const sectorsPerCluster of choices) {
    const geometry = geometry16For(sectors, sectorBytes, sectorsPerCluster);
    if (geometry.clusters >= FEWEST_CLUSTERS_16 && geometry.clusters <= MOST_CLUSTERS_16) return geometry;
  }
  const few = geometry16For(sectors, sectorBytes, 1).clusters < FEWEST_CLUSTERS_16;
  throw new AppError<FatErrorCode>('fat-clusters', `A partition of ${sizeBytes} bytes is too ${few ? 'small' : 'large'} for FAT16, which has ${FEWEST_CLUSTERS_16} to ${MOST_CLUSTERS_16} clusters; ${few ? `make the structure larger (about ${sectorBytes === 512 ? 3 : 16} MiB)` : 'use vfat-32'}.`, { details: { sizeBytes } });
}

function geometry16For(sectors: number, sectorBytes: SectorBytes, sectorsPerCluster: number): FatGeometry {
  const rootSectors = (ROOT_ENTRIES * 32) / sectorBytes;
  const step = ALIGN_BYTES / sectorBytes;
  const fatSectors = Math.ceil((sectors / sectorsPerCluster + 2) / (sectorBytes / 2));
  // As many as put the data area at a multiple of the alignment.
  const dataSector = Math.ceil((1 + 2 * fatSectors + rootSectors) / step) * step;
  const clusters = Math.max(0, Math.floor((sectors - dataSector) / sectorsPerCluster));
  return { sectorBytes, sectors, sectorsPerCluster, clusterBytes: sectorsPerCluster * sectorBytes, reservedSectors: dataSector - 2 * fatSectors - rootSectors, fatSectors, dataSector, clusters };
}
