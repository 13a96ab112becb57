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
