import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageRoot } from './packages';
import { snapVersion, snapYaml } from './snap-yaml';
import { Tree } from './tree';

/** The file that says `VERSION=` for the seeded snapd and, copied into the kernel snap, for its initrd. */
export const snapdInfo = (packages: PackageRoot): Promise<string> => packages.find('usr/lib/snapd/info');

/** The tree of `snapd`: the programs of Debian's package, never run here. */
export async function makeSnapdTree(packages: PackageRoot, workDir: string): Promise<Tree> {
  const tree = new Tree(join(workDir, 'snapd'));
  const version = /^VERSION=(.+)$/m.exec(await readFile(await snapdInfo(packages), 'utf8'))?.[1] ?? packages.versionOf('snapd');
  await tree.file('meta/snap.yaml', snapYaml('snapd', snapVersion(version), packages.architecture, { type: 'snapd' }));
  await tree.copy(await packages.find('usr/bin/snap'), 'usr/bin/snap');
  await tree.link('usr/bin/snapctl', '../lib/snapd/snapctl');
  await tree.copyFolder(await packages.find('usr/lib/snapd'), 'usr/lib/snapd');
  await tree.file('usr/share/doc/snapd/copyright', await packages.copyright('snapd'));
  return tree;
}
