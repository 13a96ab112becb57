import type { Ext4Volume } from './ext4-volume';
import { imageFault, readAt, viewOf, type Reader } from './reader';

/** Blocks of a file that lie together: `count` of them, the first of which is the file's block `logical` and the volume's block `first`. */
export type Extent = { logical: number; first: number; count: number };

export type Inode = {
  number: number;
  kind: 'file' | 'directory' | 'symlink' | 'other';
  /** Kind and permissions, as Linux has them. */
  mode: number;
  uid: number;
  gid: number;
  sizeBytes: number;
  links: number;
  /** Seconds since 1970: of access, of change, of content, of making. */
  times: [accessed: number, changed: number, modified: number, made: number];
  /** Of a short symbolic link, that lies in the inode itself. */
  inline: Uint8Array | undefined;
  extents: Extent[];
};

const KINDS: Record<number, Inode['kind']> = { 0x8000: 'file', 0x4000: 'directory', 0xa000: 'symlink' };
const HAS_EXTENTS = 0x80000;
const MAX_DEPTH = 5;
/** In one file; snaps lie in a few. */
const MAX_EXTENTS = 100_000;
const MAX_INLINE = 60;

/** One inode with all its extents (Linux, fs/ext4/ext4.h, ext4_extents.h). Throws AppError `image-ext4`, `image-ext4-limit`, `image-ext4-unread`, `image-truncated`. */
export async function readInode(reader: Reader, volume: Ext4Volume, number: number): Promise<Inode> {
  if (number < 1 || number > volume.inodes) imageFault('image-ext4', `A directory of the ext4 file system names the inode ${number}, which there is not.`);
  const [group, at] = [Math.floor((number - 1) / volume.inodesPerGroup), ((number - 1) % volume.inodesPerGroup) * volume.inodeBytes];
  const table = volume.groups[group]!.inodeTable * volume.blockBytes;
  const bytes = await readAt(reader, table + at, volume.inodeBytes, `The inode ${number}`);
  const view = viewOf(bytes);
  const word = (offset: number): number => view.getUint32(offset, true);
  const mode = view.getUint16(0, true);
  const kind = KINDS[mode & 0xf000] ?? 'other';
  const sizeBytes = word(4) + word(108) * 2 ** 32;
  if (!Number.isSafeInteger(sizeBytes)) imageFault('image-ext4', `The inode ${number} has a size that cannot be.`);
  const hasExtents = (word(32) & HAS_EXTENTS) !== 0;
  const isInline = kind === 'symlink' && !hasExtents && sizeBytes < MAX_INLINE;
  if (!hasExtents && !isInline && kind !== 'other') imageFault('image-ext4-unread', `The inode ${number} keeps its blocks in a way that is not read here.`);
  const extents = hasExtents ? await readExtents(reader, volume, number, bytes.slice(40, 100)) : [];
  return {
    number,
    kind,
    mode,
    uid: view.getUint16(2, true) + view.getUint16(120, true) * 65_536,
    gid: view.getUint16(24, true) + view.getUint16(122, true) * 65_536,
    sizeBytes,
    links: view.getUint16(26, true),
    times: [word(8), word(12), word(16), volume.inodeBytes >= 160 ? word(144) : 0],
    inline: isInline ? bytes.slice(40, 40 + sizeBytes) : undefined,
    extents,
  };
}

/** In order of the file's blocks, without overlaps, all inside the volume. */
async function readExtents(reader: Reader, volume: Ext4Volume, number: number, root: Uint8Array): Promise<Extent[]> {
  const wrong = (why: string): never => imageFault('image-ext4', `The extents of the inode ${number} are broken: ${why}.`);
  const extents: Extent[] = [];
  let end = 0;
  const walk = async (node: Uint8Array, depth: number | undefined): Promise<void> => {
    const view = viewOf(node);
    const [magic, entries, ownDepth] = [view.getUint16(0, true), view.getUint16(2, true), view.getUint16(6, true)];
    if (magic !== 0xf30a || 12 * (entries + 1) > node.length || ownDepth > MAX_DEPTH || (depth !== undefined && ownDepth !== depth)) wrong('a node of their tree cannot be');
    for (let i = 1; i <= entries; i += 1) {
      const logical = view.getUint32(i * 12, true);
      if (ownDepth > 0) {
        const child = view.getUint32(i * 12 + 4, true) + view.getUint16(i * 12 + 8, true) * 2 ** 32;
        if (child >= volume.blocks) wrong('their tree leads outside');
        await walk(await readAt(reader, child * volume.blockBytes, volume.blockBytes, `A node of the inode ${number}`), ownDepth - 1);
        continue;
      }
      const count = view.getUint16(i * 12 + 4, true);
      const first = view.getUint32(i * 12 + 8, true) + view.getUint16(i * 12 + 6, true) * 2 ** 32;
      if (count === 0 || count > 32_768) wrong('one is empty or was never written');
      if (logical < end || first + count > volume.blocks) wrong('one overlaps another or lies outside');
      if (extents.length >= MAX_EXTENTS) imageFault('image-ext4-limit', `The inode ${number} has more than ${MAX_EXTENTS} extents.`);
      end = logical + count;
      extents.push({ logical, first, count });
    }
  };
  await walk(root, undefined);
  return extents;
}
