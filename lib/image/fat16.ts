import { utf8 } from '../bytes';
import { allocate, FIRST_CLUSTER, withSizes, type Chain } from './fat-allocate';
import { NO_LABEL, writeDirectory } from './fat-directory';
import { planFat16, ROOT_ENTRIES, type FatGeometry } from './fat-geometry';
import { measureFat } from './fat-room';
import { plantTree } from './fat-tree';
import type { FatInput } from './fat32';
import type { Segment } from './plan';
import { assertRoom } from './room';
import { contentSegment, SegmentList } from './segments';

const END_OF_CHAIN = 0xffff;

/**
 * A FAT16 file system as segments of exactly `sizeBytes`, laid out as `writeFat32` does; its root directory has a place and a size of its own, before the
 * clusters. Throws AppError with a FatErrorCode.
 */
export function writeFat16(input: FatInput): Segment[] {
  const geometry = planFat16(input.sizeBytes, input.sectorBytes);
  const files = withSizes(input.files);
  assertRoom(files, measureFat(files, input.directories ?? [], 'vfat-16', input.sizeBytes, input.sectorBytes), input.place);
  const root = plantTree(files, input.directories);
  const { chains, starts, parentClusters, used } = allocate(root, geometry.clusterBytes, { inRoot: true });

  const list = new SegmentList();
  list.bytes(writeBootSector(input, geometry));
  const table = writeTable(chains, used);
  const fatBytes = geometry.fatSectors * geometry.sectorBytes;
  list.zerosTo(geometry.reservedSectors * geometry.sectorBytes);
  for (let copy = 0; copy < 2; copy += 1) {
    list.bytes(table);
    list.zeros(fatBytes - table.length);
  }
  const facts = { starts, label: input.label, epoch: input.epoch };
  list.bytes(writeDirectory(root, { ...facts, parentCluster: 0 }));
  const dataBytes = geometry.dataSector * geometry.sectorBytes;
  for (const [node, cluster] of chains) {
    list.zerosTo(dataBytes + (cluster - FIRST_CLUSTER) * geometry.clusterBytes);
    if (node.kind === 'directory') list.bytes(writeDirectory(node, { ...facts, parentCluster: parentClusters.get(node) ?? 0 }));
    else list.push(contentSegment(node.file.content));
  }
  list.zerosTo(dataBytes + used * geometry.clusterBytes);
  list.freeTo(input.sizeBytes);
  return list.segments;
}

function writeTable(chains: Chain[], used: number): Uint8Array {
  const bytes = new Uint8Array((FIRST_CLUSTER + used) * 2);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfff8, true);
  view.setUint16(2, END_OF_CHAIN, true);
  chains.forEach(([, cluster], i) => {
    const end = chains[i + 1]?.[1] ?? FIRST_CLUSTER + used;
    for (let c = cluster; c < end - 1; c += 1) view.setUint16(c * 2, c + 1, true);
    view.setUint16((end - 1) * 2, END_OF_CHAIN, true);
  });
  return bytes;
}

/** Microsoft FAT specification, section 3. */
function writeBootSector(input: FatInput, g: FatGeometry): Uint8Array {
  const bytes = new Uint8Array(g.sectorBytes);
  const view = new DataView(bytes.buffer);
  bytes.set([0xeb, 0x3c, 0x90], 0);
  bytes.set(utf8('MSWIN4.1'), 3);
  view.setUint16(11, g.sectorBytes, true);
  bytes[13] = g.sectorsPerCluster;
  view.setUint16(14, g.reservedSectors, true);
  bytes[16] = 2;
  view.setUint16(17, ROOT_ENTRIES, true);
  if (g.sectors < 65_536) view.setUint16(19, g.sectors, true);
  else view.setUint32(32, g.sectors, true);
  bytes[21] = 0xf8;
  view.setUint16(22, g.fatSectors, true);
  view.setUint16(24, 63, true);
  view.setUint16(26, 255, true);
  view.setUint32(28, input.hiddenSectors, true);
  bytes[36] = 0x80;
  bytes[38] = 0x29;
  view.setUint32(39, input.volumeId, true);
  bytes.set(utf8((input.label || NO_LABEL).padEnd(11)).subarray(0, 11), 43);
  bytes.set(utf8('FAT16   '), 54);
  // No code: a firmware that jumps here stops.
  bytes.set([0xfa, 0xf4, 0xeb, 0xfd], 62);
  bytes.set([0x55, 0xaa], 510);
  return bytes;
}
