import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Track } from './base';
import { bootRecord } from './boot-record';
import { makeGrub } from './grub';
import type { PackageRoot } from './packages';
import { snapYaml } from './snap-yaml';
import { Tree } from './tree';

const ESP = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';
const BIOS_BOOT = '21686148-6449-6E6F-744E-656564454649';
const LINUX = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';

/** The tree of `pc`: structures and sizes of the reference gadget of that track (canonical/pc-gadget, gadget/gadget-amd64.yaml). */
export async function makeGadgetTree(packages: PackageRoot, track: Track, workDir: string): Promise<Tree> {
  const tree = new Tree(join(workDir, `pc-${track}`));
  await tree.file('meta/snap.yaml', snapYaml('pc', `${track}-demo`, { type: 'gadget', base: `core${track}` }));
  await tree.file('meta/gadget.yaml', gadgetYaml(track));
  // Marks a GRUB gadget for snapd; on these systems the menu comes from the image, not from here.
  await tree.file('grub.conf', '');
  await tree.file('mbr.img', bootRecord());
  await makeGrub(packages, join(tree.root, 'grubx64.efi'));
  await tree.copy(await packages.find('usr/lib/shim/shimx64.efi.signed'), 'shim.efi.signed');
  for (const from of ['grub-common', 'shim-signed']) await tree.file(`usr/share/doc/${from}/copyright`, await packages.copyright(from));
  return tree;
}

/** Shim starts the grubx64.efi that lies beside it. Track 24 keeps both under EFI/ubuntu as well, where boot entries point. */
const SEED_CONTENT: Record<Track, { source: string; target: string }[]> = {
  '22': [
    { source: 'grubx64.efi', target: 'EFI/boot/grubx64.efi' },
    { source: 'shim.efi.signed', target: 'EFI/boot/bootx64.efi' },
  ],
  '24': [
    { source: 'grubx64.efi', target: 'EFI/ubuntu/grubx64.efi' },
    { source: 'shim.efi.signed', target: 'EFI/ubuntu/shimx64.efi' },
    { source: 'grubx64.efi', target: 'EFI/boot/grubx64.efi' },
    { source: 'shim.efi.signed', target: 'EFI/boot/bootx64.efi' },
  ],
};

export function gadgetYaml(track: Track): string {
  const update = { edition: 1 };
  const structure = [
    { name: 'mbr', type: 'mbr', size: '440', update, content: [{ image: 'mbr.img' }] },
    { name: 'BIOS Boot', type: BIOS_BOOT, size: '1M', offset: '1M' },
    { name: 'ubuntu-seed', role: 'system-seed', filesystem: 'vfat', type: ESP, size: '1200M', update, content: SEED_CONTENT[track] },
    { name: 'ubuntu-boot', role: 'system-boot', filesystem: 'ext4', type: LINUX, size: '750M', update },
    { name: 'ubuntu-save', role: 'system-save', filesystem: 'ext4', type: LINUX, size: '32M', 'min-size': '16M' },
    { name: 'ubuntu-data', role: 'system-data', filesystem: 'ext4', type: LINUX, size: '1G' },
  ];
  return stringify({ volumes: { pc: { schema: 'gpt', bootloader: 'grub', structure } } }, { aliasDuplicateObjects: false });
}
