import { utf8 } from '../bytes';
import type { TreeFile } from '../seed/tree';
import { allocate, FIRST_CLUSTER, withSizes, type Chain } from './fat-allocate';
import { planFat, type FatGeometry } from './fat-geometry';
import { measureFat } from './fat-room';
import { plantTree, type SizedFile } from './fat-tree';
import { NO_LABEL, writeDirectory } from './fat-directory';
import type { SectorBytes } from './gpt';
import type { Segment } from './plan';
import { assertRoom, type Place, type Room } from './room';
import { contentSegment, SegmentList } from './segments';

export type FatInput = {
  files: TreeFile[];
  /** Those that may be empty; the others are there for their files. */
  directories?: readonly string[];
  /** Of the partition. */
  sizeBytes: number;
  /** Of the gadget, for messages; the seed unless told. */
  place?: Place | undefined;
  /** At most 11 bytes of ASCII. */
  label: string;
  /** Serial number, 32 bits. */
  volumeId: number;
  /** Seconds since 1970, the date of everything. */
  epoch: number;
  /** Sectors before the partition. */
  hiddenSectors: number;
  sectorBytes?: SectorBytes;
};

/** In pieces of that many bytes the table is the same in all images but where a file ends: within a file each entry names the next. */
const TABLE_PIECE_BYTES = 64 * 1024;
const END_OF_CHAIN = 0x0fffffff;
const FS_INFO_SECTOR = 1;
const BACKUP_SECTOR = 6;

/**
 * A FAT32 file system as segments of exactly `sizeBytes`: every directory and file in one piece, directories first, then files, then snaps,
 * each sorted by path; the same input gives the same bytes. Throws AppError with a FatErrorCode.
 */
export function writeFat32(input: FatInput): Segment[] {
  const geometry = planFat(input.sizeBytes, input.sectorBytes);
  const sized = withSizes(input.files);
  assertRoom(sized, measureFat(sized, input.directories ?? [], 'vfat-32', input.sizeBytes, input.sectorBytes), input.place);
  const root = plantTree(sized, input.directories);
  const { chains, starts, parentClusters, used } = allocate(root, geometry.clusterBytes);

  const list = new SegmentList();
  list.bytes(writeReserved(input, geometry, used));
  const table = writeTable(chains, used);
  const pieces = Array.from({ length: Math.ceil(table.length / TABLE_PIECE_BYTES) }, (_, i) => table.subarray(i * TABLE_PIECE_BYTES, (i + 1) * TABLE_PIECE_BYTES));
  const fatBytes = geometry.fatSectors * geometry.sectorBytes;
  for (let copy = 0; copy < 2; copy += 1) {
    for (const piece of pieces) list.bytes(piece);
    list.zeros(fatBytes - table.length);
  }
  const dataBytes = geometry.dataSector * geometry.sectorBytes;
  for (const [node, cluster] of chains) {
    list.zerosTo(dataBytes + (cluster - FIRST_CLUSTER) * geometry.clusterBytes);
    if (node.kind === 'directory') list.bytes(writeDirectory(node, { starts, parentCluster: parentClusters.get(node) ?? 0, label: input.label, epoch: input.epoch }));
    else list.push(contentSegment(node.file.content));
  }
  list.zerosTo(dataBytes + used * geometry.clusterBytes);
  list.freeTo(input.sizeBytes);
  return list.segments;
}

function writeTable(chains: Chain[], used: number): Uint8Array {
  const bytes = new Uint8Array((FIRST_CLUSTER + used) * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0ffffff8, true);
  view.setUint32(4, END_OF_CHAIN, true);
  chains.forEach(([, cluster], i) => {
    const end = chains[i + 1]?.[1] ?? FIRST_CLUSTER + used;
    for (let c = cluster; c < end - 1; c += 1) view.setUint32(c * 4, c + 1, true);
    view.setUint32((end - 1) * 4, END_OF_CHAIN, true);
  });
  return bytes;
}

/** Boot sector, FSInfo and their copies (Microsoft FAT specification, sections 3 and 5). */
function writeReserved(input: FatInput, g: FatGeometry, used: number): Uint8Array {
  const bytes = new Uint8Array(g.reservedSectors * g.sectorBytes);
  const view = new DataView(bytes.buffer);
  bytes.set([0xeb, 0x58, 0x90], 0);
  bytes.set(utf8('MSWIN4.1'), 3);
  view.setUint16(11, g.sectorBytes, true);
  bytes[13] = g.sectorsPerCluster;
  view.setUint16(14, g.reservedSectors, true);
  bytes[16] = 2;
  bytes[21] = 0xf8;
  view.setUint16(24, 63, true);
  view.setUint16(26, 255, true);
  view.setUint32(28, input.hiddenSectors, true);
  view.setUint32(32, g.sectors, true);
  view.setUint32(36, g.fatSectors, true);
  view.setUint32(44, FIRST_CLUSTER, true);
  view.setUint16(48, FS_INFO_SECTOR, true);
  view.setUint16(50, BACKUP_SECTOR, true);
  bytes[64] = 0x80;
  bytes[66] = 0x29;
  view.setUint32(67, input.volumeId, true);
  bytes.set(utf8((input.label || NO_LABEL).padEnd(11)).subarray(0, 11), 71);
  bytes.set(utf8('FAT32   '), 82);
  // No code: a firmware that jumps here stops.
  bytes.set([0xfa, 0xf4, 0xeb, 0xfd], 90);
  bytes.set([0x55, 0xaa], 510);

  const info = FS_INFO_SECTOR * g.sectorBytes;
  view.setUint32(info, 0x41615252, true);
  view.setUint32(info + 484, 0x61417272, true);
  view.setUint32(info + 488, g.clusters - used, true);
  view.setUint32(info + 492, used < g.clusters ? FIRST_CLUSTER + used : 0xffffffff, true);
  view.setUint32(info + 508, 0xaa550000, true);
  bytes.copyWithin(BACKUP_SECTOR * g.sectorBytes, 0, 2 * g.sectorBytes);
  return bytes;
}

/** As `measureFat`, of a FAT32. */
export const measureTree = (files: SizedFile[], sizeBytes: number, sectorBytes: SectorBytes = 512): Room =>
  measureFat(files, [], 'vfat-32', sizeBytes, sectorBytes);

/** Throws AppError `seed-full`, naming the fullest files, when they do not fit into a FAT32 partition of `sizeBytes`. */
export function assertTreeFits(files: SizedFile[], sizeBytes: number, sectorBytes: SectorBytes = 512): void {
  assertRoom(files, measureTree(files, sizeBytes, sectorBytes));
}
