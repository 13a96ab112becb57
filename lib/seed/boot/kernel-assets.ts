import { AppError } from '../../errors';
import type { TreeEntry } from '../tree';

/** Why nothing bootable can be made of a gadget and a kernel that are right each on its own. */
export type BootErrorCode = 'boot-config-invalid' | 'kernel-assets-invalid' | 'uboot-env-too-big' | 'grub-env-too-big' | 'grub-env-invalid';

/**
 * Whether a boot loader that does not look into snaps is given this file of the kernel snap; `path` from the snap's root (snapd
 * bootloader/bootloader.go). In `dtbs` what begins with a dot is not: unsquashfs takes `dtbs/*` as a shell does.
 */
export const isKernelAsset = (path: string): boolean => /^(?:kernel\.img|initrd\.img)(?:\/|$)|^dtbs\/[^.]/.test(path);

/** Assets of the kernel (paths from its root; others are passed over) where U-Boot looks for them. Throws AppError `kernel-assets-invalid` for a symbolic link. */
export const placeKernelAssets = (directory: string, assets: Iterable<TreeEntry>): TreeEntry[] => assetsAmong(assets).map((entry) => ({ ...entry, path: `${directory}/${entry.path}` }));

/** Every boot loader reads them from a FAT file system. */
function assetsAmong(entries: Iterable<TreeEntry>): TreeEntry[] {
  const assets = [...entries].filter(({ path }) => isKernelAsset(path));
  const link = assets.find(({ content }) => content.kind === 'symlink');
  return link ? fail(`The kernel's ${link.path} is a symbolic link, which a FAT file system cannot hold.`) : assets;
}

type Content = TreeEntry['content'];

/**
 * Assets of the kernel in the way the Raspberry Pi's firmware wants them, from the folder that `os_prefix` names (snapd bootloader/piboot.go): the
 * device trees beside the kernel, and an `overlays/README`, without which the firmware does not honour os_prefix for overlays. On arm64 the trees are
 * those of `dtbs/broadcom`. Throws AppError `kernel-assets-invalid` where snapd stops too (no device trees, no
 * overlays, two things of one name), and for a symbolic link.
 */
export function flattenKernelAssets(assets: Iterable<TreeEntry>, beside: Iterable<TreeEntry> = []): TreeEntry[] {
  const tree = new Map<string, Content>();
  for (const { path, content } of beside) tree.set(path, content);
  for (const { path, content } of assetsAmong(assets)) {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) if (!tree.has(path.slice(0, end))) tree.set(path.slice(0, end), { kind: 'directory' });
    tree.set(path, content);
  }
  const isBroadcom = isDirectory(tree, 'dtbs/broadcom');
  if (isBroadcom) move(tree, 'dtbs/overlays', 'overlays');
  const source = isBroadcom ? 'dtbs/broadcom' : 'dtbs';
  // The shell's * passes over names that begin with a dot.
  const names = childrenOf(tree, source).filter((name) => !name.startsWith('.'));
  if (names.length === 0) fail(`The kernel has no device trees in ${source}, which a Raspberry Pi starts with.`);
  for (const name of names) move(tree, `${source}/${name}`, name);
  if (!isDirectory(tree, 'overlays')) fail('The kernel has no folder dtbs/overlays, which a Raspberry Pi starts with.');
  tree.set('overlays/README', { kind: 'bytes', bytes: new Uint8Array(0) });
  return [...tree].map(([path, content]): TreeEntry => ({ path, content }) as TreeEntry);
}

const isDirectory = (tree: ReadonlyMap<string, Content>, path: string): boolean => tree.get(path)?.kind === 'directory';

const childrenOf = (tree: ReadonlyMap<string, Content>, directory: string): string[] =>
  [...tree.keys()].filter((path) => path.startsWith(`${directory}/`) && !path.includes('/', directory.length + 1)).map((path) => path.slice(directory.length + 1));

/** Renames as the system does: a file over a file, a directory over an empty one. */
function move(tree: Map<string, Content>, from: string, to: string): void {
  const moved = tree.get(from);
  if (!moved) return fail(`The kernel has no ${from}, which a Raspberry Pi starts with.`);
  const inTheWay = tree.get(to);
  if (inTheWay && ((inTheWay.kind === 'directory') !== (moved.kind === 'directory') || childrenOf(tree, to).length > 0)) fail(`The kernel's ${from} cannot be moved to ${to}, where something else of that name is.`);
  tree.delete(to);
  for (const [path, content] of [...tree]) {
    if (path !== from && !path.startsWith(`${from}/`)) continue;
    tree.delete(path);
    tree.set(to + path.slice(from.length), content);
  }
}

function fail(message: string): never {
  throw new AppError<BootErrorCode>('kernel-assets-invalid', message);
}
