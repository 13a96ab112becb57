import { compareBytes } from '../bytes';
import { hasModes, type Bootloader, type GadgetRules } from '../gadget/gadget';
import { directory, type TreeEntry } from '../seed/tree';
import type { LaidOutVolume } from './lay-out-gadget';
import type { PlannedSeed } from './plan-seed-tree';

/** Where UC16 and UC18 keep what snapd prepared, from the root of the system-data file system. */
const SYSTEM_DATA = 'system-data';

/** Where boot loaders of UC16 and UC18 have their files in what snapd prepares, and where they look for them on their partition (ubuntu-image, bootloader_helper.go). */
const BOOT_FOLDERS: Partial<Record<Bootloader, { from: string; to: string }>> = { grub: { from: 'boot/grub/', to: 'EFI/ubuntu/' }, 'u-boot': { from: 'boot/uboot/', to: '' } };

/** The whole writable system of UC16 and UC18, from the root of its file system. What boots it lies elsewhere. */
export const systemDataTree = (tree: readonly TreeEntry[]): TreeEntry[] =>
  [...tree.filter(({ path }) => path !== 'boot' && !path.startsWith('boot/')).map((entry) => ({ ...entry, path: `${SYSTEM_DATA}/${entry.path}` })), directory(`${SYSTEM_DATA}/boot`)].sort((a, b) => compareBytes(a.path, b.path));

/** The volume's content with what snapd prepares put where it belongs. */
export function placeSeed({ layout, trees, images }: LaidOutVolume, { tree, bootState }: PlannedSeed, rules: GadgetRules): Pick<LaidOutVolume, 'trees' | 'images'> {
  const files = new Map(trees);
  for (const s of layout.structures) {
    if (s.role === 'system-seed') files.set(s.yamlIndex, tree);
    if (hasModes(rules)) continue;
    if (s.role === 'system-data') files.set(s.yamlIndex, systemDataTree(tree));
    if (s.role === 'system-boot' || s.label === 'system-boot') files.set(s.yamlIndex, withBoot(files.get(s.yamlIndex) ?? [], tree, layout.volume.bootloader));
  }
  const state = layout.structures.find(({ role }) => role === 'system-boot-state');
  return { trees: files, images: state && bootState ? new Map(images).set(state.yamlIndex, [{ offsetBytes: 0, content: { kind: 'bytes', bytes: bootState } }]) : images };
}

/** The gadget's own files stand over the boot loader's, as in ubuntu-image's disks; names differ only in case to FAT's eyes, so to ours. */
function withBoot(gadget: readonly TreeEntry[], tree: readonly TreeEntry[], bootloader: Bootloader | undefined): TreeEntry[] {
  const folder = bootloader && BOOT_FOLDERS[bootloader];
  const boot = folder ? tree.filter(({ path }) => path.startsWith(folder.from)).map((entry) => ({ ...entry, path: `${folder.to}${entry.path.slice(folder.from.length)}` })) : [];
  const own = new Set(gadget.map(({ path }) => path.toLowerCase()));
  return [...gadget, ...boot.filter(({ path }) => !own.has(path.toLowerCase()))].sort((a, b) => compareBytes(a.path, b.path));
}
