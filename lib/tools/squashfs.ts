import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AppError, isAppError } from '../errors';
import { runTool, type RunLimits, type RunResult } from './run';
import type { ToolArg } from './sandbox';
import { ListingReader, type ListedEntry } from './squashfs-listing';
import { invalid, readSuperblock, type SquashfsErrorCode } from './squashfs-superblock';

type Options = { signal?: AbortSignal | undefined };

const MAX_LISTING_BYTES = 64 * 2 ** 20;
const TIMEOUT_SECONDS = 60;
/** Of names in one run: Linux takes 128 KiB in one argument and 2 MiB in all. */
const MAX_NAMES_BYTES = 256 * 1024;

/** One processor and small caches are enough for single files, and a hostile one cannot ask for more. */
const FRUGAL = ['-p', '1', '-da', '16', '-fr', '16', '-n', '-no-xattrs', '-no-wildcards'];

/** Everything in a snap, without the root. Throws AppError `squashfs-invalid`, `squashfs-compression-unknown`, `squashfs-name-invalid`, `squashfs-too-big`, or what runTool throws. */
export async function listSnap(file: string, options: Options = {}): Promise<ListedEntry[]> {
  await readSuperblock(file);
  const listing = new ListingReader(file);
  try {
    const result = await unsquashfs(file, ['-UTC', '-lln', { reads: file }], { ...options, maxOutputBytes: MAX_LISTING_BYTES, onOutput: listing.lines.add });
    if (result.exitCode !== 0) return invalid(file, complaint(result));
  } catch (cause) {
    if (!isAppError(cause) || cause.code !== 'tool-output-too-big') throw cause;
    throw new AppError<SquashfsErrorCode>('squashfs-too-big', `The list of files in ${path.basename(file)} is longer than ${MAX_LISTING_BYTES} bytes.`, { cause });
  }
  listing.lines.end();
  return listing.entries;
}

/**
 * One file of a snap, at most `maxBytes`. A link is followed inside the snap only: unsquashfs resolves it there and never on this machine.
 * Throws AppError `snap-file-missing`, `snap-file-too-big`, or as `listSnap`.
 */
export async function readSnapFile(file: string, name: string, maxBytes: number, options: Options = {}): Promise<Uint8Array> {
  const wanted = checkName(name);
  await readSuperblock(file);
  try {
    const result = await unsquashfs(file, ['-cat', { reads: file }, `/${wanted}`], { ...options, maxOutputBytes: maxBytes });
    if (result.exitCode === 0) return result.stdout;
    if (/no matches for|failed to resolve|is a directory|is not a regular file/.test(result.stderr)) {
      throw new AppError<SquashfsErrorCode>('snap-file-missing', `The snap ${path.basename(file)} has no file ${wanted}.`, { details: { file: wanted } });
    }
    return invalid(file, complaint(result));
  } catch (cause) {
    if (!isAppError(cause) || cause.code !== 'tool-output-too-big') throw cause;
    throw new AppError<SquashfsErrorCode>('snap-file-too-big', `The file ${wanted} of the snap ${path.basename(file)} is larger than ${maxBytes} bytes.`, { cause, details: { file: wanted } });
  }
}

export type ReadLimits = Options & { /** From an earlier `listSnap` of the same file. */ listing?: ListedEntry[]; maxFileBytes?: number; maxTotalBytes?: number };

/**
 * Several files of a snap, in one run of the tool: regular files only, no links on the way, sizes as listed and capped at 512 MiB each and 1 GiB together.
 * Names that repeat are read once. Throws AppError `snap-file-missing`, `snap-file-not-regular`, `snap-file-too-big`, `squashfs-too-big`, or as `listSnap`.
 */
export async function readSnapFiles(file: string, names: Iterable<string>, limits: ReadLimits = {}): Promise<Map<string, Uint8Array>> {
  const read = new Map<string, Uint8Array>();
  for (const batch of batches(await chooseFiles(file, names, limits))) {
    const targets = batch.map(({ sizeBytes }) => Buffer.alloc(sizeBytes));
    const fill = filler(targets);
    await catFiles(file, batch, { signal: limits.signal, onOutput: fill.add });
    if (fill.filledBytes() !== sizeOf(batch)) invalid(file, OTHER_SIZES);
    batch.forEach(({ path: name }, i) => read.set(name, targets[i]!));
  }
  return read;
}

/** Takes one file of a snap. Each chunk is done with before the next is asked for. */
export type TakeFile<T> = (bytes: AsyncIterable<Uint8Array>) => Promise<T>;

/**
 * Several files of a snap that may be large, as `readSnapFiles`, but none of them in memory as a whole: the tool writes them into a nameless file in `folder`, and from
 * there one after the other is handed to `take`. Throws AppError `disk-full`, as `readSnapFiles`, or as `take`.
 */
