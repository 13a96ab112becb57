import { createHash } from 'node:crypto';
import { utf8 } from '@/lib/bytes';
import { lockSeed } from '@/lib/build/lock';
import { planImage } from '@/lib/image/plan-image';
import type { ImagePlan } from '@/lib/image/plan';
import type { StageRun } from '../run';
import { count, inMegabytes } from '../words';
import type { LaidOutGadget } from './lay-out-gadget';
import type { PlannedSeed } from './plan-seed';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** The whole disk as a list of segments: partition table, file systems, and ranges of the cached snaps. Nothing is read or written. */
export async function planDisk(stage: StageRun, { layout, trees, images, seed }: LaidOutGadget, { plan, lock }: PlannedSeed): Promise<ImagePlan> {
  const image = planImage({
    layout,
    trees: new Map(trees).set(seed.yamlIndex, plan.files),
    images,
    identifiers: { root: sha256(utf8(lockSeed(lock))), sha256 },
    epoch: lock.epoch,
    sectorBytes: lock.sectorSize,
  });
  const table = image.partitions.map((p) => `${p.number} ${p.name} ${inMegabytes(p.sizeBytes)}`).join(', ');
  stage.say(`A disk of ${image.sizeBytes} bytes with ${count(image.partitions.length, 'partition')}: ${table}.`);
  return image;
}
