import type { PackageRoot } from './packages';
import { FIXED_TIME } from './recipe';
import type { Tree } from './tree';

/**
 * GRUB reads the kernel out of its snap, which zstd would keep it from at 2.06. gzip takes a sixth of the time of xz here, makes them a fifth larger and leaves an image's forms
 * nothing to win; lzo, with the least of its algorithms, packs the padding of benchmarks fastest.
 */
export type Compression = 'lzo-fast' | 'gzip';

const OPTIONS: Record<Compression, string[]> = {
  'lzo-fast': ['-comp', 'lzo', '-Xalgorithm', 'lzo1x_1'],
  gzip: ['-comp', 'gzip', '-Xcompression-level', '6'],
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
