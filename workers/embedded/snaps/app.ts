import { join } from 'node:path';
import type { Track } from './base';
import type { PackageRoot } from './packages';
import { snapYaml } from './snap-yaml';
import { Tree } from './tree';

const SCRIPT = `#!/bin/sh
echo "Hello from an image made with Imprint."
echo "This is $SNAP_NAME $SNAP_VERSION on $(uname -sr)."
`;

/** The tree of `hello-imprint`: one command in a shell script. */
export async function makeAppTree(packages: PackageRoot, track: Track, workDir: string): Promise<Tree> {
  const tree = new Tree(join(workDir, `hello-imprint-${track}`));
  await tree.program('bin/hello', SCRIPT);
  await tree.file('meta/snap.yaml', snapYaml('hello-imprint', `1.0-${track}`, packages.architecture, { base: `core${track}`, apps: { 'hello-imprint': { command: 'bin/hello' } } }));
  return tree;
}
