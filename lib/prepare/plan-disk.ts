import { createHash } from 'node:crypto';
import { utf8 } from '../bytes';
import { lockSeed } from '../build/lock';
import type { ImagePlan } from '../image/plan';
import { planImage, type PlannedPartition } from '../image/plan-image';
import { isFile } from '../seed/tree';
import type { LaidOutGadget } from './lay-out-gadget';
import type { PlannedSeed } from './plan-seed-tree';
import { count, inMegabytes, type Teller } from './teller';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

export type PlannedDisk = { volume: string; plan: ImagePlan & { partitions: PlannedPartition[] } };

/** The whole disk as a list of segments: partition table, file systems, and ranges of the snaps. Nothing is read or written. */
export function planDisk({ layout, trees, images, seed }: LaidOutGadget, { tree, lock }: PlannedSeed, teller: Teller): PlannedDisk[] {
  const image = planImage({
    layout,
    trees: new Map(trees).set(seed.yamlIndex, tree.filter(isFile)),
    images,
    identifiers: { root: sha256(utf8(lockSeed(lock))), sha256 },
    epoch: lock.epoch,
    sectorBytes: lock.sectorSize,
  });
  const table = image.partitions.map((p) => `${p.number} ${p.name} ${inMegabytes(p.sizeBytes)}`).join(', ');
  teller.say(`A disk of ${image.sizeBytes} bytes with ${count(image.partitions.length, 'partition')}: ${table}.`);
  return [{ volume: layout.volume.name, plan: image }];
}
