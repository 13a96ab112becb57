import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openApt } from './apt';
import { beginSet, findSet, keepSet } from './cache';
import { DEMO_SET } from './demo-set';
import type { Release } from './demo-set';
import { choosePackages, unpackPackages } from './packages';
import type { PackageRoot } from './packages';
import { assertPlatform } from './platform';
import { PUBLISHER, SNAP_IDS, TITLES } from './recipe';
import type { Padding } from './recipe';
import { squashTree } from './squash';

/** One revision of a snap, ready to be put into a store. */
export type DemoSnap = { file: string; name: string; snapId: string; title: string; summary: string; publisherId: string; releases: Release[] };

export type MakeOptions = {
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
 * The bootable amd64 demo snaps, from the cache or made out of Debian packages: no root needed, nothing installed.
 * The same package versions give the same bytes. Throws AppError with a `DemoSnapsErrorCode`.
 */
export async function makeDemoSnaps({ cacheDir, workDir, padding = { kernelMiB: 0, baseMiB: 0 }, onProgress = () => undefined, signal }: MakeOptions): Promise<DemoSnap[]> {
  const cached = await findSet(cacheDir, padding);
  if (cached) return describeSet(cached);
  await assertPlatform(signal);
  await mkdir(workDir, { recursive: true });
  const scratch = await mkdtemp(join(workDir, 'demo-snaps-'));
  const making = await beginSet(cacheDir);
  try {
    onProgress('Reading the package lists of this machine.');
    const apt = await openApt(join(scratch, 'apt'), signal);
    const set = await choosePackages(apt);
    onProgress(`Downloading and unpacking ${set.packages.length} Debian packages, ${set.kernel} among them; nothing is installed.`);
    const packages = await unpackPackages(apt, set);
    await packSnaps(packages, scratch, making, padding, onProgress);
    return describeSet(await keepSet(cacheDir, making, set.packages, padding));
  } finally {
    await rm(making, { recursive: true, force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}

async function packSnaps(packages: PackageRoot, scratch: string, into: string, padding: Padding, onProgress: (sentence: string) => void): Promise<void> {
  for (const [index, { fileName, compression, paddedBy, makeTree }] of DEMO_SET.entries()) {
    onProgress(`Making ${fileName} (${index + 1} of ${DEMO_SET.length}).`);
    const tree = await makeTree(packages, scratch, padding);
    await squashTree(packages, tree, join(into, fileName), paddedBy && padding[paddedBy] > 0 ? 'lzo-fast' : compression);
    await rm(tree.root, { recursive: true });
  }
}

const describeSet = (folder: string): DemoSnap[] =>
  DEMO_SET.map(({ fileName, name, releases }) => ({ file: join(folder, fileName), name, snapId: SNAP_IDS[name], ...TITLES[name], publisherId: PUBLISHER, releases }));
