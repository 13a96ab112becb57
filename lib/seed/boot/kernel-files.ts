import type { BootLoader } from './choose';

export type KernelStart = {
  bootLoader: BootLoader;
  /** UC20 and later. */
  hasModes: boolean;
  /** Paths of the files in the kernel snap, as the boot loader finds them. */
  kernelFiles: ReadonlySet<string>;
  /** Names of the files at the root of the seed, for a Raspberry Pi. */
  seedFiles: ReadonlySet<string>;
  /** Text of the gadget's files that configure the boot loader. */
  config: string;
  /** `kernel.img` is a FIT image, which may hold the first file system and the device trees. */
  isFit: boolean;
};

/**
 * Files that the boot loader starts, or hands to the kernel, and that the kernel snap does not have. snapd extracts
 * what is there and does not miss the rest (snapd bootloader/grub.go, uboot.go, piboot.go).
 */
export function missingKernelFiles(start: KernelStart): string[] {
  const { kernelFiles, seedFiles, bootLoader } = start;
  const has = (path: string): boolean =>
    kernelFiles.has(path) || (path.endsWith('/') && [...kernelFiles].some((file) => file.startsWith(path)));
  if (bootLoader !== 'piboot')
    return (bootLoader === 'grub' ? ofGrub(start) : ofUboot(start)).filter((path) => !has(path));
  // Where the folder of os_prefix lacks them, the firmware looks at the root.
  return ofPiboot(start).filter((path) => !kernelFiles.has(path) && !seedFiles.has(path));
}

/** From UC20 on GRUB's configuration is snapd's; before, the gadget's, which starts what it names. */
const ofGrub = ({ hasModes, config }: KernelStart): string[] =>
  hasModes
    ? ['kernel.efi']
    : ['kernel.efi', 'kernel.img', 'initrd.img'].filter((name) => names(config, name));

/** The script is the gadget's own, in whatever file: what it names of the device trees is needed too. */
function ofUboot({ config, isFit }: KernelStart): string[] {
  if (isFit) return ['kernel.img'];
  const trees = [...config.matchAll(/(?<![\w.-])dtbs\/([\w.+-]+\.dtb)?/g)].map(([path]) => path);
  return ['kernel.img', 'initrd.img', ...new Set(trees)];
}

const names = (config: string, name: string): boolean =>
  new RegExp(`(?<![\\w.-])${name.replace('.', '\\.')}(?![\\w.-])`).test(config);

/** What `config.txt` names, or else what snapd extracts. */
function ofPiboot({ config }: KernelStart): string[] {
  const lines = config.split(/\r?\n/).map((line) => line.trim());
  const valuesOf = (pattern: RegExp): string[] =>
    lines.flatMap((line) => pattern.exec(line)?.[1]?.split(',') ?? []);
  const kernels = valuesOf(/^kernel=(\S+)/);
  const initrds = valuesOf(/^(?:initramfs\s+|ramfsfile=)(\S+)/);
  return [
    ...new Set([
      ...(kernels.length > 0 ? kernels : ['kernel.img']),
      ...(initrds.length > 0 ? initrds : ['initrd.img']),
      ...valuesOf(/^device_tree=(\S+)/),
    ]),
  ];
}
