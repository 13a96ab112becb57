import { fromUtf8 } from '../bytes';
import { AppError } from '../errors';
import { assertSupported, checkGadget } from '../gadget/check';
import { planKernelCmdline } from '../gadget/cmdline';
import { planContent } from '../gadget/content-plan';
import { rulesFor, type Gadget } from '../gadget/gadget';
import { assertDisk, layOut, type Layout, type PlacedStructure } from '../gadget/layout';
import { parseGadget } from '../gadget/parse';
import { treeOf } from '../seed/content-files';
import type { TreeFile } from '../seed/tree';
import { listSnap, readSnapFiles } from '../tools/squashfs';
import type { ListedEntry } from '../tools/squashfs-listing';
import { inMegabytes, type Teller } from './teller';
import type { VerifiedModel } from './verify-model';
import type { VerifiedSnap } from './verify-snaps';

export type LaidOutGadget = {
  gadget: Gadget;
  layout: Layout;
  seed: PlacedStructure;
  /** The gadget's own files, by the `yamlIndex` of the structure they go into. */
  trees: Map<number, TreeFile[]>;
  images: Map<number, { offsetBytes: number; bytes: Uint8Array }[]>;
  /** Value of `snapd_full_cmdline_args`. */
  kernelArguments: string;
  warnings: string[];
};

const CMDLINE_FILES = ['cmdline.extra', 'cmdline.full'];
/** Gadget files are held in memory: boot loaders, not payloads. */
const MAX_CONTENT_BYTES = 128 * 2 ** 20;

/** What the gadget wants of its disk, with the files it brings. Throws AppError with a GadgetErrorCode, or as the snap is read. */
export async function layOutGadget({ model }: VerifiedModel, snaps: readonly VerifiedSnap[], sectorBytes: number, teller: Teller): Promise<LaidOutGadget> {
  const { signal } = teller;
  const snap = snaps.find(({ found }) => found.facts.type === 'gadget');
  if (!snap) throw new AppError('gadget-missing', 'None of the snaps is a gadget, so nothing says how the disk is laid out.');
  const listing = await listSnap(snap.path, { signal });
  const read = (names: string[]) => readSnapFiles(snap.path, names, { signal, listing, maxTotalBytes: MAX_CONTENT_BYTES });
  const textOf = async (name: string) => {
    const text = fromUtf8((await read([name])).get(name)!);
    if (text === undefined) throw new AppError('gadget-yaml-syntax', `${name} of the gadget is not UTF-8.`);
    return text;
  };

  const rules = rulesFor(model);
  const grade = model.grade ?? 'dangerous';
  const gadget = parseGadget(await textOf('meta/gadget.yaml'), rules);
  const problems = checkGadget(gadget, { rules, grade: model.grade, storageSafety: model.storageSafety });
  const errors = problems.filter((p) => (p.severity ?? 'error') === 'error');
  if (errors.length > 0) throw new AppError(errors[0]!.code, `The gadget ${snap.found.name} cannot be used: ${errors.map((p) => p.message).join(' ')}`, { problems: errors });
  assertSupported(gadget, listing.filter(({ path }) => !path.includes('/')).map(({ path }) => path));

  const volume = gadget.volumes.find((v) => v.bootloader !== undefined)!;
  const layout = layOut(volume);
  assertDisk(layout, sectorBytes);
  const seed = layout.structures.find((s) => s.role === 'system-seed');
  if (!seed) throw new AppError('gadget-role-invalid', `The volume ${volume.name} has no structure with the role system-seed, from which Ubuntu Core 20 and later starts.`);

  const cmdline = await readCmdline(listing, textOf);
  const { fullArgs, warnings } = planKernelCmdline({ gadget, architecture: model.architecture, grade, cmdlineExtra: cmdline.get('cmdline.extra'), cmdlineFull: cmdline.get('cmdline.full') });
  const { trees, images } = await readContent(layout, listing, read);
  teller.say(`Volume ${volume.name}: ${layout.structures.length} structures in ${inMegabytes(layout.sizeBytes)}; the seed partition has ${inMegabytes(seed.sizeBytes)}.`);
  return { gadget, layout, seed, trees, images, kernelArguments: fullArgs, warnings: [...problems.filter((p) => p.severity === 'warning').map((p) => p.message), ...warnings] };
}

async function readCmdline(listing: ListedEntry[], textOf: (name: string) => Promise<string>): Promise<Map<string, string>> {
  const present = CMDLINE_FILES.filter((name) => listing.some((entry) => entry.path === name));
  return new Map(await Promise.all(present.map(async (name) => [name, await textOf(name)] as const)));
}

async function readContent(layout: Layout, listing: ListedEntry[], read: (names: string[]) => Promise<Map<string, Uint8Array>>): Promise<Pick<LaidOutGadget, 'trees' | 'images'>> {
  const { files, images, sources } = planContent(layout, listing);
  const bytes = await read([...sources]);
  return {
    trees: new Map([...files].map(([yamlIndex, copied]) => [yamlIndex, treeOf(copied, bytes)])),
    images: new Map([...images].map(([yamlIndex, placed]) => [yamlIndex, placed.map(({ source, offsetBytes }) => ({ offsetBytes, bytes: bytes.get(source)! }))])),
  };
}
