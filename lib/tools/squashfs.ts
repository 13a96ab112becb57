import { open } from 'node:fs/promises';
import path from 'node:path';
import { AppError, isAppError } from '../errors';
import type { SnapEntry } from '../gadget/content';
import { runTool } from './run';

export type SquashfsErrorCode = 'squashfs-invalid' | 'squashfs-too-big' | 'snap-file-missing' | 'snap-file-too-big' | 'snap-file-not-regular';

/** A line of the listing; symbolic links with what they point to, never followed here. */
export type ListedEntry = SnapEntry & { target?: string };

export type Superblock = { inodes: number; blockBytes: number; compression: 'gzip' | 'lzo' | 'xz' | 'lz4' | 'zstd'; bytesUsed: number };

type Options = { signal?: AbortSignal | undefined };

const MAX_INODES = 200_000;
const MAX_LISTING_BYTES = 64 * 2 ** 20;
const TIMEOUT_SECONDS = 60;
const COMPRESSIONS: Record<number, Superblock['compression']> = { 1: 'gzip', 3: 'lzo', 4: 'xz', 5: 'lz4', 6: 'zstd' };

const invalid = (file: string, why: string, cause?: unknown): never => {
  throw new AppError<SquashfsErrorCode>('squashfs-invalid', `The file ${path.basename(file)} is not a snap that can be read: ${why}.`, { cause });
};

/** One processor and small caches are enough for single files, and a hostile one cannot ask for more. */
const FRUGAL = ['-p', '1', '-da', '16', '-fr', '16', '-n', '-no-xattrs', '-no-wildcards'];

/** The 96 bytes at a snap's start (squashfs 4.0), checked before any tool sees the file. Throws AppError `squashfs-invalid` or `squashfs-too-big`. */
export async function readSuperblock(file: string): Promise<Superblock> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(96);
    const { bytesRead } = await handle.read(bytes, 0, 96, 0);
    if (bytesRead < 96 || bytes.toString('latin1', 0, 4) !== 'hsqs') return invalid(file, 'it is no squashfs');
    const major = bytes.readUInt16LE(28);
    const minor = bytes.readUInt16LE(30);
    if (major !== 4 || minor !== 0) return invalid(file, `it is squashfs ${major}.${minor}, not 4.0`);
    const blockBytes = bytes.readUInt32LE(12);
    if (blockBytes < 4096 || blockBytes > 2 ** 20 || blockBytes !== 2 ** bytes.readUInt16LE(22)) return invalid(file, 'its block size is not a power of two between 4 KiB and 1 MiB');
    const compression = COMPRESSIONS[bytes.readUInt16LE(20)] ?? invalid(file, 'its compression is unknown');
    const bytesUsed = Number(bytes.readBigUInt64LE(40));
    if (bytesUsed > size || bytesUsed < 96) return invalid(file, `it says it has ${bytesUsed} bytes, and the file has ${size}`);
    const inodes = bytes.readUInt32LE(4);
    if (inodes > MAX_INODES) throw new AppError<SquashfsErrorCode>('squashfs-too-big', `The file ${path.basename(file)} holds ${inodes} files; at most ${MAX_INODES} are taken.`);
    return { inodes, blockBytes, compression, bytesUsed };
  } finally {
    await handle.close();
  }
}

/** Everything in a snap, without the root. Throws AppError `squashfs-invalid`, `squashfs-too-big`, `tool-missing` or `tool-timeout`. */
export async function listSnap(file: string, options: Options = {}): Promise<ListedEntry[]> {
  const { inodes } = await readSuperblock(file);
  const result = await unsquashfs(file, ['-UTC', '-lln', path.resolve(file)], MAX_LISTING_BYTES, options);
  if (result.exitCode !== 0) return invalid(file, firstLine(result.stderr) || `unsquashfs ended with ${result.exitCode}`);
  const entries = parseListing(result.stdout, file);
  // Hard links share an inode, so the names may be more; not by orders of magnitude in any real snap.
  if (entries.length > Math.max(MAX_INODES, inodes)) throw new AppError<SquashfsErrorCode>('squashfs-too-big', `The file ${path.basename(file)} lists ${entries.length} files; at most ${MAX_INODES} are taken.`);
  return entries;
}

const TYPES: Record<string, SnapEntry['type']> = { '-': 'file', d: 'directory', l: 'symlink' };

/**
 * Names are printed raw: one with a line break gives a line that is none, and a link's target is as long as its size says, so that neither can pass for
 * another entry.
 */
function parseListing(listing: Buffer, file: string): ListedEntry[] {
  const text = new TextDecoder('utf-8').decode(listing);
  const entries: ListedEntry[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const match = /^([a-z-])[a-zA-Z-]{9} [0-9]+\/[0-9]+ +([0-9]+(?:, *[0-9]+)?) [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} squashfs-root(?:\/(.*))?$/.exec(line);
    if (!match) return invalid(file, 'it has a file with a line break in its name');
    const [, letter = '', size = '', printed] = match;
    if (printed === undefined) continue;
    const type = TYPES[letter] ?? 'other';
    const sizeBytes = type === 'other' ? 0 : Number(size);
    const entry: ListedEntry = { path: printed, type, sizeBytes };
    if (type === 'symlink') {
      const bytes = Buffer.from(printed);
      const split = bytes.length - sizeBytes - 4;
      if (split < 1 || bytes.toString('utf8', split, split + 4) !== ' -> ') return invalid(file, 'it has a link that cannot be read');
      entry.path = bytes.toString('utf8', 0, split);
      entry.target = bytes.toString('utf8', split + 4);
    }
    if (seen.has(entry.path)) return invalid(file, `it has "${entry.path.slice(0, 120)}" twice`);
    seen.add(entry.path);
    entries.push(entry);
  }
  return entries;
}

