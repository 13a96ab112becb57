import { fromHex, toHex } from '../bytes';
import { crc32 } from '../crc32';

export type SectorBytes = 512 | 4096;

/** GUIDs as text, in either case; both block addresses inclusive. */
export type GptPartition = { typeGuid: string; guid: string; firstLba: number; lastLba: number; name: string };

export type GptInput = { sectorBytes: SectorBytes; sectors: number; diskGuid: string; /** In order of their numbers, at most 128. */ partitions: GptPartition[] };

const ENTRIES = 128;
const ENTRY_BYTES = 128;
const HEADER_BYTES = 92;

/** Sectors of one copy of the entries. */
const arraySectors = (sectorBytes: SectorBytes): number => (ENTRIES * ENTRY_BYTES) / sectorBytes;
/** Sectors before the first and after the last that a partition may use. */
export const gptHeadSectors = (sectorBytes: SectorBytes): number => 2 + arraySectors(sectorBytes);
export const gptTailSectors = (sectorBytes: SectorBytes): number => 1 + arraySectors(sectorBytes);

/** Text to the 16 bytes on disk: the first three fields are little-endian. Throws RangeError when it is no GUID. */
export function encodeGuid(text: string): Uint8Array {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw new RangeError(`no GUID: ${text}`);
  const b = fromHex(text.replaceAll('-', ''));
  return Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], (i) => b[i]!);
}

export function decodeGuid(bytes: Uint8Array): string {
  const b = toHex(Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], (i) => bytes[i]!)).toUpperCase();
  return [b.slice(0, 8), b.slice(8, 12), b.slice(12, 16), b.slice(16, 20), b.slice(20)].join('-');
}

/**
 * A GUID partition table (UEFI 5.3): `head` is the protective MBR, the header and the entries, from sector 0 on; `tail` the entries and the
 * backup header, up to the last sector. Throws RangeError on partitions that do not fit, which a checked layout never has.
 */
export function writeGpt(input: GptInput): { head: Uint8Array; tail: Uint8Array } {
  const { sectorBytes, sectors } = input;
  const lastLba = sectors - 1;
  const firstUsable = gptHeadSectors(sectorBytes);
  const lastUsable = lastLba - gptTailSectors(sectorBytes);
  const entries = writeEntries(input.partitions, firstUsable, lastUsable);
  const header = (myLba: number, otherLba: number, entriesLba: number) =>
    writeHeader({ myLba, otherLba, entriesLba, firstUsable, lastUsable, diskGuid: input.diskGuid, entriesCrc: crc32(entries) });

  const head = new Uint8Array(firstUsable * sectorBytes);
  writeProtectiveMbr(head, sectors);
  head.set(header(1, lastLba, 2), sectorBytes);
  head.set(entries, 2 * sectorBytes);
  const tail = new Uint8Array(gptTailSectors(sectorBytes) * sectorBytes);
  tail.set(entries, 0);
  tail.set(header(lastLba, 1, lastUsable + 1), entries.length);
  return { head, tail };
}

function writeEntries(partitions: GptPartition[], firstUsable: number, lastUsable: number): Uint8Array {
  if (partitions.length > ENTRIES) throw new RangeError(`${partitions.length} partitions`);
  const bytes = new Uint8Array(ENTRIES * ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  partitions.forEach((p, i) => {
    if (p.firstLba < firstUsable || p.lastLba > lastUsable || p.lastLba < p.firstLba) throw new RangeError(`partition ${i + 1} lies at ${p.firstLba}-${p.lastLba}, outside ${firstUsable}-${lastUsable}`);
    if (p.name.length > 36) throw new RangeError(`partition name of ${p.name.length} units`);
    const at = i * ENTRY_BYTES;
    bytes.set(encodeGuid(p.typeGuid), at);
    bytes.set(encodeGuid(p.guid), at + 16);
    view.setBigUint64(at + 32, BigInt(p.firstLba), true);
    view.setBigUint64(at + 40, BigInt(p.lastLba), true);
    for (let c = 0; c < p.name.length; c += 1) view.setUint16(at + 56 + 2 * c, p.name.charCodeAt(c), true);
  });
  return bytes;
}

type HeaderFields = { myLba: number; otherLba: number; entriesLba: number; firstUsable: number; lastUsable: number; diskGuid: string; entriesCrc: number };

function writeHeader(f: HeaderFields): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('EFI PART'), 0);
  view.setUint32(8, 0x00010000, true);
  view.setUint32(12, HEADER_BYTES, true);
  view.setBigUint64(24, BigInt(f.myLba), true);
  view.setBigUint64(32, BigInt(f.otherLba), true);
  view.setBigUint64(40, BigInt(f.firstUsable), true);
  view.setBigUint64(48, BigInt(f.lastUsable), true);
  bytes.set(encodeGuid(f.diskGuid), 56);
  view.setBigUint64(72, BigInt(f.entriesLba), true);
  view.setUint32(80, ENTRIES, true);
  view.setUint32(84, ENTRY_BYTES, true);
  view.setUint32(88, f.entriesCrc, true);
  view.setUint32(16, crc32(bytes), true);
  return bytes;
}

/** One partition of type EE over the whole disk, so that tools that know no GPT keep off. */
function writeProtectiveMbr(sector: Uint8Array, sectors: number): void {
  const view = new DataView(sector.buffer, sector.byteOffset);
  sector.set([0x00, 0x00, 0x02, 0x00, 0xee, 0xff, 0xff, 0xff], 446);
  view.setUint32(454, 1, true);
  view.setUint32(458, Math.min(sectors - 1, 0xffffffff), true);
  sector.set([0x55, 0xaa], 510);
}
