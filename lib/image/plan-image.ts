import { AppError } from '../errors';
import type { GadgetErrorCode, GadgetRules } from '../gadget/gadget';
import { isMadeOnDevice } from '../gadget/content-plan';
import { isPartition, structureWord } from '../gadget/gadget';
import { assertDisk, BOOT_CODE_BYTES, MBR_BYTES, OFFSET_BYTES, offsetWritePosition, type Layout, type PlacedStructure } from '../gadget/layout';
import { MAX_VOLUME_BYTES } from '../gadget/quantity';
import { contentBytes, isFile, type FileContent, type TreeEntry } from '../seed/tree';
import { NO_LABEL } from './fat-directory';
import { writeFat16 } from './fat16';
import { writeFat32 } from './fat32';
import { tableSectors } from './disk-size';
import { writeGpt, type GptPartition, type SectorBytes } from './gpt';
import { deriveGuid, deriveSerial, type IdentifierSource } from './identifiers';
import type { ImagePlan, Segment } from './plan';
import { writeMbr, type MbrPartition } from './mbr';
import { contentSegment, markFree, overwrite, SegmentList, type ByteRange } from './segments';

export type PlacedContent = { offsetBytes: number; content: FileContent };

export type PlanInput = {
  layout: Layout;
  /** Of UC20 and later unless told. */
  rules?: GadgetRules | undefined;
  /** What goes into FAT file systems, by the structure's `yamlIndex`; one that is absent stays empty. */
  trees: ReadonlyMap<number, readonly TreeEntry[]>;
  /** Whole ext4 file systems, which a tool makes, by `yamlIndex`. */
  fileSystems?: ReadonlyMap<number, readonly Segment[]> | undefined;
  /** What goes into raw structures and boot code, by `yamlIndex`; offsets from the structure's start. */
  images: ReadonlyMap<number, readonly PlacedContent[]>;
  identifiers: IdentifierSource;
  /** Seconds since 1970. */
  epoch: number;
  sectorBytes?: SectorBytes;
  /** Of the whole image, exactly; undefined for what the layout and its tables need. */
  imageBytes?: number | undefined;
  /** `flash` ends behind the last partition that is written: whoever copies it to a larger medium needs no room for what the device makes. */
  profile?: 'full' | 'flash' | undefined;
};

export type PlannedPartition = { number: number; name: string; role: string; startBytes: number; sizeBytes: number; /** Empty on an MBR. */ guid: string };

/**
 * The whole disk as segments: partition table, boot code, raw structures and file systems, and room for what the device makes itself.
 * Exactly the layout's size plus its tables; what the device makes itself has no table entry and no data. Throws AppError: a FatErrorCode or GadgetErrorCode.
 */
export function planImage(input: PlanInput): ImagePlan & { partitions: PlannedPartition[] } {
  const { layout } = input;
  const sectorBytes = input.sectorBytes ?? 512;
  assertDisk(layout, sectorBytes);
  const written = writtenOf(input);
  const { head, tail, partitions, sectors } = layout.volume.schema === 'mbr' ? mbrTable(written, input, sectorBytes) : gptTables(written, input, sectorBytes);
  for (const s of written.filter(isBootCode)) writeBootCode(head, s, input);

  const list = new SegmentList();
  list.bytes(head);
  for (const s of written) {
    if (isBootCode(s)) continue;
    list.zerosTo(s.offsetBytes);
    list.push(...structureSegments(s, input, sectorBytes));
  }
  list.zerosTo(sectors * sectorBytes - tail.length);
  list.bytes(tail);
  const marked = markFree(list.segments, freeRanges(input, list.sizeBytes));
  const segments = layout.structures.reduce((image, s) => writeOffset(image, s, sectorBytes), marked);
  return { sizeBytes: list.sizeBytes, segments, partitions };
}

/**
 * What the device makes itself, and all that is behind the last structure. Elsewhere, between structures too,
 * a boot loader may look for what it once saved.
 */
