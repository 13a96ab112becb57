import { fromUtf8 } from '../bytes';
import { AppError } from '../errors';
import { checkGadget } from '../gadget/check';
import { checkUpdates } from '../gadget/check-content';
import { planKernelCmdline } from '../gadget/cmdline';
import { planContent } from '../gadget/content-plan';
import { hasModes, rulesFor, type Gadget, type GadgetRules } from '../gadget/gadget';
import { parseKernelYaml, type KernelAssets } from '../gadget/kernel-yaml';
import { assertDisk, layOut, type Layout } from '../gadget/layout';
import { parseGadget } from '../gadget/parse';
import { chooseBootLoader, type BootLoader } from '../seed/boot/choose';
import { isKernelAsset } from '../seed/boot/kernel-assets';
import { UBOOT_ROOT_FILES } from '../seed/boot/uboot';
import { treeOf, type ReadFiles } from '../seed/content-files';
import { directory, textFile, type TreeEntry } from '../seed/tree';
import { listSnap, readSnapFiles } from '../tools/squashfs';
import type { ListedEntry } from '../tools/squashfs-listing';
import { inMegabytes, type Teller } from './teller';
import type { VerifiedModel } from './verify-model';
import type { VerifiedSnap } from './verify-snaps';

/** One disk, with what gadget and kernel put on it, by the structures' `yamlIndex`. */
export type LaidOutVolume = { layout: Layout; trees: Map<number, TreeEntry[]>; images: Map<number, { offsetBytes: number; bytes: Uint8Array }[]> };

export type LaidOutGadget = {
  gadget: Gadget;
  rules: GadgetRules;
  bootLoader: BootLoader;
  /** Those that are written, the one that boots first. */
  volumes: LaidOutVolume[];
  /** Files at the gadget's root that the boot loader's setup, cloud-init and defaults need, by name. */
  root: Map<string, Uint8Array>;
  yaml: string;
  /** What the boot loader is given out of the kernel snap, paths from its root; empty for GRUB, which looks into it. */
  kernelAssets: TreeEntry[];
  /** Value of `snapd_full_cmdline_args`. */
  kernelArguments: string;
  warnings: string[];
};

const ROOT_FILES = ['cmdline.extra', 'cmdline.full', 'grub.conf', 'cloud.conf', ...UBOOT_ROOT_FILES];
const FORCED = 'meta/force-kernel-extraction';
/** Files of gadget and kernel are held in memory: boot loaders, kernels and device trees, not payloads. */
const MAX_CONTENT_BYTES = 256 * 2 ** 20;

/** What the gadget wants of its disks, with the files it brings. Throws AppError with a GadgetErrorCode, or as the snaps are read. */
export async function layOutGadget({ model }: VerifiedModel, snaps: readonly VerifiedSnap[], sectorBytes: number, teller: Teller): Promise<LaidOutGadget> {
  const rules = rulesFor(model);
  const gadgetSnap = await openSnap(snaps, 'gadget', teller.signal);
  const kernelSnap = await openSnap(snaps, 'kernel', teller.signal);
  const yaml = await textOf(gadgetSnap, 'meta/gadget.yaml');
  const gadget = parseGadget(yaml, rules);
  const problems = checkGadget(gadget, { rules, grade: model.grade, storageSafety: model.storageSafety });
  const errors = problems.filter((p) => (p.severity ?? 'error') === 'error');
  if (errors.length > 0) throw new AppError(errors[0]!.code, `The gadget ${gadgetSnap.name} cannot be used: ${errors.map((p) => p.message).join(' ')}`, { problems: errors });
  const bootLoader = chooseBootLoader({ gadget, rootFiles: gadgetSnap.listing.filter(({ path }) => !path.includes('/') && follow(gadgetSnap, path)).map(({ path }) => path), hasModes: hasModes(rules) });
  const assets: KernelAssets = has(kernelSnap, 'meta/kernel.yaml') ? parseKernelYaml(await textOf(kernelSnap, 'meta/kernel.yaml')) : new Map();

  checkUpdates(gadget, assets);

  const root = await readRoot(gadgetSnap);
  const rootText = (name: string): string | undefined => (root.has(name) ? decode(root.get(name)!, name) : undefined);
  const { fullArgs, warnings } = hasModes(rules) ? planKernelCmdline({ gadget, architecture: model.architecture, grade: model.grade!, cmdlineExtra: rootText('cmdline.extra'), cmdlineFull: rootText('cmdline.full') }) : { fullArgs: '', warnings: [] };

  const written = gadget.volumes.filter(({ schema }) => schema !== 'emmc').sort((a, b) => Number(b.bootloader !== undefined) - Number(a.bootloader !== undefined));
  const volumes: LaidOutVolume[] = [];
  for (const volume of written) {
    const layout = layOut(volume);
    assertDisk(layout, sectorBytes);
    volumes.push({ layout, ...(await readContent(layout, gadgetSnap, kernelSnap, assets, rules)) });
  }
  teller.say(`${volumes.map(({ layout }) => `Volume ${layout.volume.name}: ${layout.structures.length} structures in ${inMegabytes(layout.sizeBytes)}`).join('; ')}.`);
  const needsAssets = bootLoader !== 'grub' || (!hasModes(rules) && has(kernelSnap, FORCED));
  return { gadget, rules, bootLoader, volumes, root, yaml, kernelAssets: needsAssets ? await readKernelAssets(kernelSnap) : [], kernelArguments: fullArgs, warnings: [...problems.filter((p) => p.severity === 'warning').map((p) => p.message), ...warnings] };
}

