import { isPartition, refuse, structureWord, type Structure, type Volume } from './gadget';
import { MAX_VOLUME_BYTES, MIB } from './quantity';

export type PlacedStructure = Structure & { offsetBytes: number };
/** A volume on its disk, before the partition table's own room is added. */
export type Layout = {
  volume: Volume;
  /** In disk order. */
  structures: PlacedStructure[];
  /** End of the last structure, with `size` and with `min-size`. */
  sizeBytes: number;
  minSizeBytes: number;
};

/** Nothing but boot code lies below 1 MiB (snapd gadget/gadget.go, NonMBRStartOffset). */
const FIRST_OFFSET = MIB;

/**
 * Offsets of every structure as snapd gives them (snapd gadget/gadget.go, gadget/layout.go), all lengths in bytes. Throws AppError `gadget-offset-invalid`, `gadget-size-invalid`, `gadget-overlap-invalid` or `gadget-offset-write-invalid`.
 */
export function layOut(volume: Volume): Layout {
  const where = `volumes.${volume.name}`;
  if (volume.schema === 'emmc') return { volume, structures: volume.structures.map((s) => ({ ...s, offsetBytes: 0 })), sizeBytes: 0, minSizeBytes: 0 };
  assertStructures(volume);

  const ordered = sortRuns(impliedOffsets(volume.structures));
  const structures = place(ordered);
  checkBootCode(structures, where);
  checkOverlaps(structures, where);
  const last = structures.at(-1)!;
  const sizeBytes = last.offsetBytes + last.sizeBytes;
  const minSizeBytes = minimum(ordered);
  checkOffsetWrites(structures, where, minSizeBytes);
  return { volume, structures, sizeBytes, minSizeBytes };
}

/**
 * What a disk needs of a layout beyond snapd's own rules.
 * Throws AppError `gadget-volume-invalid`, `gadget-offset-invalid`, `gadget-size-invalid` or `gadget-offset-write-invalid`.
 */
export function assertDisk({ volume, structures, sizeBytes }: Layout, sectorBytes: number): void {
  const where = `volumes.${volume.name}`;
  assertStructures(volume);
  checkSectors(structures, where, sectorBytes);
  if (sizeBytes > MAX_VOLUME_BYTES) refuse('gadget-size-invalid', where, 'the volume is larger than 64 GiB, the largest image that is made.');
  for (const s of structures) {
    const at = `${where}.structure[${s.yamlIndex}]`;
    if (isInTable(s, volume.schema, sectorBytes)) {
      refuse('gadget-offset-invalid', at, `${structureWord(s)} lies where the partition table is; start it at 1M or later.`);
    }
    const position = offsetWritePosition(s);
    if (position !== undefined && isInTable({ offsetBytes: position, sizeBytes: OFFSET_BYTES }, volume.schema, sectorBytes)) {
      refuse('gadget-offset-write-invalid', `${at}.offset-write`, 'the 4 bytes lie in the partition table.');
    }
  }
}

function assertStructures({ name, structures }: Volume): void {
  if (structures.length === 0) refuse('gadget-volume-invalid', `volumes.${name}`, 'the volume has no structure.');
}

/** Written by an offset-write. */
export const OFFSET_BYTES = 4;
/** End of the boot code: the table of an MBR stands behind it, and of a GPT what protects it. */
export const BOOT_CODE_BYTES = 446;
export const MBR_BYTES = 512;
const GPT_ENTRIES_BYTES = 128 * 128;

const tableEnd = (schema: Volume['schema'], sectorBytes: number): number =>
  schema === 'gpt' ? 2 * sectorBytes + GPT_ENTRIES_BYTES : MBR_BYTES;

/** Whether bytes lie over the partition table at the start of the disk. Nothing but raw bytes lies before it. */
export function isInTable(
  s: { offsetBytes: number; sizeBytes: number; filesystem?: Structure['filesystem'] },
  schema: Volume['schema'],
  sectorBytes: number,
): boolean {
  if (s.offsetBytes >= tableEnd(schema, sectorBytes)) return false;
  return s.offsetBytes + s.sizeBytes > BOOT_CODE_BYTES || (s.filesystem ?? 'none') !== 'none';
}

