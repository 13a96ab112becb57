import { hasModes, type GadgetRules } from '../gadget/gadget';
import { lookUpIn } from '../gadget/links';
import type { BootLoader } from '../seed/boot/choose';
import { missingKernelFiles, type KernelStart } from '../seed/boot/kernel-files';
import { UBOOT_ROOT_FILES } from '../seed/boot/uboot';
import type { TreeEntry } from '../seed/tree';
import { readSuperblock } from '../tools/squashfs-superblock';
import type { Warning } from '../warnings';
import type { ContentStore } from './content-store';
import type { OpenSnap } from './open-snap';

export type KernelInput = {
  kernelSnap: OpenSnap;
  rules: GadgetRules;
  bootLoader: BootLoader;
  /** See `LaidOutGadget`. */
  root: ReadonlyMap<string, Uint8Array>;
  /** Of the structures with a file system. */
  trees: readonly (readonly TreeEntry[])[];
  /** Empty where GRUB looks into the snap. */
  kernelAssets: readonly TreeEntry[];
  store: ContentStore;
};

/** What keeps the boot loader from starting this kernel; snapd looks at none of it. */
export async function warnOfKernel(input: KernelInput): Promise<Warning[]> {
  const { kernelSnap, bootLoader, kernelAssets } = input;
  const inSnap = bootLoader === 'grub' && kernelAssets.length === 0;
  const missing = missingKernelFiles(await kernelStart(input));
  const warnings: Warning[] =
    missing.length === 0 ? [] : [withoutFiles(kernelSnap.name, bootLoader, missing)];
  if (!inSnap) return warnings;
  const { compression } = await readSuperblock(kernelSnap.path);
  const sinceGrub = GRUB_READS[compression];
  if (sinceGrub === '') return warnings;
  return [...warnings, compressedOddly(kernelSnap.name, compression, sinceGrub)];
}

/** Compressions of squashfs that GRUB reads, and from which version on; undefined: none does. */
const GRUB_READS = { gzip: '', lzo: '', xz: '', zstd: '2.12', lz4: undefined } as const;

async function kernelStart({ kernelSnap, rules, bootLoader, root, trees, kernelAssets, store }: KernelInput) {
  const start: KernelStart = {
    bootLoader,
    hasModes: hasModes(rules),
    kernelFiles: new Set(
      kernelAssets.filter(({ content }) => content.kind !== 'directory').map(({ path }) => path),
    ),
    seedFiles: new Set(trees.flatMap((tree) => tree.map(({ path }) => path))),
    config: '',
    isFit: false,
  };
  if (bootLoader === 'piboot') {
    const beside = [...start.kernelFiles].map((path) => path.replace(/^dtbs\/(?:broadcom\/)?/, ''));
    return { ...start, kernelFiles: new Set(beside), config: configOf(trees, /^config\.txt$/) };
  }
  if (bootLoader === 'grub') {
    const lookUp = lookUpIn(kernelSnap.listing);
    const inSnap = ['kernel.efi', 'kernel.img', 'initrd.img'].filter((name) => lookUp(name)?.type === 'file');
    const config = latin1(root.get('grub.conf')).replace(/^\s*#.*$/gm, '');
    return { ...start, kernelFiles: kernelAssets.length > 0 ? start.kernelFiles : new Set(inSnap), config };
  }
  const ofRoot = UBOOT_ROOT_FILES.map((name) => latin1(root.get(name)));
  const config = [...ofRoot, configOf(trees, /\.(?:scr|env|sel|conf|txt|cmd)$/)].join('\n');
  return { ...start, config, isFit: await isFit(kernelAssets, store) };
}

const latin1 = (bytes: Uint8Array = new Uint8Array(0)): string => Buffer.from(bytes).toString('latin1');

const configOf = (trees: KernelInput['trees'], name: RegExp): string =>
  trees
    .flatMap((tree) =>
      tree.map(({ path, content }) =>
        name.test(path) && content.kind === 'bytes' ? content.bytes : undefined,
      ),
    )
    .map(latin1)
    .join('\n');

/** Devicetree specification 5.2: what a FIT image begins with too. */
const FDT_MAGIC = 'd00dfeed';

async function isFit(assets: readonly TreeEntry[], store: ContentStore): Promise<boolean> {
  const content = assets.find(({ path }) => path === 'kernel.img')?.content;
  if (content?.kind === 'bytes')
    return Buffer.from(content.bytes.subarray(0, 4)).toString('hex') === FDT_MAGIC;
  if (content?.kind !== 'unpacked') return false;
  const blob = await store.open(content.sha3_384);
  try {
    const head = Buffer.alloc(4);
    await blob.readv([head], 0);
    return head.toString('hex') === FDT_MAGIC;
  } finally {
    await blob.close();
  }
}

const LOADERS: Record<BootLoader, string> = {
  grub: 'GRUB',
  uboot: 'U-Boot',
  ubootpart: 'U-Boot',
  piboot: "the Raspberry Pi's firmware",
};

function withoutFiles(name: string, bootLoader: BootLoader, missing: readonly string[]): Warning {
  const paths = missing.map((path) => path.slice(0, 80)).join(', ');
  const message =
    `The kernel ${name} has no ${paths}, which ${LOADERS[bootLoader]} of this image needs to start it: ` +
    'devices stop in the boot loader. Take the kernel of the track that fits the base and the gadget.';
  return { code: 'kernel-file-missing', message };
}

function compressedOddly(name: string, compression: string, since: string | undefined): Warning {
  const what = `The kernel ${name} is compressed with ${compression}`;
  const message =
    since === undefined
      ? `${what}, which GRUB cannot read: devices stop in the boot loader.`
      : `${what}, which GRUB before ${since} cannot read: whether it starts depends on the gadget's GRUB.`;
  return { code: 'kernel-compression', message };
}
