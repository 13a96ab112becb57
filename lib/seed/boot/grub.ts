import { writeGrubConfig } from '../grub-config';
import { writeGrubEnv } from '../grub-env';
import { systemPath } from '../plan-seed';
import { textFile, type TreeEntry, type TreeFile } from '../tree';
import { placeKernelAssets } from './kernel-assets';
import { recoveryVariables, runVariables, type RunVariables } from './recovery-variables';

export type GrubInput = {
  architecture: string;
  label: string;
  /** From the seed's root. */
  kernelPath: string;
  /** `fullArgs` of `planKernelCmdline`. */
  kernelArguments: string;
  bootFlags: readonly string[];
};

/** What GRUB reads on the seed of UC20+ (snapd boot/makebootable.go, bootloader/grub.go); the kernel stays in its snap. */
export function bootWithGrub({ architecture, label, kernelPath, kernelArguments, bootFlags }: GrubInput): TreeFile[] {
  return [
    textFile(`${systemPath(label)}/grubenv`, writeGrubEnv([['snapd_recovery_kernel', `/${kernelPath}`], ['snapd_extra_cmdline_args', ''], ['snapd_full_cmdline_args', kernelArguments]])),
    textFile('EFI/ubuntu/grub.cfg', writeGrubConfig(architecture)),
    textFile('EFI/ubuntu/grubenv', writeGrubEnv(recoveryVariables(label, bootFlags))),
  ];
}

export type Grub16Input = RunVariables & {
  /** Content of the gadget's `grub.conf`. */
  grubConf: Uint8Array;
  /** Of the kernel snap, paths from its root, when it has a `meta/force-kernel-extraction`: GRUB then does not look into the snap. */
  kernelAssets?: readonly TreeEntry[];
};

/** `boot/grub` of UC16/18, from the image's root (snapd bootloader/grub.go); snapd's own order of the variables changes from run to run. Throws AppError `grub-env-too-big`, `grub-env-invalid`. */
export function bootWithGrub16({ grubConf, kernelAssets = [], ...variables }: Grub16Input): TreeEntry[] {
  return [
    textFile('boot/grub/grub.cfg', grubConf),
    textFile('boot/grub/grubenv', writeGrubEnv(runVariables(variables))),
    ...placeKernelAssets(`boot/grub/${variables.kernelFile}`, kernelAssets),
  ];
}