export async function takeSnapFiles<T>(file: string, names: Iterable<string>, folder: string, take: TakeFile<T>, limits: ReadLimits = {}): Promise<Map<string, T>> {
  const taken = new Map<string, T>();
  for (const batch of batches(await chooseFiles(file, names, limits))) {
    const unpacked = await openNameless(folder);
    try {
      await catFiles(file, batch, { signal: limits.signal, outputTo: unpacked.fd });
      const totalBytes = sizeOf(batch);
      if ((await unpacked.stat()).size !== totalBytes) invalid(file, OTHER_SIZES);
      let at = 0;
      for (const { path: name, sizeBytes } of batch) {
        taken.set(name, await take(readRange(unpacked, at, sizeBytes)));
        at += sizeBytes;
      }
    } finally {
      await unpacked.close();
    }
  }
  return taken;
}

const OTHER_SIZES = 'its files have other sizes than are listed';
const CHUNK_BYTES = 2 ** 20;

/** Gone when it is closed, whatever happens. */
async function openNameless(folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = path.join(folder, `.unpacked-${randomUUID()}`);
  const handle = await open(name, 'wx+', 0o600);
  await rm(name);
  return handle;
}

async function* readRange(file: FileHandle, start: number, length: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(length, CHUNK_BYTES));
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, length - done), start + done);
    if (bytesRead === 0) throw new RangeError(`only ${done} of ${length} bytes`);
    yield buffer.subarray(0, bytesRead);
    done += bytesRead;
  }
}

const sizeOf = (entries: readonly ListedEntry[]): number => entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

async function chooseFiles(file: string, names: Iterable<string>, limits: ReadLimits): Promise<ListedEntry[]> {
  const maxFileBytes = limits.maxFileBytes ?? 512 * 2 ** 20;
  const maxTotalBytes = limits.maxTotalBytes ?? 2 ** 30;
  const listing = new Map((limits.listing ?? (await listSnap(file, limits))).map((e) => [e.path, e]));
  const entries = [...new Set(names)].map((name) => regular(file, checkName(name), listing));
  const tooBig = entries.find(({ sizeBytes }) => sizeBytes > maxFileBytes);
  if (tooBig) throw new AppError<SquashfsErrorCode>('snap-file-too-big', `The file ${tooBig.path} of the snap ${path.basename(file)} is larger than ${maxFileBytes} bytes.`, { details: { file: tooBig.path } });
  if (sizeOf(entries) > maxTotalBytes) throw new AppError<SquashfsErrorCode>('squashfs-too-big', `The files wanted from the snap ${path.basename(file)} are more than ${maxTotalBytes} bytes together.`);
  return entries;
}

function* batches(entries: readonly ListedEntry[]): Generator<ListedEntry[]> {
  let batch: ListedEntry[] = [];
  let namesBytes = 0;
  for (const one of entries) {
    const bytes = Buffer.byteLength(one.path) + 16;
    if (batch.length > 0 && namesBytes + bytes > MAX_NAMES_BYTES) {
      yield batch;
      batch = [];
      namesBytes = 0;
    }
    batch.push(one);
    namesBytes += bytes;
  }
  if (batch.length > 0) yield batch;
}

/** unsquashfs writes them one after the other in the order of their names; where each ends, the listing says. */
async function catFiles(file: string, wanted: readonly ListedEntry[], to: Pick<RunLimits, 'signal' | 'onOutput' | 'outputTo'>): Promise<void> {
  try {
    const result = await unsquashfs(file, ['-cat', { reads: file }, ...wanted.map(({ path: name }) => `/${name}`)], { ...to, maxOutputBytes: sizeOf(wanted) });
    if (/^Write on output file failed because (?:No space left|Disk quota)/m.test(result.stderr)) throw new AppError('disk-full', `The disk on which the large files of ${path.basename(file)} are unpacked is full. Give it more room, then try again.`);
    if (result.exitCode !== 0) return invalid(file, complaint(result));
  } catch (cause) {
    if (!isAppError(cause) || cause.code !== 'tool-output-too-big') throw cause;
    return invalid(file, OTHER_SIZES, cause);
  }
}

function filler(targets: Buffer[]): { add: (chunk: Buffer) => void; filledBytes: () => number } {
  let target = 0;
  let at = 0;
  let filled = 0;
  const add = (chunk: Buffer) => {
    for (let from = 0; from < chunk.length; ) {
      const copied = chunk.copy(targets[target]!, at, from);
      from += copied;
      at += copied;
      filled += copied;
      if (at === targets[target]!.length) {
        target += 1;
        at = 0;
      }
    }
  };
  return { add, filledBytes: () => filled };
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

async function unsquashfs(file: string, args: ToolArg[], limits: Omit<RunLimits, 'timeoutSeconds'>): Promise<RunResult> {
  try {
    return await runTool('unsquashfs', [...FRUGAL, ...args], { ...limits, timeoutSeconds: TIMEOUT_SECONDS });
  } catch (cause) {
    if (!isAppError(cause) || cause.code !== 'tool-crashed') throw cause;
    return invalid(file, cause.message.replace(/\.$/, ''), cause);
  }
}

/** The first that was said; unsquashfs knows the file by its place in the sandbox. */
const complaint = ({ stderr, exitCode }: RunResult): string => stderr.trim().split('\n')[0]!.slice(0, 200) || `unsquashfs ended with ${exitCode}`;
