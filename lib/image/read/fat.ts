import { foldName } from '../fat-names';
import { FatChains, type Run } from './fat-chains';
import { readEntries, type FatEntry } from './fat-entries';
import { readVolume, type FatVolume } from './fat-volume';
import { imageFault, readAt, type Reader } from './reader';

/** A file where it lies; its last run may go beyond its size. */
export type FatFile = { /** From the root, as written. */ path: string; sizeBytes: number; runs: readonly Run[] };

/** What was read of a file system. Keys are folded paths: FAT does not tell upper from lower case. */
type Tree = { label: string | undefined; files: Map<string, FatFile>; directories: Map<string, string[]> };

const MAX_FILES = 65_536;
const MAX_DEPTH = 32;
const MAX_DIRECTORY_BYTES = 2 ** 21;
/** Of all directories together. */
const MAX_TREE_BYTES = 2 ** 26;
const CHUNK_BYTES = 2 ** 20;
const FIRST_CLUSTER = 2;

/** A FAT file system all of whose directories were read and found right: chains, sizes, names. */
export class FatFileSystem {
  readonly label: string;
  readonly bits: FatVolume['bits'];
  readonly #reader: Reader;
  readonly #volume: FatVolume;
  readonly #tree: Tree;

  private constructor(reader: Reader, volume: FatVolume, tree: Tree) {
    this.#reader = reader;
    this.#volume = volume;
    this.#tree = tree;
    this.bits = volume.bits;
    this.label = tree.label ?? (volume.label === 'NO NAME' ? '' : volume.label);
  }

  /** Throws AppError with an ImageFaultCode at the first thing that is not as it should be; no input makes it read outside or for ever. */
  static async open(reader: Reader): Promise<FatFileSystem> {
    const volume = await readVolume(reader);
    const chains = await FatChains.read(reader, volume);
    const tree: Tree = { label: undefined, files: new Map(), directories: new Map() };
    const what = 'the root directory';
    const readRoot = volume.bits === 32 ? directoryReader(reader, volume, chains.take(volume.rootCluster, what), what) : () => readAt(reader, volume.rootStart, volume.rootBytes, 'The root directory');
    await plant({ reader, volume, chains, tree }, readRoot);
    chains.assertAllTaken();
    return new FatFileSystem(reader, volume, tree);
  }

  /** All files, in the order of their directories. */
  get files(): FatFile[] {
    return [...this.#tree.files.values()];
  }

  /** Names in a directory, files and directories, as written; undefined when there is none of that path. */
  list(path: string): string[] | undefined {
    return this.#tree.directories.get(foldName(path));
  }

  find(path: string): FatFile | undefined {
    return this.#tree.files.get(foldName(path));
  }

  /** The whole of a small file. Throws AppError `image-fat-limit` for one of more than `most` bytes. */
  async read(file: FatFile, most: number): Promise<Uint8Array> {
    if (file.sizeBytes > most) imageFault('image-fat-limit', `The file ${file.path} has ${file.sizeBytes} bytes; up to ${most} are read.`);
    const bytes = new Uint8Array(file.sizeBytes);
    let at = 0;
    for await (const chunk of this.chunks(file)) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  /** The bytes of a file in pieces. */
  async *chunks({ path, sizeBytes, runs }: FatFile): AsyncGenerator<Uint8Array> {
    const { clusterBytes } = this.#volume;
    let left = sizeBytes;
    for (const { first, end } of runs) {
      const start = offsetOf(this.#volume, first);
      const length = Math.min((end - first) * clusterBytes, left);
      for (let done = 0; done < length; done += CHUNK_BYTES) yield readAt(this.#reader, start + done, Math.min(CHUNK_BYTES, length - done), `The file ${path}`);
      left -= length;
    }
  }
}

const offsetOf = ({ dataStart, clusterBytes }: FatVolume, cluster: number): number => dataStart + (cluster - FIRST_CLUSTER) * clusterBytes;

/** Reads a directory, later: many that wait take no memory. */
const directoryReader = (reader: Reader, volume: FatVolume, runs: readonly Run[], what: string) => async (): Promise<Uint8Array> => {
  const bytes = new Uint8Array(lengthOf(runs, volume));
  if (bytes.length > MAX_DIRECTORY_BYTES) imageFault('image-fat-limit', `There are more than ${MAX_DIRECTORY_BYTES} bytes in ${what}.`);
  let at = 0;
  for (const run of runs) {
    const length = lengthOf([run], volume);
    bytes.set(await readAt(reader, offsetOf(volume, run.first), length, `A part of ${what}`), at);
    at += length;
  }
  return bytes;
};

const lengthOf = (runs: readonly Run[], { clusterBytes }: FatVolume): number => runs.reduce((sum, { first, end }) => sum + (end - first) * clusterBytes, 0);

type Planting = { reader: Reader; volume: FatVolume; chains: FatChains; tree: Tree };

/** Goes through all directories, from the root on. */
async function plant({ reader, volume, chains, tree }: Planting, readRoot: () => Promise<Uint8Array>): Promise<void> {
  const open = [{ path: '', read: readRoot, depth: 0 }];
  let [count, treeBytes] = [0, 0];
  for (let at = open.shift(); at; at = open.shift()) {
    const { path, depth } = at;
    const bytes = await at.read();
    treeBytes += bytes.length;
    if (treeBytes > MAX_TREE_BYTES) imageFault('image-fat-limit', `The directories of the file system have more than ${MAX_TREE_BYTES} bytes.`);
    const names: string[] = [];
    tree.directories.set(foldName(path), names);
    const seen = new Set<string>();
    for (const entry of readEntries(bytes, path, volume.bits)) {
      if (entry.kind === 'label') {
        if (path === '') tree.label = entry.name;
        continue;
      }
      count += 1;
      if (count > MAX_FILES || depth >= MAX_DEPTH) imageFault('image-fat-limit', `There are more than ${MAX_FILES} files in the file system, or more than ${MAX_DEPTH} directories in one another.`);
      const own = path === '' ? entry.name : `${path}/${entry.name}`;
      const folded = foldName(entry.name);
      if (seen.has(folded)) imageFault('image-fat-entry', `There are two files of the name ${own}.`);
      seen.add(folded);
      names.push(entry.name);
      const runs = entry.cluster === 0 ? [] : chains.take(entry.cluster, own);
      if (entry.kind === 'directory') open.push({ path: own, read: directoryReader(reader, volume, runs, `the directory ${own}`), depth: depth + 1 });
      else tree.files.set(foldName(own), fileOf(own, entry, runs, volume));
    }
  }
}

function fileOf(path: string, { sizeBytes }: FatEntry, runs: Run[], volume: FatVolume): FatFile {
  const length = lengthOf(runs, volume);
  if (length !== Math.ceil(sizeBytes / volume.clusterBytes) * volume.clusterBytes) imageFault('image-fat-chain', `The file ${path} has ${sizeBytes} bytes, and its clusters hold ${length}.`);
  return { path, sizeBytes, runs };
}
