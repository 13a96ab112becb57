import { planKernelCmdline, type CmdlineInput, type KernelCmdline } from '../../gadget/cmdline';
import { hasModes, type GadgetRules } from '../../gadget/gadget';

/**
 * What the boot loader of a gadget gives to the kernel; only GRUB of UC20 and later is given anything (snapd
 * boot/makebootable.go). Throws as `planKernelCmdline`.
 */
export function cmdlineOf(input: CmdlineInput, rules: GadgetRules): KernelCmdline {
  const isGrub = input.gadget.volumes.some(({ bootloader }) => bootloader === 'grub');
  return isGrub && hasModes(rules) ? planKernelCmdline(input) : { fullArgs: '', warnings: [] };
}
