import { imageFault, readAt, viewOf, type Reader } from './reader';

/** Where things lie in a FAT file system; offsets in bytes, clusters are counted from 2. */
export type FatVolume = {
  bits: 12 | 16 | 32;
  clusterBytes: number;
  clusters: number;
  fatStart: number;
  fatBytes: number;
  fats: number;
  /** Of FAT12 and FAT16, whose root directory is no chain. */
  rootStart: number;
  rootBytes: number;
  /** Of FAT32; 0 otherwise. */
  rootCluster: number;
  dataStart: number;
  /** As the boot sector has it, without the spaces behind. */
  label: string;
  /** Free clusters, as FAT32 notes them. */
  free: number | undefined;
};

const SECTOR_SIZES = [512, 1024, 2048, 4096];
/** Of one FAT; a file system of 64 GiB with clusters of 4 KiB has as much. */
const MAX_FAT_BYTES = 64 * 2 ** 20;
/** What tools leave free at its end, to round or to align, is less. */
const SPARE_FAT_BYTES = 64 * 1024;
const FIRST_CLUSTER = 2;

/** Whether the first sector is that of a FAT file system, right or wrong. */
export const looksLikeFat = (sector: Uint8Array): boolean => sector.length >= 512 && viewOf(sector).getUint16(510, true) === 0xaa55 && (sector[0] === 0xeb || sector[0] === 0xe9) && (text(sector, 54, 3) === 'FAT' || text(sector, 82, 3) === 'FAT');

const text = (bytes: Uint8Array, at: number, length: number): string => String.fromCharCode(...bytes.subarray(at, at + length));

/** The boot sector and what stands beside it (Microsoft FAT specification, sections 3 to 5). Throws AppError `image-fat-boot`, `image-fat-limit`, `image-truncated`. */
export async function readVolume(reader: Reader): Promise<FatVolume> {
  const boot = await readAt(reader, 0, 512, 'The boot sector of the file system');
  const view = viewOf(boot);
  const wrong = (why: string): never => imageFault('image-fat-boot', `The boot sector of the FAT file system is broken: ${why}.`);
  if (!looksLikeFat(boot)) wrong('it does not begin and end as one');
  const [sectorBytes, perCluster, reserved, fats, rootEntries] = [view.getUint16(11, true), boot[13]!, view.getUint16(14, true), boot[16]!, view.getUint16(17, true)];
  const sectors = view.getUint16(19, true) || view.getUint32(32, true);
  const fatSectors = view.getUint16(22, true) || view.getUint32(36, true);
  if (!SECTOR_SIZES.includes(sectorBytes) || perCluster === 0 || (perCluster & (perCluster - 1)) !== 0 || reserved === 0 || fats < 1 || fats > 2 || fatSectors === 0) wrong('its sizes cannot be');
  const rootBytes = Math.ceil((rootEntries * 32) / sectorBytes) * sectorBytes;
  const fatBytes = fatSectors * sectorBytes;
  const fatStart = reserved * sectorBytes;
  const rootStart = fatStart + fats * fatBytes;
  const dataStart = rootStart + rootBytes;
  const clusterBytes = perCluster * sectorBytes;
  if (sectors * sectorBytes > reader.sizeBytes || dataStart > sectors * sectorBytes) wrong('the file system is larger than its partition');
  const clusters = Math.floor((sectors * sectorBytes - dataStart) / clusterBytes);
  const bits = view.getUint16(22, true) === 0 ? 32 : clusters < 4085 ? 12 : 16;
  if (fatBytes > MAX_FAT_BYTES) imageFault('image-fat-limit', `The FAT of the file system has ${fatBytes} bytes; up to ${MAX_FAT_BYTES} are read.`);
  const neededBytes = ((clusters + FIRST_CLUSTER) * bits) / 8;
  if (neededBytes > fatBytes) wrong('the FAT has no room for all clusters');
  if (fatBytes > 2 * neededBytes + SPARE_FAT_BYTES) wrong('the FAT is far longer than its clusters need');
  const volume = { bits, clusterBytes, clusters, fatStart, fatBytes, fats, rootStart, rootBytes, dataStart } as const;
  if (bits === 32 && rootEntries !== 0) wrong('it has the root directory of FAT16');
  if (bits !== 32) return { ...volume, rootCluster: 0, label: label(boot, 43), free: undefined };
  return { ...volume, rootCluster: view.getUint32(44, true), label: label(boot, 71), free: await readBackups(reader, boot, sectorBytes, reserved) };
}

const label = (boot: Uint8Array, at: number): string => text(boot, at, 11).trimEnd();

/** The copy of the boot sector, and how many clusters are free. */
async function readBackups(reader: Reader, boot: Uint8Array, sectorBytes: number, reserved: number): Promise<number | undefined> {
  const view = viewOf(boot);
  const [info, copy] = [view.getUint16(48, true), view.getUint16(50, true)];
  const isThere = (sector: number): boolean => sector > 0 && sector < reserved;
  // Every tool that makes FAT32 writes a copy; without one, a changed number of its sector would go unseen.
  if (!isThere(copy)) imageFault('image-fat-boot', `The copy of the boot sector is said to be sector ${copy}, which is not before the FAT.`);
  const other = await readAt(reader, copy * sectorBytes, 512, 'The copy of the boot sector');
  if (other.some((byte, i) => byte !== boot[i])) imageFault('image-fat-boot', 'The boot sector of the FAT file system and its copy are not the same.');
  if (!isThere(info)) return undefined;
  const facts = viewOf(await readAt(reader, info * sectorBytes, 512, 'The FSInfo sector'));
  if (facts.getUint32(0, true) !== 0x41615252 || facts.getUint32(484, true) !== 0x61417272 || facts.getUint32(508, true) !== 0xaa550000) imageFault('image-fat-boot', 'The FSInfo sector of the FAT file system does not begin and end as one.');
  const free = facts.getUint32(488, true);
  return free === 0xffffffff ? undefined : free;
}
