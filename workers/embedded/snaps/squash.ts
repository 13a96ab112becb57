import type { PackageRoot } from './packages';
import { FIXED_TIME } from './recipe';
import type { Tree } from './tree';

/** GRUB reads the kernel out of its snap and knows lzo and xz but, at 2.06, no zstd; snapd's store takes lzo and xz. */
export type Compression = 'lzo' | 'lzo-fast' | 'xz';

const OPTIONS: Record<Compression, string[]> = {
  lzo: ['-comp', 'lzo', '-Xcompression-level', '6'],
  'lzo-fast': ['-comp', 'lzo', '-Xalgorithm', 'lzo1x_1'],
  xz: ['-comp', 'xz'],
};

/** Packs the tree as a snap: the same tree gives the same bytes, whoever runs it and whenever. */
export async function squashTree(packages: PackageRoot, tree: Tree, file: string, compression: Compression): Promise<void> {
  await tree.settle(FIXED_TIME);
  const time = String(FIXED_TIME);
  await packages.tool('mksquashfs', [
    tree.root, file, '-noappend', '-no-progress', '-quiet', '-all-root', '-no-xattrs', '-no-fragments',
    '-mkfs-time', time, '-all-time', time, ...OPTIONS[compression],
  ]);
}
