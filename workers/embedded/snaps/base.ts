import { join } from 'node:path';
import type { PackageRoot } from './packages';
import { writePadding } from './padding';
import { snapYaml } from './snap-yaml';
import { Tree } from './tree';

export type Track = '22' | '24';

/** Where snapd and the system mount things; a base is read-only, so they must be there. */
const FOLDERS = ['boot', 'dev', 'etc', 'home', 'lib/firmware', 'lib/modules', 'media', 'mnt', 'opt', 'proc', 'root', 'run', 'snap', 'srv', 'sys', 'tmp', 'usr/lib/snapd', 'usr/src', 'var', 'writable'];
const PROGRAMS = ['sh', 'ls', 'cat', 'cp', 'mv', 'rm', 'mkdir', 'mount', 'umount', 'ps', 'grep', 'sed', 'awk', 'uname', 'vi'];

export const osRelease = (track: Track): string =>
  [`NAME="Ubuntu Core"`, `VERSION="${track} (demo)"`, 'ID=ubuntu-core', `PRETTY_NAME="Imprint demo base ${track}, made of Debian packages"`, `VERSION_ID="${track}"`, ''].join('\n');

/** The tree of `core22` or `core24`: busybox and the folders that a system mounts on. */
export async function makeBaseTree(packages: PackageRoot, track: Track, workDir: string, paddingMiB: number): Promise<Tree> {
  const name = `core${track}` as const;
  const tree = new Tree(join(workDir, name));
  await tree.folder(...FOLDERS);
  await tree.copy(await packages.find('usr/bin/busybox', 'bin/busybox'), 'bin/busybox');
  for (const program of PROGRAMS) await tree.link(`bin/${program}`, 'busybox');
  await tree.file('usr/lib/os-release', osRelease(track));
  await tree.link('etc/os-release', '../usr/lib/os-release');
  await tree.file('meta/snap.yaml', snapYaml(name, `${track}-demo`, packages.architecture, { type: 'base' }));
  await tree.file('usr/share/doc/busybox-static/copyright', await packages.copyright('busybox-static'));
  if (paddingMiB > 0) await writePadding(join(tree.root, 'usr/lib/padding.bin'), paddingMiB, name, packages.signal);
  return tree;
}
