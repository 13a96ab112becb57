import { fromUtf8 } from '../../bytes';
import { imageFault, readAt, viewOf, type Reader } from './reader';

/** A part of the file system with bitmaps and inodes of its own; places in blocks. */
export type Ext4Group = {
  blockBitmap: number;
  inodeBitmap: number;
  inodeTable: number;
  /** Its block bitmap was never written: none of its blocks is used but by the file system itself. */
  isUnused: boolean;
};

/** Where things lie in an ext4 file system. */
export type Ext4Volume = {
  blockBytes: number;
  blocks: number;
  /** The first that is in a group. */
  firstBlock: number;
  blocksPerGroup: number;
  groups: Ext4Group[];
  /** Of the table of groups, and behind it those kept for its growth. */
  tableBlocks: number;
  reservedBlocks: number;
  inodes: number;
  inodesPerGroup: number;
  inodeBytes: number;
  label: string;
};

const START = 1024;
const MAGIC = 0xef53;
const CLEAN = 1;
/** filetype, extents, 64bit, flex_bg: whatever else changes how things lie is not read (Linux, fs/ext4/ext4.h). */
const KNOWN = 0x0002 | 0x0040 | 0x0080 | 0x0200;
const IS_64_BIT = 0x0080;
const BLOCK_UNINIT = 0x2;
/** Of an image of 64 GiB with the smallest groups. */
const MAX_GROUPS = 65_536;

/** Whether there is an ext file system, right or wrong; `start` are the first 2 KiB of a partition. */
export const looksLikeExt4 = (start: Uint8Array): boolean => start.length >= 2 * START && viewOf(start).getUint16(START + 56, true) === MAGIC;

/** The superblock and the table of groups (Linux, Documentation/filesystems/ext4). Throws AppError `image-ext4`, `image-ext4-unread`, `image-truncated`. */
export async function readExt4Volume(reader: Reader): Promise<Ext4Volume> {
  const block = await readAt(reader, START, START, 'The superblock of an ext4 file system');
  const view = viewOf(block);
  const wrong = (why: string): never => imageFault('image-ext4', `The superblock of the ext4 file system is broken: ${why}.`);
  const word = (at: number): number => view.getUint32(at, true);
  if (view.getUint16(56, true) !== MAGIC) wrong('it does not begin as one');
  if (view.getUint16(58, true) !== CLEAN) wrong('it says that the file system has errors or was not closed');
  const incompatible = word(96);
  if ((incompatible & ~KNOWN) !== 0) imageFault('image-ext4-unread', `The ext4 file system has features (0x${(incompatible & ~KNOWN).toString(16)}) with which it is not read here.`);
  const is64 = (incompatible & IS_64_BIT) !== 0;
  const [logBlock, blocksPerGroup, inodesPerGroup, inodes, inodeBytes] = [word(24), word(32), word(40), word(0), view.getUint16(88, true)];
  if (logBlock > 2 || blocksPerGroup === 0 || inodesPerGroup === 0 || inodeBytes < 128 || inodeBytes > 1024 || (inodeBytes & (inodeBytes - 1)) !== 0) wrong('its sizes cannot be');
  const blockBytes = START << logBlock;
  const blocks = word(4) + (is64 ? word(0x150) * 2 ** 32 : 0);
  if (blocks * blockBytes > reader.sizeBytes) wrong('the file system is larger than its partition');
  const [first, groupBytes] = [word(20), is64 ? view.getUint16(254, true) : 32];
  const groups = Math.ceil((blocks - first) / blocksPerGroup);
  if (groups < 1 || groups > MAX_GROUPS || groupBytes < 32 || groupBytes > blockBytes || groups * inodesPerGroup < inodes) wrong('its groups cannot be');
  const table = await readAt(reader, (first + 1) * blockBytes, groups * groupBytes, 'The table of groups of an ext4 file system');
  const name = block.subarray(120, 136);
  const end = name.indexOf(0);
  return {
    blockBytes,
    blocks,
    firstBlock: first,
    blocksPerGroup,
    groups: Array.from({ length: groups }, (_, i) => readGroup(table.subarray(i * groupBytes), groupBytes)),
    tableBlocks: Math.ceil((groups * groupBytes) / blockBytes),
    reservedBlocks: view.getUint16(206, true),
    inodes,
    inodesPerGroup,
    inodeBytes,
    label: labelOf(name.subarray(0, end < 0 ? 16 : end)),
  };
}

function readGroup(bytes: Uint8Array, groupBytes: number): Ext4Group {
  const view = viewOf(bytes);
  const high = (at: number): number => (groupBytes >= 64 ? view.getUint32(at + 32, true) * 2 ** 32 : 0);
  const place = (at: number): number => view.getUint32(at, true) + high(at);
  const isUnused = (view.getUint16(18, true) & BLOCK_UNINIT) !== 0;
  return { blockBitmap: place(0), inodeBitmap: place(4), inodeTable: place(8), isUnused };
}

/** Anybody's bytes; ours are UTF-8. */
const labelOf = (bytes: Uint8Array): string => fromUtf8(bytes) ?? String.fromCharCode(...bytes);