function checkBootCode(structures: PlacedStructure[], where: string): void {
  const away = structures.find((s) => s.role === 'mbr' && s.offsetBytes !== 0);
  if (away) refuse('gadget-offset-invalid', `${where}.structure[${away.yamlIndex}]`, `${structureWord(away)} is boot code and starts at 0.`);
}

/** In the order of the text: whoever names no offset follows the one before, as long as that one's end is fixed. */
function impliedOffsets(structures: Structure[]): Structure[] {
  let previous: number | undefined = 0;
  return structures.map((s) => {
    let offset = s.offsetBytes;
    if (offset === undefined && previous !== undefined) offset = s.role !== 'mbr' && previous < FIRST_OFFSET ? FIRST_OFFSET : previous;
    previous = offset !== undefined && s.sizeBytes === s.minSizeBytes && s.sizeBytes > 0 ? offset + s.sizeBytes : undefined;
    return { ...s, offsetBytes: offset };
  });
}

/** Structures without an offset stay behind the one they follow; the runs so made are put in disk order. */
function sortRuns(structures: Structure[]): Structure[] {
  const runs: { start: number; members: Structure[] }[] = [];
  for (const s of structures) {
    if (s.offsetBytes !== undefined) runs.push({ start: s.offsetBytes, members: [s] });
    else runs.at(-1)!.members.push(s);
  }
  runs.sort((a, b) => a.start - b.start);
  return runs.flatMap((run) => run.members);
}

function place(structures: Structure[]): PlacedStructure[] {
  let end = 0;
  return structures.map((s) => {
    const offsetBytes = s.offsetBytes ?? end;
    end = offsetBytes + s.sizeBytes;
    return { ...s, offsetBytes };
  });
}

/** The smallest disk: with `min-size` for all, structures without a known offset move up. */
const minimum = (structures: Structure[]): number => structures.reduce((end, s) => (s.offsetBytes ?? end) + s.minSizeBytes, 0);

/** Only what has an entry in the partition table has to be whole sectors. */
function checkSectors(structures: PlacedStructure[], where: string, sectorBytes: number): void {
  for (const s of structures.filter(isPartition)) {
    const at = `${where}.structure[${s.yamlIndex}]`;
    if (s.offsetBytes % sectorBytes !== 0) refuse('gadget-offset-invalid', at, `${structureWord(s)} starts at byte ${s.offsetBytes}, which is no multiple of the sector of ${sectorBytes}.`);
    if (s.sizeBytes % sectorBytes !== 0) refuse('gadget-size-invalid', at, `${structureWord(s)} has ${s.sizeBytes} bytes, which is no multiple of the sector of ${sectorBytes}.`);
  }
}

function checkOverlaps(structures: PlacedStructure[], where: string): void {
  structures.forEach((s, i) => {
    const before = structures[i - 1];
    if (before && before.offsetBytes + before.sizeBytes > s.offsetBytes) {
      refuse('gadget-overlap-invalid', `${where}.structure[${s.yamlIndex}]`, `${structureWord(s)} starts at byte ${s.offsetBytes}, before ${structureWord(before)} ends.`);
    }
  });
}

function checkOffsetWrites(structures: PlacedStructure[], where: string, minSizeBytes: number): void {
  const first = structures[0]!;
  for (const s of structures) {
    if (!s.offsetWrite) continue;
    const at = `${where}.structure[${s.yamlIndex}].offset-write`;
    const { relativeTo, offsetBytes } = s.offsetWrite;
    if (relativeTo !== undefined) {
      if (relativeTo !== first.name || first.offsetBytes !== 0) refuse('gadget-offset-write-invalid', at, `"${relativeTo}" is not the first structure, which starts at 0.`);
      if (offsetBytes + OFFSET_BYTES > first.minSizeBytes) refuse('gadget-offset-write-invalid', at, `the 4 bytes do not fit into ${structureWord(first)}.`);
      continue;
    }
    if (offsetBytes + OFFSET_BYTES > minSizeBytes) refuse('gadget-offset-write-invalid', at, 'the 4 bytes lie outside the volume.');
  }
}

/** Where `s.offsetWrite` lands on the disk. */
export const offsetWritePosition = (s: Structure): number | undefined => s.offsetWrite?.offsetBytes;
