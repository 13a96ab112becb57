import { dirname } from 'node:path';
import type { PackageRoot } from './packages';

/** The menu and its environment lie here on the seed. */
const PREFIX = '/EFI/ubuntu';

/** All that the menu of a recovery system uses: without loopback, squash4, xzio, lzopio and chain no kernel starts out of its snap. */
const MODULES = [
  'part_gpt', 'part_msdos', 'fat', 'ext2', 'squash4', 'loopback', 'xzio', 'gzio', 'lzopio', 'chain', 'linux', 'boot', 'normal', 'configfile', 'test', 'regexp',
  'search', 'search_label', 'search_fs_file', 'loadenv', 'echo', 'sleep', 'true', 'minicmd', 'cat', 'ls', 'halt', 'reboot', 'efifwsetup', 'serial',
];

/** Writes GRUB as one EFI program. Nobody signs it, so shim refuses it while Secure Boot is on. */
export async function makeGrub(packages: PackageRoot, file: string): Promise<void> {
  const { grub } = packages.machine;
  const folder = dirname(await packages.find(`usr/lib/grub/${grub}/squash4.mod`));
  await packages.tool('grub-mkimage', ['-O', grub, '-p', PREFIX, '-d', folder, '-o', file, ...MODULES]);
}
