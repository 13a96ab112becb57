import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { osRelease } from './base';
import { makeInitrd } from './initrd';
import { makeKernelImage } from './kernel-image';
import type { PackageRoot } from './packages';
import { writePadding } from './padding';
import { snapVersion, snapYaml } from './snap-yaml';
import { snapdInfo } from './snapd';
import { Tree } from './tree';

/** The tree of `pc-kernel`: Debian's cloud kernel with the demo initrd as one EFI program, as GRUB starts it from the snap. */
export async function makeKernelTree(packages: PackageRoot, workDir: string, paddingMiB: number): Promise<Tree> {
  const parts = join(workDir, 'kernel-parts');
  await mkdir(parts);
  const name = packages.set.kernel;
  const release = name.replace('linux-image-', '');
  const initrd = join(parts, 'initrd.gz');
  await writeFile(initrd, await makeInitrd(packages, release, parts));
  const linux = await packages.find(`boot/vmlinuz-${release}`, `usr/lib/modules/${release}/vmlinuz`);

  const tree = new Tree(join(workDir, 'pc-kernel'));
  await tree.file('kernel.efi', await makeKernelImage(packages, { osRelease: osRelease('24'), commandLine: packages.machine.kernelArguments, linux, initrd }, parts));
  await tree.file('meta/snap.yaml', snapYaml('pc-kernel', snapVersion(packages.versionOf(name)), packages.architecture, { type: 'kernel' }));
  await tree.file('meta/kernel.yaml', '{}\n');
  // An image tool reads here which snapd the initrd was made with.
  await tree.file('snapd-info', await readFile(await snapdInfo(packages)));
  for (const from of [name, 'systemd-boot-efi', 'busybox-static']) await tree.file(`usr/share/doc/${from}/copyright`, await packages.copyright(from));
  if (paddingMiB > 0) await writePadding(join(tree.root, 'padding.bin'), paddingMiB, 'pc-kernel', packages.signal);
  return tree;
}