/**
 * One file of a snap, at most `maxBytes`. A link is followed inside the snap only: unsquashfs resolves it there and never on this machine.
 * Throws AppError `snap-file-missing`, `snap-file-too-big`, or as `listSnap`.
 */
export async function readSnapFile(file: string, name: string, maxBytes: number, options: Options = {}): Promise<Uint8Array> {
  await readSuperblock(file);
  return await catFile(file, name, maxBytes, options);
}

async function catFile(file: string, name: string, maxBytes: number, options: Options): Promise<Uint8Array> {
  const wanted = checkName(name);
  try {
    const result = await unsquashfs(file, ['-cat', path.resolve(file), `/${wanted}`], maxBytes, options);
    if (result.exitCode === 0) return result.stdout;
    if (/no matches for|failed to resolve|is a directory|is not a regular file/.test(result.stderr)) {
      throw new AppError<SquashfsErrorCode>('snap-file-missing', `The snap ${path.basename(file)} has no file ${wanted}.`, { details: { file: wanted } });
    }
    return invalid(file, firstLine(result.stderr) || `unsquashfs ended with ${result.exitCode}`);
  } catch (cause) {
    if (!isAppError(cause) || cause.code !== 'tool-output-too-big') throw cause;
    throw new AppError<SquashfsErrorCode>('snap-file-too-big', `The file ${wanted} of the snap ${path.basename(file)} is larger than ${maxBytes} bytes.`, { cause, details: { file: wanted } });
  }
}

export type ReadLimits = Options & { /** From an earlier `listSnap` of the same file. */ listing?: ListedEntry[]; maxFileBytes?: number; maxTotalBytes?: number };

/**
 * Several files of a snap: regular files only, no links on the way, sizes as listed and capped at 512 MiB each and 1 GiB together. Names that repeat are
 * read once. Throws AppError `snap-file-missing`, `snap-file-not-regular`, `snap-file-too-big`, `squashfs-too-big`, or as `listSnap`.
 */
export async function readSnapFiles(file: string, names: Iterable<string>, limits: ReadLimits = {}): Promise<Map<string, Uint8Array>> {
  const maxFileBytes = limits.maxFileBytes ?? 512 * 2 ** 20;
  const maxTotalBytes = limits.maxTotalBytes ?? 2 ** 30;
  const listing = new Map((limits.listing ?? (await listSnap(file, limits))).map((e) => [e.path, e]));
  const wanted = [...new Set(names)].map((name) => ({ name, entry: regular(file, checkName(name), listing) }));
  const tooBig = wanted.find(({ entry }) => entry.sizeBytes > maxFileBytes);
  if (tooBig) throw new AppError<SquashfsErrorCode>('snap-file-too-big', `The file ${tooBig.name} of the snap ${path.basename(file)} is larger than ${maxFileBytes} bytes.`, { details: { file: tooBig.name } });
  if (wanted.reduce((sum, { entry }) => sum + entry.sizeBytes, 0) > maxTotalBytes) {
    throw new AppError<SquashfsErrorCode>('squashfs-too-big', `The files wanted from the snap ${path.basename(file)} are more than ${maxTotalBytes} bytes together.`);
  }
  const read = new Map<string, Uint8Array>();
  for (const { name, entry } of wanted) {
    const bytes = await catFile(file, entry.path, entry.sizeBytes, limits);
    if (bytes.length !== entry.sizeBytes) return invalid(file, `its file ${name} has ${bytes.length} bytes, and ${entry.sizeBytes} are listed`);
    read.set(name, bytes);
  }
  return read;
}

function regular(file: string, name: string, listing: Map<string, ListedEntry>): ListedEntry {
  const parts = name.split('/');
  const link = parts.map((_, i) => parts.slice(0, i + 1).join('/')).find((prefix) => listing.get(prefix)?.type === 'symlink');
  const entry = listing.get(name);
  if (link === undefined && !entry) throw new AppError<SquashfsErrorCode>('snap-file-missing', `The snap ${path.basename(file)} has no file ${name}.`, { details: { file: name } });
  if (link !== undefined || entry?.type !== 'file') {
    throw new AppError<SquashfsErrorCode>('snap-file-not-regular', `In the snap ${path.basename(file)}, ${link ?? name} is not a regular file.`, { details: { file: name } });
  }
  return entry;
}

/** Relative and plain; whatever else is a mistake of the caller or an attack by the name's author. */
function checkName(name: string): string {
  const parts = name.split('/');
  if (name.length > 4096 || /[\u0000-\u001f\u007f]/.test(name) || parts.some((p) => p === '' || p === '.' || p === '..')) {
    throw new AppError<SquashfsErrorCode>('snap-file-missing', `"${name.slice(0, 120)}" is no path inside a snap.`);
  }
  return name;
}

const unsquashfs = (file: string, args: string[], maxOutputBytes: number, { signal }: Options) => runTool('unsquashfs', [...FRUGAL, ...args], { timeoutSeconds: TIMEOUT_SECONDS, maxOutputBytes, signal });

const firstLine = (text: string): string => text.trim().split('\n')[0]!.slice(0, 200);
