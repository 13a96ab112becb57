import { createHash } from 'node:crypto';
import { utf8 } from '../bytes';
import { lockSeed } from '../build/lock';
import { AppError } from '../errors';
import { hasModes } from '../gadget/gadget';
import type { ImagePlan } from '../image/plan';
import { planImage, type PlannedPartition } from '../image/plan-image';
import type { LaidOutGadget, LaidOutVolume } from './lay-out-gadget';
import type { PlannedSeed } from './plan-seed-tree';
import { count, inMegabytes, type Teller } from './teller';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

export type PlannedDisk = { volume: string; plan: ImagePlan & { partitions: PlannedPartition[] } };

/** Each disk as a list of segments: partition table, file systems, and ranges of the snaps. Nothing is read or written. */
export function planDisks({ rules, volumes }: LaidOutGadget, seed: PlannedSeed, teller: Teller): PlannedDisk[] {
  if (!hasModes(rules)) throw new AppError('model-not-supported', 'Disks of Ubuntu Core 16 and 18 are not made yet; their seed is ("imprint image seed").');
  const { lock } = seed;
  const sizes = sizesOf(volumes.map(({ layout }) => layout.volume.name), lock.imageSizes);
  const disks = volumes.map(({ layout, trees, images }): PlannedDisk => {
    const plan = planImage({ layout, imageBytes: sizes.get(layout.volume.name), ...withSeed({ layout, trees, images }, seed), identifiers: { root: sha256(utf8(lockSeed(lock))), sha256 }, epoch: lock.epoch, sectorBytes: lock.sectorSize });
    return { volume: layout.volume.name, plan };
  });
  const tableOf = ({ plan }: PlannedDisk) => plan.partitions.map((p) => `${p.number} ${p.name} ${inMegabytes(p.sizeBytes)}`).join(', ');
  teller.say(disks.map((disk) => `A disk of ${disk.plan.sizeBytes} bytes with ${count(disk.plan.partitions.length, 'partition')}: ${tableOf(disk)}.`).join(' '));
  return disks;
}

/** Sizes are asked for by the name of the volume, or without one where there is but one. Throws AppError `image-size-volume`. */
function sizesOf(names: string[], asked: Record<string, number>): Map<string, number> {
  return new Map(
    Object.entries(asked).map(([name, bytes]) => {
      const volume = name === '' && names.length === 1 ? names[0] : names.find((each) => each === name);
      if (volume === undefined) throw new AppError('image-size-volume', `A size is asked for ${name === '' ? 'no volume in particular' : `the volume ${name}`}, and the gadget has ${names.join(', ')}.`);
      return [volume, bytes] as const;
    }),
  );
}

/** The volume's content with what snapd prepares put where it belongs. */
function withSeed({ layout, trees, images }: LaidOutVolume, { tree, bootState }: PlannedSeed) {
  const seed = layout.structures.find((s) => s.role === 'system-seed');
  const state = layout.structures.find((s) => s.role === 'system-boot-state');
  const files = new Map(trees);
  if (seed) files.set(seed.yamlIndex, tree);
  return { trees: files, images: state && bootState ? new Map(images).set(state.yamlIndex, [{ offsetBytes: 0, bytes: bootState }]) : images };
}
