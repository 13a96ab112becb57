import { refuse, type Structure } from './gadget';
import { resolveKernelRef, type KernelAssets } from './kernel-yaml';
import { listingOf, type SnapEntry, type SnapListing } from './listing';
import { parseSafePath, type SafePath } from './safe-path';

/** A file of the gadget or the kernel and where it goes in the file system. */
export type CopiedFile = { from: 'gadget' | 'kernel'; source: string; target: string; sizeBytes: number };
/** A gadget file and where it goes in a raw structure, in bytes from the structure's start. */
export type PlacedImage = { source: string; offsetBytes: number; sizeBytes: number };

/** The listings of both snaps, and what the kernel offers to gadgets; of a kernel without a listing the files are not looked at. */
export type ContentSources = { gadget: Iterable<SnapEntry>; kernel: Iterable<SnapEntry> | undefined; assets: KernelAssets };
/** What a file system gets: `directories` are those that would otherwise not be there, being empty. */
export type CopiedTree = { files: CopiedFile[]; directories: string[] };

const MAX_FILES = 20_000;
const MAX_FILE_BYTES = 512 * 2 ** 20;
const MAX_TOTAL_BYTES = 2 ** 30;

/** What all structures of a gadget may copy together, whatever overwrites what: a few lines of gadget.yaml can name the same files again and again. */
export class ContentBudget {
  #files = 0;
  #bytes = 0;

