import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readModules } from './modules';
import type { PackageRoot } from './packages';
import { FIXED_TIME } from './recipe';
import { run } from './run';
import { Tree } from './tree';

/**
 * The initrd of the demo kernel: busybox, modules and `init.sh`. All files lie at the top: the archive records a
 * folder's link count, which differs between file systems, so it holds no folders.
 */
export async function makeInitrd(packages: PackageRoot, release: string, workDir: string): Promise<Uint8Array> {
  const tree = new Tree(join(workDir, 'initrd'));
  await mkdir(tree.root);
  const modules = await readModules(packages, release);
  for (const { name, bytes } of modules) await tree.file(name, bytes);
  await tree.file('modules', modules.map(({ name }) => `${name}\n`).join(''));
  await tree.copy(await packages.find('usr/bin/busybox', 'bin/busybox'), 'busybox');
  await tree.program('init', await readFile(join(import.meta.dirname, 'init.sh')));
  await tree.settle(FIXED_TIME);

  const names = (await readdir(tree.root)).sort();
  const archive = join(workDir, 'initrd.cpio');
  await packages.tool('cpio', ['--quiet', '-o', '-H', 'newc', '--reproducible', '-R', '0:0', '-O', archive], { cwd: tree.root, input: names.map((name) => `${name}\n`).join('') });
  return run('gzip', ['-9nc', archive], { signal: packages.signal });
}
