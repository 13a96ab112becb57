import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Architecture } from './architecture';
import { MACHINES } from './architecture';
import type { Track } from './base';
import { bootRecord } from './boot-record';
import { makeGrub } from './grub';
import type { PackageRoot } from './packages';
import { snapYaml } from './snap-yaml';
import { Tree } from './tree';

const ESP = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';
const BIOS_BOOT = '21686148-6449-6E6F-744E-656564454649';
const LINUX = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';

/** The tree of `pc`: structures and sizes of the reference gadget of that track (canonical/pc-gadget, gadget/gadget-amd64.yaml and gadget-arm64.yaml). */
export async function makeGadgetTree(packages: PackageRoot, track: Track, workDir: string): Promise<Tree> {
  const { architecture, efi } = packages.machine;
  const tree = new Tree(join(workDir, `pc-${track}`));
  await tree.file('meta/snap.yaml', snapYaml('pc', `${track}-demo`, architecture, { type: 'gadget', base: `core${track}` }));
  await tree.file('meta/gadget.yaml', gadgetYaml(track, architecture));
  // Marks a GRUB gadget for snapd; on these systems the menu comes from the image, not from here.
  await tree.file('grub.conf', '');
  if (architecture === 'amd64') await tree.file('mbr.img', bootRecord());
  await makeGrub(packages, join(tree.root, `grub${efi}.efi`));
  await tree.copy(await packages.find(`usr/lib/shim/shim${efi}.efi.signed`), 'shim.efi.signed');
  for (const from of ['grub-common', 'shim-signed']) await tree.file(`usr/share/doc/${from}/copyright`, await packages.copyright(from));
  return tree;
}

/** Shim starts the GRUB that lies beside it. Track 24 keeps both under EFI/ubuntu as well, where boot entries point. */
function seedContent(track: Track, efi: string): { source: string; target: string }[] {
  const grub = `grub${efi}.efi`;
  const shim = 'shim.efi.signed';
  const installed = [
    { source: grub, target: `EFI/ubuntu/${grub}` },
    { source: shim, target: `EFI/ubuntu/shim${efi}.efi` },
  ];
  const removable = [
    { source: grub, target: `EFI/boot/${grub}` },
    { source: shim, target: `EFI/boot/boot${efi}.efi` },
  ];
  return track === '24' ? [...installed, ...removable] : removable;
}

/** A PC of either kind has the same file systems; one with an Intel or AMD processor may start without UEFI, and what it then runs comes first. */
export function gadgetYaml(track: Track, architecture: Architecture): string {
  const update = { edition: 1 };
  const isArm = architecture === 'arm64';
  const [esp, linux] = isArm && track === '24' ? [`EF,${ESP}`, `83,${LINUX}`] : [ESP, LINUX];
  const legacy = [
    { name: 'mbr', type: 'mbr', size: '440', update, content: [{ image: 'mbr.img' }] },
    { name: 'BIOS Boot', type: BIOS_BOOT, size: '1M', offset: '1M' },
  ];
  const structure = [
    ...(isArm ? [] : legacy),
    { name: 'ubuntu-seed', role: 'system-seed', filesystem: 'vfat', type: esp, size: '1200M', update, content: seedContent(track, MACHINES[architecture].efi) },
    { name: 'ubuntu-boot', role: 'system-boot', filesystem: 'ext4', type: linux, size: '750M', update },
    { name: 'ubuntu-save', role: 'system-save', filesystem: 'ext4', type: linux, size: '32M', ...(isArm ? {} : { 'min-size': '16M' }) },
    { name: 'ubuntu-data', role: 'system-data', filesystem: 'ext4', type: linux, size: '1G' },
  ];
  return stringify({ volumes: { pc: { schema: 'gpt', bootloader: 'grub', structure } } }, { aliasDuplicateObjects: false });
}
