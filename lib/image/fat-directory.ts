import { concat, utf8 } from '../bytes';
import { entriesIn, type FatDirectory, type FatNode, type SizedFile } from './fat-tree';
import type { ShortName } from './fat-names';

const ENTRY_BYTES = 32;
const DIRECTORY = 0x10;
const ARCHIVE = 0x20;
const VOLUME_LABEL = 0x08;
const LONG_NAME = 0x0f;
const LAST_LONG = 0x40;

/** What stands in the boot sector of a file system without a label. */
export const NO_LABEL = 'NO NAME';

export type DirectoryFacts = {
  /** First cluster of every directory and of every file that is not empty. */
  starts: Map<unknown, number>;
  /** Of the directory above; the root counts as 0 there. */
  parentCluster: number;
  label: string;
  /** Seconds since 1970. */
  epoch: number;
};

/** The entries of one directory (Microsoft FAT specification, sections 6 and 7), in the order of its children. */
export function writeDirectory<T extends SizedFile>(directory: FatDirectory<T>, facts: DirectoryFacts): Uint8Array {
  const parts: Uint8Array[] = [];
  const isRoot = directory.path === '';
  if (isRoot) {
    if (facts.label !== '') parts.push(entry(utf8(facts.label.padEnd(11)).subarray(0, 11), VOLUME_LABEL, 0, 0, facts.epoch));
  } else {
    parts.push(entry(utf8('.'.padEnd(11)), DIRECTORY, facts.starts.get(directory)!, 0, facts.epoch));
    parts.push(entry(utf8('..'.padEnd(11)), DIRECTORY, facts.parentCluster, 0, facts.epoch));
  }
  for (const child of directory.children) parts.push(...childEntries(child, facts));
  // The place of a label that there is not: the directory ends one sooner.
  if (isRoot && facts.label === '') parts.push(new Uint8Array(ENTRY_BYTES));
  const bytes = concat(...parts);
  if (bytes.length !== entriesIn(directory) * ENTRY_BYTES) throw new RangeError(`directory ${directory.path} has ${bytes.length} bytes`);
  return bytes;
}

function childEntries<T extends SizedFile>(child: FatNode<T>, { starts, epoch }: DirectoryFacts): Uint8Array[] {
  const own = entry(child.short.bytes, child.kind === 'directory' ? DIRECTORY : ARCHIVE, starts.get(child) ?? 0, child.kind === 'file' ? child.file.sizeBytes : 0, epoch);
  return child.short.needsLong ? [...longEntries(child.name, child.short), own] : [own];
}

function entry(name: Uint8Array, attributes: number, cluster: number, sizeBytes: number, epoch: number): Uint8Array {
  const bytes = new Uint8Array(ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  const { date, time } = fatTime(epoch);
  bytes.set(name, 0);
  bytes[11] = attributes;
  if (attributes !== VOLUME_LABEL) {
    view.setUint16(14, time, true);
    view.setUint16(16, date, true);
    view.setUint16(18, date, true);
  }
  view.setUint16(20, cluster >>> 16, true);
  view.setUint16(22, time, true);
  view.setUint16(24, date, true);
  view.setUint16(26, cluster & 0xffff, true);
  view.setUint32(28, sizeBytes, true);
  return bytes;
}

/** UTC, in steps of two seconds, from 1980 to 2107. */
export function fatTime(epoch: number): { date: number; time: number } {
  const earliest = Date.UTC(1980, 0, 1);
  const latest = Date.UTC(2107, 11, 31, 23, 59, 58);
  const at = new Date(Math.min(Math.max(epoch * 1000, earliest), latest));
  return {
    date: ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  };
}

/** Places of the 13 UTF-16 units in a long-name entry. */
const UNIT_OFFSETS = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

function longEntries(name: string, short: ShortName): Uint8Array[] {
  const checksum = short.bytes.reduce((sum, b) => (((sum & 1) << 7) + (sum >>> 1) + b) & 0xff, 0);
  const count = Math.ceil(name.length / 13);
  return Array.from({ length: count }, (_, i) => {
    const order = count - i;
    const bytes = new Uint8Array(ENTRY_BYTES);
    const view = new DataView(bytes.buffer);
    bytes[0] = order | (order === count ? LAST_LONG : 0);
    bytes[11] = LONG_NAME;
    bytes[13] = checksum;
    UNIT_OFFSETS.forEach((offset, unit) => {
      const at = (order - 1) * 13 + unit;
      // One zero ends a name that does not fill its last entry; after it, FFFF.
      view.setUint16(offset, at < name.length ? name.charCodeAt(at) : at === name.length ? 0 : 0xffff, true);
    });
    return bytes;
  });
}
