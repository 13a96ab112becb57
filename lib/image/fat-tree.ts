import { compareBytes } from '../bytes';
import { AppError } from '../errors';
import { foldName, parseFatPath, shortNames, type FatErrorCode, type ShortName } from './fat-names';

/** A file by its path and size; whatever else it carries stays with it. */
export type SizedFile = { path: string; sizeBytes: number };

export type FatFile<T extends SizedFile> = { kind: 'file'; name: string; short: ShortName; file: T };
export type FatDirectory<T extends SizedFile> = { kind: 'directory'; name: string; short: ShortName; path: string; /** Sorted by name. */ children: FatNode<T>[] };
export type FatNode<T extends SizedFile> = FatFile<T> | FatDirectory<T>;

const MAX_FILE_BYTES = 2 ** 32 - 1;
/** A directory holds at most 65,536 entries of 32 bytes. */
const MAX_ENTRIES = 65_536;
const NO_NAME: ShortName = { bytes: new Uint8Array(11).fill(0x20), needsLong: false };

/** Entries of 32 bytes that a name takes: one for 8.3, and one for each 13 characters of a long name. */
export const entriesOf = (node: { name: string; short: ShortName }): number => 1 + (node.short.needsLong ? Math.ceil(node.name.length / 13) : 0);

/** Entries of a directory: its children's, and `.` and `..`, or in the root the label. */
export const entriesIn = (directory: FatDirectory<SizedFile>): number => directory.children.reduce((sum, child) => sum + entriesOf(child), directory.path === '' ? 1 : 2);

type Branch<T extends SizedFile> = { path: string; children: Map<string, { name: string; node: Branch<T> | T }> };
const isBranch = <T extends SizedFile>(node: Branch<T> | T): node is Branch<T> => 'children' in node;

/**
 * The tree that a list of files makes, and `directories` that may be empty, each name checked and with its short name. Throws AppError `fat-name` (also when two names differ only in
 * case, or one path is a file and a directory), `fat-file-too-big` or `fat-directory-full`.
 */
export function plantTree<T extends SizedFile>(files: T[], directories: readonly string[] = []): FatDirectory<T> {
  const root: Branch<T> = { path: '', children: new Map() };
  const plant = (path: string, file: T | undefined) => {
    const parts = parseFatPath(path);
    if (file && file.sizeBytes > MAX_FILE_BYTES) throw new AppError<FatErrorCode>('fat-file-too-big', `The file "${file.path}" has ${file.sizeBytes} bytes; FAT holds at most 4 GiB less one byte in a file.`);
    let branch = root;
    parts.forEach((name, i) => {
      const clash = branch.children.get(foldName(name));
      const isLast = file !== undefined && i === parts.length - 1;
      if (clash && (isLast || clash.name !== name || !isBranch(clash.node))) {
        throw new AppError<FatErrorCode>('fat-name', `The file "${path}" cannot be put beside "${branch.path}${clash.name}": on a FAT file system the two names are one.`, { details: { path } });
      }
      const node = clash?.node ?? (isLast ? file! : { path: `${branch.path}${name}/`, children: new Map() });
      if (!clash) branch.children.set(foldName(name), { name, node });
      if (!isLast) branch = node as Branch<T>;
    });
  };
  for (const file of files) plant(file.path, file);
  for (const path of directories) plant(path, undefined);
  return grow('', NO_NAME, root);
}

function grow<T extends SizedFile>(name: string, short: ShortName, branch: Branch<T>): FatDirectory<T> {
  const sorted = [...branch.children.values()].sort((a, b) => compareBytes(a.name, b.name));
  const shorts = shortNames(sorted.map((child) => child.name));
  const children = sorted.map((child, i): FatNode<T> =>
    isBranch(child.node) ? grow(child.name, shorts[i]!, child.node) : { kind: 'file', name: child.name, short: shorts[i]!, file: child.node },
  );
  const directory: FatDirectory<T> = { kind: 'directory', name, short, path: branch.path, children };
  if (entriesIn(directory) > MAX_ENTRIES) throw new AppError<FatErrorCode>('fat-directory-full', `The directory "/${branch.path}" has more files than FAT can list.`);
  return directory;
}

/** A directory and all below it, each before what it holds. */
export function listDirectories<T extends SizedFile>(directory: FatDirectory<T>): FatDirectory<T>[] {
  return [directory, ...directory.children.flatMap((child) => (child.kind === 'directory' ? listDirectories(child) : []))];
}
