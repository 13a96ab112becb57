import { fromUtf8 } from '../bytes';
import { AppError } from '../errors';
import { checkGadget } from '../gadget/check';
import { warnOfInstall } from '../gadget/device-warnings';
import type { PlacedImage } from '../gadget/content';
import { hasModes, rulesFor, type Gadget, type GadgetErrorCode, type GadgetRules } from '../gadget/gadget';
import { parseKernelYaml, type KernelAssets } from '../gadget/kernel-yaml';
import type { Layout } from '../gadget/layout';
import { parseGadget } from '../gadget/parse';
import { diskLimits } from '../image/disk-limits';
import type { SectorBytes } from '../image/gpt';
import { judgeContent, type JudgedVolume } from '../image/judge-content';
import type { PlacedContent } from '../image/plan-image';
import { BOOT_MARKERS, chooseBootLoader, type BootLoader } from '../seed/boot/choose';
import { isKernelAsset } from '../seed/boot/kernel-assets';
import { cmdlineOf } from '../seed/boot/kernel-cmdline';
import { UBOOT_ROOT_FILES } from '../seed/boot/uboot';
import { treeOf, type ReadFiles } from '../seed/content-files';
import { directory, type TreeEntry } from '../seed/tree';
import type { Warning } from '../warnings';
import { followLinks, hasFile, openSnap, type OpenSnap, type UnpackMeans } from './open-snap';
import { together } from './together';
import { inMegabytes, warn, type Teller } from './teller';
import type { VerifiedModel } from './verify-model';
import type { VerifiedSnap } from './verify-snaps';
import { warnOfKernel } from './warn-of-kernel';

/** One disk, with what gadget and kernel put on it, by the structures' `yamlIndex`. */
export type LaidOutVolume = { layout: Layout; trees: Map<number, TreeEntry[]>; images: Map<number, PlacedContent[]> };

export type LaidOutGadget = {
  gadget: Gadget;
  rules: GadgetRules;
  bootLoader: BootLoader;
  /** Those that are written, the one that boots first. */
  volumes: LaidOutVolume[];
  /** Files at the gadget's root that the boot loader's setup, cloud-init and defaults need, by name. */
  root: Map<string, Uint8Array>;
  /** What the boot loader is given out of the kernel snap, paths from its root; empty for GRUB, which looks into it. */
  kernelAssets: TreeEntry[];
  /** Value of `snapd_full_cmdline_args`. */
  kernelArguments: string;
  warnings: Warning[];
};

const ROOT_FILES = ['cmdline.extra', 'cmdline.full', 'grub.conf', 'cloud.conf', ...UBOOT_ROOT_FILES];
const FORCED = 'meta/force-kernel-extraction';
/** Device trees of all boards of a kernel are hundreds. */
const MAX_KERNEL_ASSETS = 5000;
/** Of a text; snapd itself sets no limit. */
const MAX_TEXT_BYTES = 2 ** 20;

/** What the gadget wants of its disks, with the files it brings; the large ones are put into the store. Throws AppError with a GadgetErrorCode, or as the snaps are read. */
export async function layOutGadget({ model }: VerifiedModel, snaps: readonly VerifiedSnap[], sectorBytes: SectorBytes, means: UnpackMeans, teller: Teller): Promise<LaidOutGadget> {
  const rules = rulesFor(model);
  const [gadgetSnap, kernelSnap] = (await together(['gadget', 'kernel'] as const, teller.signal, (type, signal) => openSnap(snaps, type, means, { ...teller, signal }))) as [OpenSnap, OpenSnap];
  await together([gadgetSnap, kernelSnap], teller.signal, readAhead);
  const gadget = parseGadget(await yamlOf(gadgetSnap, 'meta/gadget.yaml'), rules);
  const errors = checkGadget(gadget, rules);
  if (errors.length > 0) throw new AppError(errors[0]!.code, `The gadget ${gadgetSnap.name} cannot be used: ${errors.map((p) => p.message).join(' ')}`, { problems: errors });
  const bootLoader = chooseBootLoader({ gadget, rootFiles: BOOT_MARKERS.filter((name) => followLinks(gadgetSnap, name) !== undefined), hasModes: hasModes(rules) });
  const assets: KernelAssets = hasFile(kernelSnap, 'meta/kernel.yaml') ? parseKernelYaml(await yamlOf(kernelSnap, 'meta/kernel.yaml')) : new Map();

  const judged = judgeContent(gadget, { gadget: gadgetSnap.listing, kernel: kernelSnap.listing, assets }, { rules, sectorBytes });
  const [limit] = judged.flatMap(({ layout }) => diskLimits(layout, rules, sectorBytes));
  if (limit) throw limit;

  const root = await readRoot(gadgetSnap);
  const rootText = (name: string): string | undefined => (root.has(name) ? decode(root.get(name)!, name) : undefined);
  const cmdline = {
    gadget,
    architecture: model.architecture,
    // UC16 and UC18 have none, and no arguments either.
    grade: model.grade ?? 'dangerous',
    cmdlineExtra: rootText('cmdline.extra'),
    cmdlineFull: rootText('cmdline.full'),
  };
  const { fullArgs, warnings: ofArguments } = cmdlineOf(cmdline, rules);

  const written = judged.filter(({ layout }) => layout.volume.schema !== 'emmc').sort((a, b) => bootsFrom(b) - bootsFrom(a));
  const volumes: LaidOutVolume[] = [];
  for (const volume of written) volumes.push(await readContent(volume, gadgetSnap, kernelSnap));
  teller.say(`${volumes.map(({ layout }) => `Volume ${layout.volume.name}: ${layout.structures.length} structures in ${inMegabytes(layout.sizeBytes)}`).join('; ')}.`);
  const needsAssets = bootLoader !== 'grub' || (!hasModes(rules) && hasFile(kernelSnap, FORCED));
  const kernelAssets = needsAssets ? await readKernelAssets(kernelSnap) : [];

  const trees = volumes.flatMap((volume) => [...volume.trees.values()]);
  const demands = { rules, grade: model.grade, storageSafety: model.storageSafety };
  const warnings = [
    ...warnOfInstall(gadget, demands),
    ...ofArguments,
    ...(await warnOfKernel({ kernelSnap, rules, bootLoader, root, trees, kernelAssets, store: means.store })),
  ];
  warn(teller, warnings);
  const found = { gadget, rules, bootLoader, volumes, root, kernelAssets };
  return { ...found, kernelArguments: fullArgs, warnings };
}

