import type { SectorBytes } from '../gpt';
import { readGpt } from './gpt';
import { looksLikeExt4 } from './ext4-volume';
import { looksLikeFat } from './fat-volume';
import { readMbr } from './mbr';
import { imageFault, readAt, viewOf, type Reader } from './reader';

export type ReadPartition = { number: number; /** Empty in an MBR, which has no names. */ name: string; startBytes: number; sizeBytes: number; /** By its type there is a FAT file system in it. */ isFat: boolean };
export type PartitionTable = { schema: 'gpt' | 'mbr'; sectorBytes: SectorBytes; partitions: ReadPartition[] };

const PROTECTIVE = 0xee;
/** Of a file system, what tells it. */
const START_BYTES = 2048;

/**
 * The partition table of a disk, with all that its own checks say about it. A table of either kind, for sectors of 512 or 4,096 bytes. Throws AppError with an
 * ImageFaultCode.
 */
export async function readTable(reader: Reader): Promise<PartitionTable> {
  const sector = await readAt(reader, 0, 512, 'The first sector of the disk');
  if (viewOf(sector).getUint16(510, true) !== 0xaa55) imageFault('image-table-missing', 'The first sector does not end in 55 AA: this is no image of a disk, or its partition table is broken.');
  const sectorBytes = await gptSectors(reader);
  const types = [0, 1, 2, 3].map((i) => sector[446 + 16 * i + 4]!);
  if (sectorBytes !== undefined || types.includes(PROTECTIVE)) return readGpt(reader, sector, sectorBytes ?? 512);
  return readMbr(reader, sector, await mbrSectors(reader, sector));
}

/** The size of sectors that puts a header where it belongs: the first one, or where that is broken the backup. */
async function gptSectors(reader: Reader): Promise<SectorBytes | undefined> {
  for (const sectorBytes of [512, 4096] as const) if (await hasHeader(reader, sectorBytes)) return sectorBytes;
  for (const sectorBytes of [512, 4096] as const) if (await hasHeader(reader, reader.sizeBytes - sectorBytes)) return sectorBytes;
  return undefined;
}

/** A master boot record does not say how long its sectors are: the file systems do, by where they begin. */
async function mbrSectors(reader: Reader, sector: Uint8Array): Promise<SectorBytes> {
  const firsts = [0, 1, 2, 3].map((i) => viewOf(sector).getUint32(446 + 16 * i + 8, true)).filter((first) => first > 0);
  const begins = async (sectorBytes: SectorBytes): Promise<boolean> => {
    for (const first of firsts) {
      if (first * sectorBytes + START_BYTES > reader.sizeBytes) continue;
      const start = await reader.read(first * sectorBytes, START_BYTES);
      if (looksLikeFat(start) || looksLikeExt4(start)) return true;
    }
    return false;
  };
  return !(await begins(512)) && (await begins(4096)) ? 4096 : 512;
}

async function hasHeader(reader: Reader, offset: number): Promise<boolean> {
  if (offset < 0 || offset + 8 > reader.sizeBytes) return false;
  return String.fromCharCode(...(await reader.read(offset, 8))) === 'EFI PART';
}
