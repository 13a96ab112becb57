import { fromUtf8 } from '../../bytes';
import { readInode, type Inode } from './ext4-inodes';
import { readExt4Volume, type Ext4Volume } from './ext4-volume';
import { imageFault, readAt, viewOf, type Reader } from './reader';

/** A name of a file system and what it leads to; paths from the root, without a slash before them. */
export type Ext4Node = Inode & { path: string };

const ROOT = 2;
const MAX_NODES = 65_536;
const MAX_DEPTH = 32;
const MAX_DIRECTORY_BYTES = 2 ** 22;
/** Of all directories together. */
const MAX_TREE_BYTES = 2 ** 26;
const MAX_TARGET_BYTES = 4096;
const CHUNK_BYTES = 2 ** 20;

/** An ext4 file system all of whose directories were read; names are told from one another byte by byte. */
export class Ext4FileSystem {
  readonly volume: Ext4Volume;
  readonly #reader: Reader;
  readonly #nodes: Map<string, Ext4Node>;
  readonly #lists: Map<string, string[]>;

  private constructor(reader: Reader, volume: Ext4Volume, nodes: Map<string, Ext4Node>, lists: Map<string, string[]>) {
    this.#reader = reader;
    this.volume = volume;
    this.#nodes = nodes;
    this.#lists = lists;
  }

  /** Throws AppError with an ImageFaultCode at the first thing that is not as it should be; no input makes it read outside or for ever. */
  static async open(reader: Reader): Promise<Ext4FileSystem> {
    const volume = await readExt4Volume(reader);
    const files = new Ext4FileSystem(reader, volume, new Map(), new Map());
    await files.#plant();
    return files;
  }

  get label(): string {
    return this.volume.label;
  }

  /** Everything but the root, each directory before what it holds. */
  get nodes(): Ext4Node[] {
    return [...this.#nodes.values()].filter(({ path }) => path !== '');
  }

  /** The root is the empty path. */
  find(path: string): Ext4Node | undefined {
    return this.#nodes.get(path);
  }

  /** Names in a directory; undefined when there is none of that path. */
  list(path: string): string[] | undefined {
    return this.#lists.get(path);
  }

  /** The whole of a small file, or where a link leads. Throws AppError `image-ext4-limit` for more than `most` bytes. */
  async read(node: Ext4Node, most: number): Promise<Uint8Array> {
    if (node.sizeBytes > most) imageFault('image-ext4-limit', `The file ${node.path} has ${node.sizeBytes} bytes; up to ${most} are read.`);
    if (node.inline) return node.inline;
    const bytes = new Uint8Array(node.sizeBytes);
    let at = 0;
    for await (const chunk of this.chunks(node)) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  /** Where a symbolic link leads, as written. */
  async target(node: Ext4Node): Promise<string> {
    return fromUtf8(await this.read(node, MAX_TARGET_BYTES)) ?? imageFault('image-ext4', `The symbolic link ${node.path} is no text in UTF-8.`);
  }

  /** The bytes of a file in pieces; what it has no blocks for are zeros. */
  async *chunks({ path, sizeBytes, extents }: Ext4Node): AsyncGenerator<Uint8Array> {
    const { blockBytes } = this.volume;
    let at = 0;
    for (const { logical, first, count } of [...extents, { logical: Math.ceil(sizeBytes / blockBytes), first: 0, count: 0 }]) {
      for (const until = Math.min(logical * blockBytes, sizeBytes); at < until; ) {
        const zeros = new Uint8Array(Math.min(CHUNK_BYTES, until - at));
        yield zeros;
        at += zeros.length;
      }
      const [start, length] = [first * blockBytes, Math.min(count * blockBytes, sizeBytes - at)];
      for (let done = 0; done < length; done += CHUNK_BYTES) yield readAt(this.#reader, start + done, Math.min(CHUNK_BYTES, length - done), `The file ${path}`);
      at += Math.max(length, 0);
    }
  }

  async #plant(): Promise<void> {
    const root = { ...(await readInode(this.#reader, this.volume, ROOT)), path: '' };
    if (root.kind !== 'directory') imageFault('image-ext4', 'The root of the ext4 file system is no directory.');
    this.#nodes.set('', root);
    const seen = new Set([ROOT]);
    const open = [{ node: root as Ext4Node, depth: 0 }];
    let treeBytes = 0;
    for (let next = open.shift(); next; next = open.shift()) {
      const { node, depth } = next;
      treeBytes += node.sizeBytes;
      if (treeBytes > MAX_TREE_BYTES) imageFault('image-ext4-limit', `The directories of the file system have more than ${MAX_TREE_BYTES} bytes.`);
      const names: string[] = [];
      this.#lists.set(node.path, names);
      for (const { name, number } of readNames(await this.read(node, MAX_DIRECTORY_BYTES), this.volume.blockBytes, node.path)) {
        const path = node.path === '' ? name : `${node.path}/${name}`;
        if (this.#nodes.size > MAX_NODES || depth >= MAX_DEPTH) imageFault('image-ext4-limit', `There are more than ${MAX_NODES} files in the file system, or more than ${MAX_DEPTH} directories in one another.`);
        if (this.#nodes.has(path)) imageFault('image-ext4', `There are two files of the name ${path}.`);
        const child = { ...(await readInode(this.#reader, this.volume, number)), path };
        if (child.kind === 'directory' && seen.has(number)) imageFault('image-ext4', `The directory ${path} is in the file system twice.`);
        seen.add(number);
        names.push(name);
        this.#nodes.set(path, child);
        if (child.kind === 'directory') open.push({ node: child, depth: depth + 1 });
      }
    }
  }
}

/** The entries of a directory, block by block; those of an index look like unused ones (Linux, fs/ext4/ext4.h, ext4_dir_entry_2). */
function readNames(bytes: Uint8Array, blockBytes: number, directory: string): { name: string; number: number }[] {
  const wrong = (): never => imageFault('image-ext4', `The directory ${directory || 'at the root'} of the ext4 file system is broken.`);
  const view = viewOf(bytes);
  const found: { name: string; number: number }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const left = Math.min(blockBytes - (at % blockBytes), bytes.length - at);
    if (left < 12) wrong();
    const [number, length, nameLength] = [view.getUint32(at, true), view.getUint16(at + 4, true), bytes[at + 6]!];
    if (length < 12 || length % 4 !== 0 || length > left || nameLength + 8 > length) wrong();
    if (number !== 0) {
      const name = fromUtf8(bytes.subarray(at + 8, at + 8 + nameLength)) ?? wrong();
      if (name === '' || name.includes('/') || name.includes('\0')) wrong();
      if (name !== '.' && name !== '..') found.push({ name, number });
    }
    at += length;
  }
  return found;
}
