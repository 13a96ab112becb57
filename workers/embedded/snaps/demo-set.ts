import { makeAppTree } from './app';
import { makeBaseTree } from './base';
import { makeGadgetTree } from './gadget';
import { makeKernelTree } from './kernel';
import type { PackageRoot } from './packages';
import { ARCHITECTURE } from './recipe';
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

const release = (revision: number, ...channels: string[]): Release[] => channels.map((channel) => ({ channel, architecture: ARCHITECTURE, revision }));

export const DEMO_SET: SetEntry[] = [
  { fileName: 'snapd_1.snap', name: 'snapd', releases: release(1, 'latest/stable'), compression: 'gzip', makeTree: makeSnapdTree },
  { fileName: 'pc-kernel_1.snap', name: 'pc-kernel', releases: release(1, '22/stable', '24/stable'), compression: 'lzo', paddedBy: 'kernelMiB', makeTree: (packages, dir, padding) => makeKernelTree(packages, dir, padding.kernelMiB) },
  { fileName: 'core22_1.snap', name: 'core22', releases: release(1, 'latest/stable'), compression: 'gzip', paddedBy: 'baseMiB', makeTree: (packages, dir, padding) => makeBaseTree(packages, '22', dir, padding.baseMiB) },
  { fileName: 'core24_1.snap', name: 'core24', releases: release(1, 'latest/stable'), compression: 'gzip', paddedBy: 'baseMiB', makeTree: (packages, dir, padding) => makeBaseTree(packages, '24', dir, padding.baseMiB) },
  { fileName: 'pc_1.snap', name: 'pc', releases: release(1, '22/stable'), compression: 'gzip', makeTree: (packages, dir) => makeGadgetTree(packages, '22', dir) },
  { fileName: 'pc_2.snap', name: 'pc', releases: release(2, '24/stable'), compression: 'gzip', makeTree: (packages, dir) => makeGadgetTree(packages, '24', dir) },
  { fileName: 'hello-imprint_1.snap', name: 'hello-imprint', releases: release(1, '22/stable'), compression: 'gzip', makeTree: (_packages, dir) => makeAppTree('22', dir) },
  { fileName: 'hello-imprint_2.snap', name: 'hello-imprint', releases: release(2, 'latest/stable'), compression: 'gzip', makeTree: (_packages, dir) => makeAppTree('24', dir) },
];
