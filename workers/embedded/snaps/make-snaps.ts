import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openApt } from './apt';
import type { Architecture } from './architecture';
import { beginSet, findSet, keepSet } from './cache';
import { demoSet } from './demo-set';
import type { Release } from './demo-set';
import { choosePackages, unpackPackages } from './packages';
import type { PackageRoot } from './packages';
import { assertPlatform } from './platform';
import { PUBLISHER, SNAP_IDS, TITLES } from './recipe';
import type { Padding, SetKind } from './recipe';
import { squashTree } from './squash';

/** One revision of a snap, ready to be put into a store. */
export type DemoSnap = { file: string; name: string; snapId: string; title: string; summary: string; publisherId: string; releases: Release[] };

export type MakeOptions = {
  /** amd64 when not given. */
  architecture?: Architecture;
  /** Holds the finished sets; a whole set of the same recipe in it is used as it is, without network. */
  cacheDir: string;
  /** About 250 MB while a set is being made; left as it was. */
  workDir: string;
  /** Makes the set larger, for measurements. */
  padding?: Padding;
  onProgress?: (sentence: string) => void;
  signal?: AbortSignal;
};

/**
 * The bootable demo snaps of one architecture, from the cache or made out of Debian packages: no root needed, nothing installed.
 * The same package versions give the same bytes. Throws AppError with a `DemoSnapsErrorCode`.
 */
export async function makeDemoSnaps({ architecture = 'amd64', cacheDir, workDir, padding = { kernelMiB: 0, baseMiB: 0 }, onProgress = () => undefined, signal }: MakeOptions): Promise<DemoSnap[]> {
  const kind = { architecture, padding };
  const cached = await findSet(cacheDir, kind);
  if (cached) return describeSet(cached, kind);
  await assertPlatform(signal);
  await mkdir(workDir, { recursive: true });
  const scratch = await mkdtemp(join(workDir, 'demo-snaps-'));
  const making = await beginSet(cacheDir);
  try {
    onProgress('Reading the package lists of this machine.');
    const apt = await openApt(join(scratch, 'apt'), architecture, signal);
    const set = await choosePackages(apt, architecture);
    onProgress(`Downloading and unpacking ${set.packages.length} Debian packages, ${set.kernel} among them; nothing is installed.`);
    const packages = await unpackPackages(apt, set);
    await packSnaps(packages, scratch, making, kind, onProgress);
    return describeSet(await keepSet(cacheDir, making, set.packages, kind), kind);
  } finally {
    await rm(making, { recursive: true, force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}

async function packSnaps(packages: PackageRoot, scratch: string, into: string, { architecture, padding }: SetKind, onProgress: (sentence: string) => void): Promise<void> {
  const set = demoSet(architecture);
  for (const [index, { fileName, compression, paddedBy, makeTree }] of set.entries()) {
    onProgress(`Making ${fileName} (${index + 1} of ${set.length}).`);
    const tree = await makeTree(packages, scratch, padding);
    await squashTree(packages, tree, join(into, fileName), paddedBy && padding[paddedBy] > 0 ? 'lzo-fast' : compression);
    await rm(tree.root, { recursive: true });
  }
}

const describeSet = (folder: string, { architecture }: SetKind): DemoSnap[] =>
  demoSet(architecture).map(({ fileName, name, releases }) => ({ file: join(folder, fileName), name, snapId: SNAP_IDS[name], ...TITLES[name], publisherId: PUBLISHER, releases }));
