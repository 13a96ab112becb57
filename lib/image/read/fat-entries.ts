import { imageFault, viewOf } from './reader';

export type FatEntry = { name: string; kind: 'file' | 'directory' | 'label'; cluster: number; sizeBytes: number };

const ENTRY_BYTES = 32;
const LONG_NAME = 0x0f;
const [DIRECTORY, VOLUME_LABEL] = [0x10, 0x08];
const DELETED = 0xe5;
const LAST_LONG = 0x40;
/** In lower case: the base of a short name, and its extension. */
const [LOWER_BASE, LOWER_EXTENSION] = [0x08, 0x10];
const UNIT_OFFSETS = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

/** The entries of a directory without those for itself and its parent (Microsoft FAT specification, sections 6 and 7). `path` is the directory's. Throws AppError `image-fat-entry`. */
export function readEntries(bytes: Uint8Array, path: string, bits: 12 | 16 | 32): FatEntry[] {
  const entries: FatEntry[] = [];
  const view = viewOf(bytes);
  const where = path === '' ? 'the root directory' : `the directory ${path}`;
  const wrong = (what: string, at: number): never => imageFault('image-fat-entry', `Entry ${at / ENTRY_BYTES} of ${where} ${what}.`);
  let long: LongName | undefined;
  for (let at = 0; at + ENTRY_BYTES <= bytes.length && bytes[at] !== 0; at += ENTRY_BYTES) {
    const entry = bytes.subarray(at, at + ENTRY_BYTES);
    if (entry[0] === DELETED) {
      long = undefined;
      continue;
    }
    const attributes = entry[11]!;
    if ((attributes & 0x3f) === LONG_NAME) {
      long = addPart(long, entry) ?? wrong('is not the next part of a long name', at);
      continue;
    }
    const short = entry.subarray(0, 11);
    if (long && (long.left !== 0 || long.checksum !== checksumOf(short))) wrong('does not belong to the long name before it', at);
    const name = long ? nameOf(long) : shortName(short, entry[12]!);
    long = undefined;
    if ((attributes & VOLUME_LABEL) !== 0) {
      entries.push({ name: latin(short).trimEnd(), kind: 'label', cluster: 0, sizeBytes: 0 });
      continue;
    }
    const cluster = (bits === 32 ? view.getUint16(at + 20, true) * 2 ** 16 : 0) + view.getUint16(at + 26, true);
    const sizeBytes = view.getUint32(at + 28, true);
    const isDirectory = (attributes & DIRECTORY) !== 0;
    if (name === '.' || name === '..') {
      if (!isDirectory || path === '') wrong('names a directory by dots, and is none', at);
      continue;
    }
    if (name === '' || /[\u0000-\u001f/\\]/.test(name)) wrong('has a name that no file can have', at);
    if (isDirectory && sizeBytes !== 0) wrong('is a directory, and has a size', at);
    entries.push({ name, kind: isDirectory ? 'directory' : 'file', cluster, sizeBytes });
  }
  if (long) imageFault('image-fat-entry', `A long name at the end of ${where} belongs to nothing.`);
  return entries;
}

type LongName = { units: number[]; /** Parts still to come. */ left: number; checksum: number };

/** Parts come last first. Undefined for one that is not the next. */
function addPart(long: LongName | undefined, entry: Uint8Array): LongName | undefined {
  const order = entry[0]! & ~LAST_LONG;
  const begins = (entry[0]! & LAST_LONG) !== 0;
  const view = viewOf(entry);
  const units = UNIT_OFFSETS.map((offset) => view.getUint16(offset, true));
  if (begins) return long || order < 1 || order > 20 ? undefined : { units, left: order - 1, checksum: entry[13]! };
  if (!long || long.left !== order || order === 0 || long.checksum !== entry[13]) return undefined;
  return { ...long, units: [...units, ...long.units], left: order - 1 };
}

function nameOf({ units }: LongName): string {
  const end = units.indexOf(0);
  return String.fromCharCode(...(end < 0 ? units : units.slice(0, end)));
}

const checksumOf = (short: Uint8Array): number => short.reduce((sum, byte) => (((sum & 1) << 7) + (sum >>> 1) + byte) & 0xff, 0);

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

function shortName(short: Uint8Array, cases: number): string {
  const [base, extension] = [latin(short.subarray(0, 8)).trimEnd(), latin(short.subarray(8)).trimEnd()];
  const shown = (cases & LOWER_BASE) !== 0 ? base.toLowerCase() : base;
  return extension === '' ? shown : `${shown}.${(cases & LOWER_EXTENSION) !== 0 ? extension.toLowerCase() : extension}`;
}
