import type { ByteRange } from '../segments';
import type { Ext4Volume } from './ext4-volume';
import { imageFault, readAt, type Reader } from './reader';

/**
 * The bytes of an ext4 file system that neither it nor a file uses, in order, by its bitmaps of blocks
 * (Linux, Documentation/filesystems/ext4); for one without bigalloc. Throws AppError `image-ext4` or
 * `image-truncated`.
 */
export async function readFreeRanges(reader: Reader, volume: Ext4Volume): Promise<ByteRange[]> {
  const used = new Uint8Array(volume.blocks);
  // In no group, and so in no bitmap.
  used.fill(1, 0, volume.firstBlock);
  for (const [number, group] of volume.groups.entries()) {
    markOwn(used, volume, number);
    if (!group.isUnused) await markByBitmap(used, reader, volume, number);
  }
  return zeroRuns(used).map(({ from, to }) => ({
    start: from * volume.blockBytes,
    end: to * volume.blockBytes,
  }));
}

/** What the file system itself has of a group: in one that is unused, no bitmap says so. */
function markOwn(used: Uint8Array, volume: Ext4Volume, number: number): void {
  const { blockBitmap, inodeBitmap, inodeTable } = volume.groups[number]!;
  const start = startOf(volume, number);
  const inodeBlocks = Math.ceil((volume.inodesPerGroup * volume.inodeBytes) / volume.blockBytes);
  if (Math.max(blockBitmap + 1, inodeBitmap + 1, inodeTable + inodeBlocks) > volume.blocks) {
    imageFault('image-ext4', `The group ${number} of the ext4 file system has tables outside it.`);
  }
  if (hasBackup(number)) used.fill(1, start, start + 1 + volume.tableBlocks + volume.reservedBlocks);
  used.fill(1, blockBitmap, blockBitmap + 1);
  used.fill(1, inodeBitmap, inodeBitmap + 1);
  used.fill(1, inodeTable, inodeTable + inodeBlocks);
}

async function markByBitmap(
  used: Uint8Array,
  reader: Reader,
  volume: Ext4Volume,
  number: number,
): Promise<void> {
  const start = startOf(volume, number);
  const count = Math.min(volume.blocksPerGroup, volume.blocks - start, volume.blockBytes * 8);
  const at = volume.groups[number]!.blockBitmap * volume.blockBytes;
  const bits = await readAt(reader, at, Math.ceil(count / 8), `The bitmap of the group ${number}`);
  for (let i = 0; i < count; i += 1) if (((bits[i >> 3]! >> (i & 7)) & 1) === 1) used[start + i] = 1;
}

const startOf = ({ firstBlock, blocksPerGroup }: Ext4Volume, number: number): number =>
  firstBlock + number * blocksPerGroup;

/** Groups with copies of superblock and table, as sparse_super has them: 0, 1 and powers of 3, 5 and 7. */
function hasBackup(number: number): boolean {
  if (number <= 1) return true;
  return [3, 5, 7].some((base) => {
    let power = base;
    while (power < number) power *= base;
    return power === number;
  });
}

function zeroRuns(bytes: Uint8Array): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (let from = bytes.indexOf(0); from >= 0;) {
    const next = bytes.indexOf(1, from);
    const to = next < 0 ? bytes.length : next;
    runs.push({ from, to });
    from = next < 0 ? -1 : bytes.indexOf(0, next);
  }
  return runs;
}
