import path from 'node:path';
import { AppError } from '../errors';
import type { SnapEntry } from '../gadget/listing';
import { LineReader } from './line-reader';
import { invalid, MAX_INODES, type SquashfsErrorCode } from './squashfs-superblock';

/** A line of the listing; symbolic links with what they point to, never followed here. */
export type ListedEntry = SnapEntry;

const TYPES: Record<string, SnapEntry['type']> = { '-': 'file', d: 'directory', l: 'symlink' };
/** Linux's PATH_MAX. */
const MAX_PATH_BYTES = 4096;
/** A path, what its link points to, and what stands before. */
const MAX_LINE_BYTES = 2 * MAX_PATH_BYTES + 128;
const LINE = /^([a-z-])[a-zA-Z-]{9} [0-9]+\/[0-9]+ +([0-9]+(?:, *[0-9]+)?) [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} squashfs-root(?:\/(.*))?$/;

/**
 * Reads what `unsquashfs -lln` prints, as it comes. Names are printed raw: one with a line break gives a line that is none, and a link's target is as long as its
 * size says, so that neither can pass for another entry. Throws AppError `squashfs-name-invalid`, `squashfs-invalid` or `squashfs-too-big`.
 */
export class ListingReader {
  readonly entries: ListedEntry[] = [];
  readonly #seen = new Set<string>();
  readonly lines: LineReader;

  constructor(readonly file: string) {
    this.lines = new LineReader(MAX_LINE_BYTES, (line) => this.#read(line.toString('utf8')), () => this.#refuse('a path that is too long'));
  }

  #read(line: string): void {
    if (line === '') return;
    const match = LINE.exec(line);
    if (!match) return this.#refuse('a file with a line break in its name');
    const [, letter = '', size = '', printed] = match;
    if (printed === undefined) return;
    const type = TYPES[letter] ?? 'other';
    const sizeBytes = type === 'other' ? 0 : Number(size);
    this.#keep(type === 'symlink' ? this.#link(printed, sizeBytes) : { path: printed, type, sizeBytes });
  }

  #link(printed: string, sizeBytes: number): ListedEntry {
    const bytes = Buffer.from(printed);
    const split = bytes.length - sizeBytes - 4;
    if (split < 1 || bytes.toString('utf8', split, split + 4) !== ' -> ') return invalid(this.file, 'it has a link that cannot be read');
    return { path: bytes.toString('utf8', 0, split), type: 'symlink', sizeBytes, target: bytes.toString('utf8', split + 4) };
  }

  #keep(entry: ListedEntry): void {
    if (Buffer.byteLength(entry.path) > MAX_PATH_BYTES) return this.#refuse('a path that is too long');
    if (entry.path.split('/').some((part) => part === '' || part === '.' || part === '..')) return this.#refuse(`"${entry.path.slice(0, 120)}", which is no path inside it`);
    if (this.#seen.has(entry.path)) return this.#refuse(`"${entry.path.slice(0, 120)}" twice`);
    // Hard links share an inode, so that names may be more than the superblock said.
    if (this.entries.length >= MAX_INODES) throw new AppError<SquashfsErrorCode>('squashfs-too-big', `The file ${path.basename(this.file)} lists more than ${MAX_INODES} files.`);
    this.#seen.add(entry.path);
    this.entries.push(entry);
  }

  #refuse(what: string): never {
    throw new AppError<SquashfsErrorCode>('squashfs-name-invalid', `The file ${path.basename(this.file)} is not a snap that can be read: it has ${what}.`);
  }
}
