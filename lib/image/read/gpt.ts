import { crc32 } from '../../crc32';
import { decodeGuid, type SectorBytes } from '../gpt';
import { assertApart } from './mbr';
import { imageFault, readAt, viewOf, type ImageFaultCode, type Reader } from './reader';
import type { PartitionTable, ReadPartition } from './table';

const PROTECTIVE = 0xee;
const EFI_SYSTEM = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';
const ENTRY_BYTES = 128;
/** UEFI wants room for 128 at least; nobody has more. */
const MAX_ENTRIES = 1024;

type Header = { myLba: number; otherLba: number; firstUsable: number; lastUsable: number; diskGuid: string; entriesLba: number; entries: number; entriesCrc: number };

/** A GUID partition table (UEFI 5.3), both copies with their checksums; `sector` is the first one of the disk. Throws AppError with an ImageFaultCode. */
export async function readGpt(reader: Reader, sector: Uint8Array, sectorBytes: SectorBytes): Promise<PartitionTable> {
  const lastLba = Math.floor(reader.sizeBytes / sectorBytes) - 1;
  const main = parseHeader(await readAt(reader, sectorBytes, sectorBytes, "The partition table's header"), 'The partition table', 'image-gpt-header', 'image-gpt-crc');
  if (main.otherLba !== lastLba || reader.sizeBytes % sectorBytes !== 0) {
    const wanted = (main.otherLba + 1) * sectorBytes;
    imageFault('image-truncated', `The partition table is that of a disk of ${wanted} bytes, and there are ${reader.sizeBytes}: the file ${reader.sizeBytes < wanted ? 'is cut short' : 'has something behind its end'}.`);
  }
  checkProtective(sector, lastLba);
  if (main.myLba !== 1) imageFault('image-gpt-header', `The partition table says that it lies at sector ${main.myLba}; it lies at 1.`);
  const backup = parseHeader(await readAt(reader, lastLba * sectorBytes, sectorBytes, 'The backup of the partition table'), 'The backup of the partition table', 'image-gpt-backup', 'image-gpt-backup');
  for (const key of ['firstUsable', 'lastUsable', 'diskGuid', 'entries', 'entriesCrc'] as const) {
    if (main[key] !== backup[key]) imageFault('image-gpt-backup', `The partition table and its backup do not say the same (${key}: ${main[key]} and ${backup[key]}).`);
  }
  if (backup.myLba !== lastLba || backup.otherLba !== 1) imageFault('image-gpt-backup', 'The backup of the partition table does not say that it is one.');
  const arraySectors = Math.ceil((main.entries * ENTRY_BYTES) / sectorBytes);
  if (main.entriesLba < 2 || main.entriesLba + arraySectors > main.firstUsable || main.firstUsable > main.lastUsable || main.lastUsable >= backup.entriesLba || backup.entriesLba + arraySectors > lastLba) {
    imageFault('image-gpt-header', 'The partition table gives room to partitions where the table itself is, or lists them elsewhere.');
  }
  const entries = await readEntries(reader, main, sectorBytes, 'The list of partitions', 'image-gpt-crc');
  await readEntries(reader, backup, sectorBytes, 'The backup of the list of partitions', 'image-gpt-backup');
  return { schema: 'gpt', sectorBytes, partitions: parseEntries(entries, main, sectorBytes) };
}

/** One partition of type EE over the whole disk, and no other. */
function checkProtective(sector: Uint8Array, lastLba: number): void {
  const view = viewOf(sector);
  const first = sector[450] === PROTECTIVE && view.getUint32(454, true) === 1 && [Math.min(lastLba, 0xffffffff), 0xffffffff].includes(view.getUint32(458, true)) && (sector[446] === 0 || sector[446] === 0x80);
  if (!first || sector.subarray(462, 510).some((byte) => byte !== 0)) imageFault('image-mbr', 'The first sector does not protect the whole disk for the GUID partition table: one partition of type EE, and no other.');
}

function parseHeader(sector: Uint8Array, what: string, broken: ImageFaultCode, wrongCrc: ImageFaultCode): Header {
  const view = viewOf(sector);
  if (String.fromCharCode(...sector.subarray(0, 8)) !== 'EFI PART') imageFault(broken, `${what} does not begin with EFI PART.`);
  const headerBytes = view.getUint32(12, true);
  if (view.getUint32(8, true) !== 0x00010000 || headerBytes < 92 || headerBytes > sector.length) imageFault(broken, `${what} is of a revision or size that there is not.`);
  const bytes = sector.slice(0, headerBytes);
  bytes.fill(0, 16, 20);
  if (crc32(bytes) !== view.getUint32(16, true)) imageFault(wrongCrc, `${what} has another checksum than it says: a byte of its header was changed.`);
  if (view.getUint32(20, true) !== 0 || sector.subarray(headerBytes).some((byte) => byte !== 0)) imageFault(broken, `${what} has bytes behind its header that should be zero.`);
  const [entries, entryBytes] = [view.getUint32(80, true), view.getUint32(84, true)];
  if (entryBytes !== ENTRY_BYTES || entries > MAX_ENTRIES) imageFault(broken, `${what} has ${entries} entries of ${entryBytes} bytes; at most ${MAX_ENTRIES} of ${ENTRY_BYTES} are read.`);
  const lba = (at: number): number => Number(view.getBigUint64(at, true));
  return { myLba: lba(24), otherLba: lba(32), firstUsable: lba(40), lastUsable: lba(48), diskGuid: decodeGuid(sector.subarray(56, 72)), entriesLba: lba(72), entries, entriesCrc: view.getUint32(88, true) };
}

async function readEntries(reader: Reader, { entriesLba, entries, entriesCrc }: Header, sectorBytes: SectorBytes, what: string, code: ImageFaultCode): Promise<Uint8Array> {
  const bytes = await readAt(reader, entriesLba * sectorBytes, entries * ENTRY_BYTES, what);
  if (crc32(bytes) !== entriesCrc) imageFault(code, `${what} has another checksum than its header says: a byte of it was changed.`);
  return bytes;
}

function parseEntries(bytes: Uint8Array, { firstUsable, lastUsable }: Header, sectorBytes: SectorBytes): ReadPartition[] {
  const view = viewOf(bytes);
  const partitions: ReadPartition[] = [];
  const guids = new Set<string>();
  for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
    if (bytes.subarray(at, at + 16).every((byte) => byte === 0)) continue;
    const number = at / ENTRY_BYTES + 1;
    const [first, last] = [Number(view.getBigUint64(at + 32, true)), Number(view.getBigUint64(at + 40, true))];
    if (first < firstUsable || last > lastUsable || last < first) imageFault('image-gpt-entry', `Partition ${number} lies at the sectors ${first} to ${last}, outside of ${firstUsable} to ${lastUsable}.`);
    const guid = decodeGuid(bytes.subarray(at + 16, at + 32));
    if (guids.has(guid)) imageFault('image-gpt-entry', `Partition ${number} has the GUID ${guid}, which another has too.`);
    guids.add(guid);
    const units = Array.from({ length: 36 }, (_, i) => view.getUint16(at + 56 + 2 * i, true));
    const end = units.indexOf(0);
    partitions.push({ number, name: String.fromCharCode(...units.slice(0, end < 0 ? 36 : end)), startBytes: first * sectorBytes, sizeBytes: (last - first + 1) * sectorBytes, isFat: decodeGuid(bytes.subarray(at, at + 16)) === EFI_SYSTEM });
  }
  assertApart(partitions, 'image-gpt-entry');
  return partitions;
}