function freeRanges({ layout, rules = 'modes' }: PlanInput, end: number): ByteRange[] {
  const { structures } = layout;
  const range = (s: PlacedStructure) => ({ start: s.offsetBytes, end: s.offsetBytes + s.sizeBytes });
  const last = Math.max(0, ...structures.map((s) => range(s).end));
  return [...structures.filter((s) => isMadeOnDevice(s, rules)).map(range), { start: last, end }];
}

const writtenOf = ({ layout, rules = 'modes' }: PlanInput): PlacedStructure[] => layout.structures.filter((s) => !isMadeOnDevice(s, rules));

type Tables = { head: Uint8Array; tail: Uint8Array; sectors: number; partitions: PlannedPartition[] };

const inTable = (written: PlacedStructure[]): PlacedStructure[] => written.filter(isPartition);

/** With the role mbr or without: it goes into the sector of the table. */
const isBootCode = (s: PlacedStructure): boolean => s.offsetBytes + s.sizeBytes <= BOOT_CODE_BYTES;

/** Of the whole disk: what is asked for, when it is enough. Throws AppError `image-size-invalid`, `image-size-too-small`. */
function diskSectors(input: PlanInput, sectorBytes: SectorBytes): number {
  const { layout, imageBytes, profile } = input;
  const endBytes = profile === 'flash' ? writtenEnd(input) : layout.sizeBytes;
  const needed = Math.ceil(endBytes / sectorBytes) + tableSectors(layout.volume.schema, sectorBytes);
  if (imageBytes === undefined) return needed;
  if (imageBytes % sectorBytes !== 0) throw new AppError('image-size-invalid', `An image of ${imageBytes} bytes is asked for, which is no multiple of the sector of ${sectorBytes}.`);
  if (imageBytes > MAX_VOLUME_BYTES) throw new AppError('image-size-invalid', `An image of ${imageBytes} bytes is asked for; the largest that is made has 64 GiB.`);
  if (imageBytes < needed * sectorBytes) throw new AppError('image-size-too-small', `The volume ${layout.volume.name} needs an image of ${needed * sectorBytes} bytes, and ${imageBytes} are asked for.`, { details: { neededBytes: needed * sectorBytes } });
  return imageBytes / sectorBytes;
}

const writtenEnd = (input: PlanInput): number =>
  Math.max(
    ...writtenOf(input).map((s) => s.offsetBytes + s.sizeBytes),
    ...input.layout.structures.map((s) => (offsetWritePosition(s) ?? -OFFSET_BYTES) + OFFSET_BYTES),
  );

function gptTables(written: PlacedStructure[], input: PlanInput, sectorBytes: SectorBytes): Tables {
  const { layout, identifiers } = input;
  const { volume } = layout;
  if (volume.schema !== 'gpt') throw new AppError<GadgetErrorCode>('gadget-not-supported', `The volume ${volume.name} has schema ${volume.schema}; images are made with gpt and mbr.`);
  const sectors = diskSectors(input, sectorBytes);
  const listed = inTable(written);
  const entries = listed.map((s): GptPartition => {
    const firstLba = s.offsetBytes / sectorBytes;
    return { typeGuid: guidOf(s), guid: s.id ?? deriveGuid(identifiers, `part/${volume.name}/${s.yamlIndex}`), firstLba, lastLba: firstLba + s.sizeBytes / sectorBytes - 1, name: s.name };
  });
  const tables = writeGpt({ sectorBytes, sectors, diskGuid: volume.id ?? deriveGuid(identifiers, `disk/${volume.name}`), partitions: entries });
  return { ...tables, sectors, partitions: listed.map((s, i) => ({ ...plannedPartition(s, i), guid: entries[i]!.guid })) };
}