  /** Throws AppError `squashfs-too-big` for what a small snap can claim to hold, `gadget-too-big` for too many files. */
  spend(source: string, sizeBytes: number, where: string): void {
    if (sizeBytes > MAX_FILE_BYTES) refuse('squashfs-too-big', where, `${source} is larger than 512 MiB, the most that is taken of a file; leave it out of the gadget's content.`);
    this.#files += 1;
    this.#bytes += sizeBytes;
    if (this.#files > MAX_FILES) refuse('gadget-too-big', where, `the gadget copies more than ${MAX_FILES} files; leave some out.`);
    if (this.#bytes > MAX_TOTAL_BYTES) refuse('squashfs-too-big', where, 'the gadget copies more than 1 GiB; leave some of it out.');
  }
}

/**
 * Which files of gadget and kernel a file-system structure gets, and where: `source/` copies the children, a directory without the slash itself, later items win
 * (snapd gadget/mountedfilesystem.go). Symbolic links are never followed. Throws AppError `gadget-content-invalid`, `gadget-symlink`, `gadget-special-file`,
 * `gadget-path-escape`, `gadget-too-big`, `squashfs-too-big` or `gadget-kernel-ref-invalid`.
 */
export function resolveFiles(structure: Structure, sources: ContentSources, budget = new ContentBudget()): CopiedTree {
  const listings = { gadget: listingOf(sources.gadget), kernel: sources.kernel && listingOf(sources.kernel) };
  const copied = new Map<string, CopiedFile>();
  const directories = new Set<string>();
  structure.content.forEach((item, i) => {
    if (item.kind !== 'files') return;
    const where = `content[${i}] of ${structure.name || `structure ${structure.yamlIndex}`}`;
    const from = item.source.startsWith('$kernel:') ? 'kernel' : 'gadget';
    const source = parseSafePath(from === 'kernel' ? resolveKernelRef(item.source, sources.assets, where) : item.source, where);
    const target = parseSafePath(item.target, where, { rooted: true });
    const listing = listings[from];
    if (listing) copyItem({ ...item, from, source, listing, target, where, budget }, copied, directories);
  });
  return { files: [...copied.values()], directories: [...directories] };
}

type Item = { from: CopiedFile['from']; source: SafePath; target: SafePath; listing: SnapListing; where: string; budget: ContentBudget };

function copyItem({ from, source, target, listing, where, budget }: Item, copied: Map<string, CopiedFile>, directories: Set<string>): void {
  const path = source.parts.join('/');
  const word = `${path || '.'}${source.slash ? '/' : ''}`;
  assertNoLink(source.parts, listing, where);
  const found = source.parts.length === 0 ? 'directory' : listing.get(path)?.type;
  if (found === 'file') {
    if (source.slash) refuse('gadget-content-invalid', where, `${word} is a file, not a directory.`);
    const name = target.slash ? [...target.parts, source.parts.at(-1)!] : target.parts;
    budget.spend(path, listing.get(path)!.sizeBytes, where);
    put(copied, { from, source: path, target: name.join('/'), sizeBytes: listing.get(path)!.sizeBytes }, where);
    return;
  }
  if (found === undefined) refuse('gadget-content-invalid', where, `${word} is not in the ${from}.`);
  if (found !== 'directory') refuseSpecial(word, where);
  const top = source.slash ? target.parts : [...target.parts, source.parts.at(-1)!];
  const prefix = path === '' ? '' : `${path}/`;
  const below = listing.below(path);
  for (const entry of below) {
    budget.spend(entry.path, entry.type === 'file' ? entry.sizeBytes : 0, where);
    const goal = [...top, entry.path.slice(prefix.length)].join('/');
    if (entry.type === 'symlink') refuse('gadget-symlink', where, `${entry.path} is a symbolic link; put the file itself there.`);
    if (entry.type === 'other') refuseSpecial(entry.path, where);
    if (entry.type === 'file') put(copied, { from, source: entry.path, target: goal, sizeBytes: entry.sizeBytes }, where);
    else if (!listing.isFilled(entry.path)) directories.add(checkTarget(goal, where));
  }
  if (below.length === 0 && top.length > 0) directories.add(checkTarget(top.join('/'), where));
}

const refuseSpecial = (word: string, where: string): never => refuse('gadget-special-file', where, `${word} is a device, a pipe or a socket; put a regular file there.`);

/** Names come out of a stranger's squashfs too. */
function checkTarget(target: string, where: string): string {
  parseSafePath(target, where);
  return target;
}

function put(copied: Map<string, CopiedFile>, file: CopiedFile, where: string): void {
  checkTarget(file.target, where);
  copied.set(file.target, file);
}

function assertNoLink(parts: string[], listing: SnapListing, where: string): void {
  parts.forEach((_, i) => {
    const path = parts.slice(0, i + 1).join('/');
    if (listing.get(path)?.type === 'symlink') refuse('gadget-symlink', where, `${path} is a symbolic link; put the file itself there.`);
  });
}

/**
 * Where each image goes in a raw structure: at its offset or behind the one before, within the structure and without overlap
 * (snapd gadget/layout.go). Throws AppError `gadget-content-invalid`, `gadget-symlink`, `gadget-special-file`, `gadget-path-escape`, `gadget-too-big` or `squashfs-too-big`.
 */
export function resolveImages(structure: Structure, entries: Iterable<SnapEntry>, budget = new ContentBudget()): PlacedImage[] {
  const listing = listingOf(entries);
  let end = 0;
  const placed = structure.content.flatMap((item, i) => {
    if (item.kind !== 'image') return [];
    const where = `content[${i}] of ${structure.name || `structure ${structure.yamlIndex}`}`;
    const { parts } = parseSafePath(item.image, where);
    assertNoLink(parts, listing, where);
    const source = parts.join('/');
    const entry = listing.get(source);
    if (entry?.type === 'other') return refuseSpecial(item.image, where);
    if (entry?.type !== 'file') return refuse('gadget-content-invalid', where, entry ? `${item.image} is not a regular file.` : `${item.image} is not in the gadget.`);
    budget.spend(source, entry.sizeBytes, where);
    const length = item.sizeBytes || entry.sizeBytes;
    if (length < entry.sizeBytes) refuse('gadget-content-invalid', where, `${item.image} has ${entry.sizeBytes} bytes, more than the declared ${length}.`);
    const offsetBytes = item.offsetBytes ?? end;
    end = offsetBytes + length;
    if (structure.sizeBytes > 0 && end > structure.sizeBytes) refuse('gadget-content-invalid', where, `${item.image} ends at byte ${end}, beyond the structure's ${structure.sizeBytes}.`);
    return [{ source, offsetBytes, sizeBytes: entry.sizeBytes, end, where }];
  });
  const sorted = [...placed].sort((a, b) => a.offsetBytes - b.offsetBytes);
  sorted.forEach((image, i) => {
    const before = sorted[i - 1];
    if (before && before.end > image.offsetBytes) refuse('gadget-content-invalid', image.where, `${image.source} overlaps ${before.source}.`);
  });
  return placed.map(({ source, offsetBytes, sizeBytes }) => ({ source, offsetBytes, sizeBytes }));
}
