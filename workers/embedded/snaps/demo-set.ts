import { makeAppTree } from './app';
import type { Architecture } from './architecture';
import { makeBaseTree } from './base';
import { makeGadgetTree } from './gadget';
import { makeKernelTree } from './kernel';
import type { PackageRoot } from './packages';
import type { DemoSnapName, Padding } from './recipe';
import { makeSnapdTree } from './snapd';
import type { Compression } from './squash';
import type { Tree } from './tree';

export type Release = { channel: string; architecture: string; revision: number };

/** One revision of one snap: what it is called, where it is released, and how its contents are made. */
export type SetEntry = {
  fileName: string;
  name: DemoSnapName;
  releases: Release[];
  compression: Compression;
  /** Which padding it gets, if any. A padded snap is packed fast: its bytes do not compress. */
  paddedBy?: keyof Padding;
  makeTree: (packages: PackageRoot, workDir: string, padding: Padding) => Promise<Tree>;
};

type Recipe = Omit<SetEntry, 'fileName' | 'releases'> & { revision: number; channels: string[] };

const RECIPES: Recipe[] = [
  { name: 'snapd', revision: 1, channels: ['latest/stable'], compression: 'gzip', makeTree: makeSnapdTree },
  { name: 'pc-kernel', revision: 1, channels: ['22/stable', '24/stable'], compression: 'gzip', paddedBy: 'kernelMiB', makeTree: (packages, dir, padding) => makeKernelTree(packages, dir, padding.kernelMiB) },
  { name: 'core22', revision: 1, channels: ['latest/stable'], compression: 'gzip', paddedBy: 'baseMiB', makeTree: (packages, dir, padding) => makeBaseTree(packages, '22', dir, padding.baseMiB) },
  { name: 'core24', revision: 1, channels: ['latest/stable'], compression: 'gzip', paddedBy: 'baseMiB', makeTree: (packages, dir, padding) => makeBaseTree(packages, '24', dir, padding.baseMiB) },
  { name: 'pc', revision: 1, channels: ['22/stable'], compression: 'gzip', makeTree: (packages, dir) => makeGadgetTree(packages, '22', dir) },
  { name: 'pc', revision: 2, channels: ['24/stable'], compression: 'gzip', makeTree: (packages, dir) => makeGadgetTree(packages, '24', dir) },
  { name: 'hello-imprint', revision: 1, channels: ['22/stable'], compression: 'gzip', makeTree: (packages, dir) => makeAppTree(packages, '22', dir) },
  { name: 'hello-imprint', revision: 2, channels: ['latest/stable'], compression: 'gzip', makeTree: (packages, dir) => makeAppTree(packages, '24', dir) },
];

/** A store counts the revisions of a snap across all machines. */
const REVISIONS_BEFORE: Record<Architecture, number> = { amd64: 0, arm64: 100 };

export const demoSet = (architecture: Architecture): SetEntry[] =>
  RECIPES.map(({ revision: own, channels, ...entry }) => {
    const revision = REVISIONS_BEFORE[architecture] + own;
    return { ...entry, fileName: `${entry.name}_${revision}.snap`, releases: channels.map((channel) => ({ channel, architecture, revision })) };
  });
