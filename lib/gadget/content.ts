import { refuse, type Structure } from './gadget';
import { parseSafePath } from './safe-path';

/** One line of a snap's listing: path without a leading slash, what it is, its size in bytes. */
export type SnapEntry = { path: string; type: 'file' | 'directory' | 'symlink' | 'other'; sizeBytes: number };

/** A gadget file and where it goes in the file system. */
export type CopiedFile = { source: string; target: string; sizeBytes: number };
/** A gadget file and where it goes in a raw structure, in bytes from the structure's start. */
export type PlacedImage = { source: string; offsetBytes: number; sizeBytes: number };

const MAX_FILES = 20_000;
const MAX_FILE_BYTES = 512 * 2 ** 20;
const MAX_TOTAL_BYTES = 2 ** 30;

/**
 * Which gadget files a file-system structure gets, and where: `source/` copies the children, a directory without the slash itself, later items win
 * (snapd gadget/mountedfilesystem.go). Symbolic links are never followed. Throws AppError `gadget-content-invalid`, `gadget-symlink`,
 * `gadget-path-escape`, `gadget-too-big` or, for `$kernel:` sources, `gadget-not-supported`.
 */
export function resolveFiles(structure: Structure, entries: Iterable<SnapEntry>): CopiedFile[] {
  const listing = new Map([...entries].map((e) => [e.path, e]));
  const copied = new Map<string, CopiedFile>();
  structure.content.forEach((item, i) => {
    if (item.kind !== 'files') return;
    const where = `content[${i}] of ${structure.name || `structure ${structure.yamlIndex}`}`;
    if (item.source.startsWith('$kernel:')) refuse('gadget-not-supported', where, `${item.source} takes a file from the kernel, which images with GRUB do not.`);
    const source = parseSafePath(item.source, where);
    const target = parseSafePath(item.target, where, { rooted: true });
    const from = source.parts.join('/');
    assertNoLink(source.parts, listing, where);
    const found = source.parts.length === 0 ? 'directory' : listing.get(from)?.type;
    if (found === 'file') {
      if (source.slash) refuse('gadget-content-invalid', where, `${item.source} is a file, not a directory.`);
      const name = target.slash ? [...target.parts, source.parts.at(-1)!] : target.parts;
      put(copied, { source: from, target: name.join('/'), sizeBytes: listing.get(from)!.sizeBytes }, where);
    } else if (found === 'directory') {
      const top = source.slash ? target.parts : [...target.parts, source.parts.at(-1)!];
      const prefix = from === '' ? '' : `${from}/`;
      for (const entry of listing.values()) {
        if (!entry.path.startsWith(prefix) || entry.type === 'directory') continue;
        if (entry.type === 'symlink') refuse('gadget-symlink', where, `${entry.path} is a symbolic link; put the file itself there.`);
        if (entry.type === 'other') refuse('gadget-content-invalid', where, `${entry.path} is neither a file nor a directory.`);
        put(copied, { source: entry.path, target: [...top, entry.path.slice(prefix.length)].join('/'), sizeBytes: entry.sizeBytes }, where);
      }
    } else {
      refuse('gadget-content-invalid', where, found === undefined ? `${item.source} is not in the gadget.` : `${item.source} is neither a file nor a directory.`);
    }
  });
  const files = [...copied.values()];
  if (files.reduce((sum, f) => sum + f.sizeBytes, 0) > MAX_TOTAL_BYTES) refuse('gadget-too-big', `content of ${structure.name}`, 'the files are more than 1 GiB.');
  return files;
}

function put(copied: Map<string, CopiedFile>, file: CopiedFile, where: string): void {
  // Names come out of a stranger's squashfs too.
  parseSafePath(file.target, where);
  if (file.sizeBytes > MAX_FILE_BYTES) refuse('gadget-too-big', where, `${file.source} is larger than 512 MiB.`);
  if (copied.size >= MAX_FILES) refuse('gadget-too-big', where, `the content is more than ${MAX_FILES} files.`);
  copied.set(file.target, file);
}

function assertNoLink(parts: string[], listing: Map<string, SnapEntry>, where: string): void {
  parts.forEach((_, i) => {
    const path = parts.slice(0, i + 1).join('/');
    if (listing.get(path)?.type === 'symlink') refuse('gadget-symlink', where, `${path} is a symbolic link; put the file itself there.`);
  });
}

/**
 * Where each image goes in a raw structure: at its offset or behind the one before, within the structure and without overlap
 * (snapd gadget/layout.go). Throws AppError `gadget-content-invalid`, `gadget-symlink` or `gadget-path-escape`.
 */
export function resolveImages(structure: Structure, entries: Iterable<SnapEntry>): PlacedImage[] {
  const listing = new Map([...entries].map((e) => [e.path, e]));
  let end = 0;
  const placed = structure.content.flatMap((item, i) => {
    if (item.kind !== 'image') return [];
    const where = `content[${i}] of ${structure.name || `structure ${structure.yamlIndex}`}`;
    const { parts } = parseSafePath(item.image, where);
    assertNoLink(parts, listing, where);
    const source = parts.join('/');
    const entry = listing.get(source);
    if (entry?.type !== 'file') return refuse('gadget-content-invalid', where, entry ? `${item.image} is not a regular file.` : `${item.image} is not in the gadget.`);
    const length = item.sizeBytes ?? entry.sizeBytes;
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
