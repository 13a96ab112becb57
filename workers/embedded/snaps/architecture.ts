/** Machines that demo snaps are made for. */
export const ARCHITECTURES = ['amd64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** Where the snaps are made: the programs that make them are Debian's for this one. */
export const HOST: Architecture = 'amd64';

/** What differs from one machine to the other. All other names in the recipe follow from these. */
export type Machine = {
  architecture: Architecture;
  /** How UEFI shortens it in file names: `bootx64.efi` (UEFI specification, 3.5.1.1). */
  efi: string;
  /** How GRUB calls it with UEFI. */
  grub: string;
  /** How the GNU tools call it. */
  gnu: string;
  /** Built into the kernel image, for who starts it without GRUB. */
  kernelArguments: string;
};

export const MACHINES: Record<Architecture, Machine> = {
  amd64: { architecture: 'amd64', efi: 'x64', grub: 'x86_64-efi', gnu: 'x86_64-linux-gnu', kernelArguments: 'console=ttyS0 console=tty1 panic=-1' },
  arm64: { architecture: 'arm64', efi: 'aa64', grub: 'arm64-efi', gnu: 'aarch64-linux-gnu', kernelArguments: 'panic=-1' },
};