type OpenSnap = { name: string; listing: ListedEntry[]; read(names: string[]): Promise<Map<string, Uint8Array>> };

async function openSnap(snaps: readonly VerifiedSnap[], type: 'gadget' | 'kernel', signal: AbortSignal): Promise<OpenSnap> {
  const snap = snaps.find(({ found, modelSnap }) => modelSnap?.type === type || (modelSnap === undefined && found.facts.type === type));
  if (!snap) throw new AppError(`${type}-missing`, `None of the snaps is a ${type}${type === 'gadget' ? ', so nothing says how the disk is laid out' : ''}.`);
  const listing = await listSnap(snap.path, { signal });
  return { name: snap.found.name, listing, read: async (names) => (names.length === 0 ? new Map() : readSnapFiles(snap.path, names, { signal, listing, maxTotalBytes: MAX_CONTENT_BYTES })) };
}

/** Of a real gadget the marker of its boot loader may be a link to another of its files. */
const MAX_LINKS = 8;

/** The file that a name at the root of a snap means, links within the snap followed; undefined when there is none, or it leads out. */
function follow({ listing }: OpenSnap, name: string): string | undefined {
  let at = name;
  for (let links = 0; links <= MAX_LINKS; links += 1) {
    const entry = listing.find(({ path }) => path === at);
    if (entry?.type !== 'symlink') return entry && at;
    const target = entry.target ?? '';
    if (target.startsWith('/') || target.includes('..')) return undefined;
    at = [...at.split('/').slice(0, -1), ...target.split('/').filter((part) => part !== '' && part !== '.')].join('/');
  }
  return undefined;
}

async function readRoot(snap: OpenSnap): Promise<Map<string, Uint8Array>> {
  const found = ROOT_FILES.flatMap((name) => {
    const file = follow(snap, name);
    return file !== undefined && has(snap, file) ? [{ name, file }] : [];
  });
  const bytes = await snap.read([...new Set(found.map(({ file }) => file))]);
  return new Map(found.map(({ name, file }) => [name, bytes.get(file)!]));
}

const has = ({ listing }: OpenSnap, name: string): boolean => listing.some(({ path, type }) => path === name && type === 'file');

function decode(bytes: Uint8Array, name: string): string {
  const text = fromUtf8(bytes);
  if (text === undefined) throw new AppError('gadget-yaml-syntax', `${name} is not UTF-8.`);
  return text;
}

const textOf = async (snap: OpenSnap, name: string): Promise<string> => decode((await snap.read([name])).get(name)!, name);

async function readContent(layout: Layout, gadgetSnap: OpenSnap, kernelSnap: OpenSnap, assets: KernelAssets, rules: GadgetRules): Promise<Pick<LaidOutVolume, 'trees' | 'images'>> {
  const { files, images, sources } = planContent(layout, { gadget: gadgetSnap.listing, kernel: kernelSnap.listing, assets }, rules);
  const bytes: ReadFiles = { gadget: await gadgetSnap.read(sources.gadget), kernel: await kernelSnap.read(sources.kernel) };
  return {
    trees: new Map([...files].map(([yamlIndex, copied]) => [yamlIndex, treeOf(copied, bytes)])),
    images: new Map([...images].map(([yamlIndex, placed]) => [yamlIndex, placed.map(({ source, offsetBytes }) => ({ offsetBytes, bytes: bytes.gadget.get(source)! }))])),
  };
}

/** The kernel, its first file system and its device trees. Links are not followed: a boot loader could not either. */
async function readKernelAssets(snap: OpenSnap): Promise<TreeEntry[]> {
  const wanted = snap.listing.filter(({ path }) => isKernelAsset(path));
  const odd = wanted.find(({ type }) => type === 'symlink' || type === 'other');
  if (odd) throw new AppError('kernel-assets-invalid', `${odd.path} of the kernel ${snap.name} is no regular file, and a boot loader has to read it.`);
  const bytes = await snap.read(wanted.filter(({ type }) => type === 'file').map(({ path }) => path));
  return wanted.map(({ path, type }) => (type === 'file' ? textFile(path, bytes.get(path)!) : directory(path)));
}
