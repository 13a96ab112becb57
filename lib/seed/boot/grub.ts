import { writeGrubConfig } from '../grub-config';
import { writeGrubEnv } from '../grub-env';
import { systemPath } from '../plan-seed';
import { textFile, type TreeFile } from '../tree';

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
  const flags: [string, string][] = bootFlags.length > 0 ? [['snapd_boot_flags', bootFlags.join(',')]] : [];
  return [
    textFile(`${systemPath(label)}/grubenv`, writeGrubEnv([['snapd_recovery_kernel', `/${kernelPath}`], ['snapd_extra_cmdline_args', ''], ['snapd_full_cmdline_args', kernelArguments]])),
    textFile('EFI/ubuntu/grub.cfg', writeGrubConfig(architecture)),
    textFile('EFI/ubuntu/grubenv', writeGrubEnv([['snapd_recovery_mode', 'install'], ['snapd_recovery_system', label], ...flags])),
  ];
}