function mbrTable(written: PlacedStructure[], input: PlanInput, sectorBytes: SectorBytes): Tables {
  const { layout, identifiers } = input;
  const { volume } = layout;
  const listed = inTable(written);
  if (listed.length > 4) throw new AppError<GadgetErrorCode>('mbr-too-many', `An MBR holds 4 partitions, and the image of the volume ${volume.name} has ${listed.length}.`);
  const sectors = diskSectors(input, sectorBytes);
  const entries = listed.map((s): MbrPartition => ({ type: Number.parseInt(s.type.slice(0, 2), 16), firstLba: s.offsetBytes / sectorBytes, sectors: s.sizeBytes / sectorBytes, bootable: s.role === 'system-boot' }));
  const signature = volume.id === undefined ? deriveSerial(identifiers, `disk/${volume.name}`) : Number.parseInt(volume.id.replace(/^0x/i, ''), 16);
  const head = writeMbr({ sectorBytes, sectors, signature, partitions: entries });
  // Of a sector of 4,096 bytes the rest is free.
  const isShared = written.some((s) => !isBootCode(s) && s.offsetBytes < head.length);
  return { head: isShared ? head.subarray(0, MBR_BYTES) : head, tail: new Uint8Array(0), sectors, partitions: listed.map(plannedPartition) };
}

const plannedPartition = (s: PlacedStructure, i: number): PlannedPartition => ({ number: i + 1, name: s.name, role: s.role ?? '', startBytes: s.offsetBytes, sizeBytes: s.sizeBytes, guid: '' });

/** A hybrid type `HH,GUID` counts by its GUID. */
const guidOf = (s: PlacedStructure): string => s.type.split(',').at(-1)!;

function writeBootCode(head: Uint8Array, s: PlacedStructure, { images }: PlanInput): void {
  for (const { offsetBytes, content } of images.get(s.yamlIndex) ?? []) {
    if (content.kind !== 'bytes' || offsetBytes + content.bytes.length > s.sizeBytes) {
      throw new AppError<GadgetErrorCode>('gadget-content-invalid', `The boot code of ${structureWord(s)} has ${contentBytes(content)} bytes and does not fit into ${s.sizeBytes}.`);
    }
    head.set(content.bytes, s.offsetBytes + offsetBytes);
  }
}

function structureSegments(s: PlacedStructure, input: PlanInput, sectorBytes: SectorBytes): readonly Segment[] {
  if (s.filesystem === 'none') return rawSegments(s, input);
  if (s.filesystem === 'ext4') {
    const made = input.fileSystems?.get(s.yamlIndex);
    if (!made) throw new RangeError(`no file system for ${structureWord(s)}`);
    return made;
  }
  const tree = input.trees.get(s.yamlIndex) ?? [];
  const link = tree.find(({ content }) => content.kind === 'symlink');
  if (link) throw new AppError<GadgetErrorCode>('gadget-symlink', `${link.path} of ${structureWord(s)} is a symbolic link, which FAT cannot hold.`);
  const write = s.filesystem === 'vfat-16' ? writeFat16 : writeFat32;
  return write({
    files: tree.filter(isFile),
    directories: tree.filter(({ content }) => content.kind === 'directory').map(({ path }) => path),
    sizeBytes: s.sizeBytes,
    place: s,
    label: fatLabel(s.label),
    volumeId: deriveSerial(input.identifiers, `fs/${input.layout.volume.name}/${s.yamlIndex}`),
    epoch: input.epoch,
    hiddenSectors: s.offsetBytes / sectorBytes,
    sectorBytes,
  });
}

/** Blanks, and what stands in the boot sector of a file system without a label, are none (mkfs.fat). */
function fatLabel(label: string): string {
  const trimmed = label.trimEnd();
  return trimmed === NO_LABEL ? '' : trimmed;
}

function rawSegments(s: PlacedStructure, { images }: PlanInput): Segment[] {
  const list = new SegmentList();
  for (const { offsetBytes, content } of [...(images.get(s.yamlIndex) ?? [])].sort((a, b) => a.offsetBytes - b.offsetBytes)) {
    list.zerosTo(offsetBytes);
    list.push(contentSegment(content));
  }
  list.zerosTo(s.sizeBytes);
  return list.segments;
}

/** GRUB's boot code reads there where its core image lies, in sectors. */
function writeOffset(segments: Segment[], s: PlacedStructure, sectorBytes: SectorBytes): Segment[] {
  const position = offsetWritePosition(s);
  if (position === undefined) return segments;
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, s.offsetBytes / sectorBytes, true);
  return overwrite(segments, position, bytes);
}