/** What is asked for below one after the other, as far as nothing speaks against it, is read at once. */
async function readAhead(snap: OpenSnap): Promise<void> {
  await snap.read(['meta/gadget.yaml', 'meta/kernel.yaml', ...ROOT_FILES].filter((name) => hasFile(snap, name) && snap.listing.get(name)!.sizeBytes <= MAX_TEXT_BYTES));
}

async function readRoot(snap: OpenSnap): Promise<Map<string, Uint8Array>> {
  const found = ROOT_FILES.flatMap((name) => {
    const file = followLinks(snap, name);
    return file !== undefined && hasFile(snap, file) ? [{ name, file }] : [];
  });
  const bytes = await snap.read([...new Set(found.map(({ file }) => file))]);
  return new Map(found.map(({ name, file }) => [name, bytes.get(file)!]));
}

function decode(bytes: Uint8Array, name: string): string {
  const text = fromUtf8(bytes);
  if (text === undefined) throw new AppError('gadget-yaml-syntax', `${name} is not UTF-8.`);
  return text;
}

async function yamlOf(snap: OpenSnap, name: string): Promise<Uint8Array> {
  const entry = snap.listing.get(name);
  if (entry?.type === 'symlink') throw new AppError<GadgetErrorCode>('gadget-symlink', `${name} of the snap ${snap.name} is a symbolic link; put the file itself there.`);
  if (entry && entry.sizeBytes > MAX_TEXT_BYTES) throw new AppError<GadgetErrorCode>('gadget-too-big', `${name} of the snap ${snap.name} has ${entry.sizeBytes} bytes; at most ${MAX_TEXT_BYTES} are read.`);
  return (await snap.read([name])).get(name)!;
}

const bootsFrom = ({ layout }: JudgedVolume): number => Number(layout.volume.bootloader !== undefined);

async function readContent({ layout, content }: JudgedVolume, gadgetSnap: OpenSnap, kernelSnap: OpenSnap): Promise<LaidOutVolume> {
  const { files, images, sources } = content;
  const read: ReadFiles = { gadget: await gadgetSnap.content(sources.gadget), kernel: await kernelSnap.content(sources.kernel) };
  const place = ({ source, offsetBytes }: PlacedImage): PlacedContent => ({ offsetBytes, content: read.gadget.get(source)! });
  return {
    layout,
    trees: new Map([...files].map(([yamlIndex, copied]) => [yamlIndex, treeOf(copied, read)])),
    images: new Map([...images].map(([yamlIndex, placed]) => [yamlIndex, placed.map(place)])),
  };
}

/** The kernel, its first file system and its device trees. Links are not followed: a boot loader could not either. */
async function readKernelAssets(snap: OpenSnap): Promise<TreeEntry[]> {
  const wanted = [...snap.listing].filter(({ path }) => isKernelAsset(path));
  if (wanted.length > MAX_KERNEL_ASSETS) throw new AppError('kernel-assets-invalid', `The kernel ${snap.name} has ${wanted.length} files for its boot loader; at most ${MAX_KERNEL_ASSETS} are taken.`);
  const odd = wanted.find(({ type }) => type === 'symlink' || type === 'other');
  if (odd) throw new AppError('kernel-assets-invalid', `${odd.path} of the kernel ${snap.name} is no regular file, and a boot loader has to read it.`);
  const content = await snap.content(wanted.filter(({ type }) => type === 'file').map(({ path }) => path));
  return wanted.map(({ path, type }) => (type === 'file' ? { path, content: content.get(path)! } : directory(path)));
}
