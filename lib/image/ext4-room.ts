/** Where mke2fs puts copies of its superblock. */
const isPowerOf = (base: number, group: number): boolean => group === 1 || (group % base === 0 && isPowerOf(base, group / base));
const hasCopy = (group: number): boolean => group === 0 || [3, 5, 7].some((base) => isPowerOf(base, group));

const MIB = 2 ** 20;
const INODE_BYTES = 256;
const DESCRIPTOR_BYTES = 64;
const LOST_AND_FOUND_BYTES = 16 * 1024;
/** A directory made without an index grows by direct blocks alone. */
const DIRECT_BLOCKS = 12;

/** Small file systems have small blocks, as snapd makes them (snapd osutil/mkfs/mkfs.go), and never smaller than a sector. */
export const ext4BlockBytes = (sizeBytes: number, sectorBytes: number): 1024 | 4096 =>
  sizeBytes <= 32 * MIB && sectorBytes <= 1024 ? 1024 : 4096;

/** Bytes for which there is an inode: there are more of them on small file systems. */
export const ext4InodeRatio = (sizeBytes: number): 4096 | 16_384 => (sizeBytes < 512 * MIB ? 4096 : 16_384);

/** Blocks of the journal that a file system of fewer than so many blocks gets (e2fsprogs, lib/ext2fs/mkjournal.c). */
const JOURNALS: readonly [below: number, blocks: number][] = [
  [2 ** 11, 0],
  [2 ** 15, 2 ** 10],
  [2 ** 18, 2 ** 12],
  [2 ** 19, 2 ** 13],
  [2 ** 22, 2 ** 14],
  [2 ** 23, 2 ** 15],
  [2 ** 24, 2 ** 16],
  [2 ** 25, 2 ** 17],
];
const MOST_JOURNAL = 2 ** 18;

type Groups = { blocks: number; perGroup: number };

/**
 * What files and directories, the root among them, find free on an ext4 file system that mke2fs makes with our
 * settings, in bytes (e2fsprogs, lib/ext2fs/initialize.c).
 */
export function ext4FreeBytes(sizeBytes: number, blockBytes: 1024 | 4096): number {
  const whole = Math.floor(sizeBytes / blockBytes);
  const inodes = Math.floor(sizeBytes / ext4InodeRatio(sizeBytes));
  let groups: Groups = { blocks: whole, perGroup: 8 * blockBytes };
  for (let next: Groups | undefined = groups; next; next = reshape(groups, { whole, inodes, blockBytes })) groups = next;
  const { blocks } = groups;
  const { count, overhead } = overheadOf(groups, inodes, blockBytes);
  const taken = Array.from({ length: count }, (_, group) => overhead(group)).reduce((sum, each) => sum + each, 0);
  const journal = JOURNALS.find(([below]) => blocks < below)?.[1] ?? MOST_JOURNAL;
  const lost = Math.min(LOST_AND_FOUND_BYTES / blockBytes, DIRECT_BLOCKS);
  // One more is of the inode that keeps room for the table of groups to grow.
  return Math.max(blocks - firstBlock(blockBytes) - taken - journal - lost - 1, 0) * blockBytes;
}

const firstBlock = (blockBytes: number): number => (blockBytes === 1024 ? 1 : 0);
const countOf = ({ blocks, perGroup }: Groups, blockBytes: number): number => Math.ceil((blocks - firstBlock(blockBytes)) / perGroup);

/** How many groups there are, and what each has of its own: bitmaps, inodes and, some of them, a copy of the tables. */
function overheadOf(groups: Groups, inodes: number, blockBytes: number): { count: number; overhead: (group: number) => number } {
  const count = countOf(groups, blockBytes);
  const perBlock = blockBytes / INODE_BYTES;
  const inodesOfGroup = Math.floor((Math.ceil(inodes / count / perBlock) * perBlock) / 8) * 8;
  const own = 2 + Math.ceil(inodesOfGroup / perBlock);
  const descriptors = (many: number) => Math.ceil((many * DESCRIPTOR_BYTES) / blockBytes);
  const grown = countOf({ ...groups, blocks: Math.min(groups.blocks * 1024, 2 ** 32 - 1) }, blockBytes);
  const table = Math.min(descriptors(grown), descriptors(count) + blockBytes / 4);
  return { count, overhead: (group) => own + (hasCopy(group) ? 1 + table : 0) };
}

/** The groups that mke2fs tries next when these do not do; undefined when they do. */
function reshape(groups: Groups, { whole, inodes, blockBytes }: { whole: number; inodes: number; blockBytes: number }): Groups | undefined {
  const { count, overhead } = overheadOf(groups, inodes, blockBytes);
  if (count < 1) return undefined;
  if (inodes / count > 8 * blockBytes) return { blocks: whole, perGroup: groups.perGroup - 8 };
  const rest = (groups.blocks - firstBlock(blockBytes)) % groups.perGroup;
  const isTooFew = count > 1 && rest > 0 && rest < overhead(count - 1) + 50;
  return isTooFew ? { ...groups, blocks: groups.blocks - rest } : undefined;
}
