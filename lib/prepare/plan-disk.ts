import { createHash } from 'node:crypto';
import { utf8 } from '../bytes';
import { lockSeed } from '../build/lock';
import { AppError } from '../errors';
import { isMadeOnDevice } from '../gadget/content-plan';
import { hasModes, type GadgetErrorCode } from '../gadget/gadget';
import { assertDisk } from '../gadget/layout';
import { ext4BlockBytes } from '../image/ext4-room';
import { deriveGuid, type IdentifierSource } from '../image/identifiers';
import type { ImagePlan, Segment } from '../image/plan';
import { planImage, type PlannedPartition } from '../image/plan-image';
import { assertHolds } from '../image/room';
import { fitSystemData, leastSystemData, usedBytes } from '../image/system-data';
import { crcOf } from './block-map';
import { openerOf, type ContentStore } from './content-store';
import type { FilePaths } from './fetch-snaps';
import type { LaidOutGadget, LaidOutVolume } from './lay-out-gadget';
import { planExt4 } from './make-ext4';
import { placeSeed, systemDataTree } from './place-seed';
import type { PlannedSeed } from './plan-seed-tree';
import { count, inMegabytes, type Teller } from './teller';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

export type PlannedDisk = { volume: string; plan: ImagePlan & { partitions: PlannedPartition[] } };

export type DiskMeans = { /** Where each snap is, by its digest. */ paths: FilePaths; /** Where the other large files are. */ store: ContentStore; /** See `PrepareInput`. */ scratch: string | undefined };

/** Each disk as a list of segments: partition table, file systems, and ranges of the snaps; that of the system first. Only ext4, which a tool makes, is written for a moment. Throws AppError. */
export async function planDisks(gadget: LaidOutGadget, seed: PlannedSeed, means: DiskMeans, teller: Teller): Promise<PlannedDisk[]> {
  const { lock } = seed;
  const { rules } = gadget;
  const sizes = sizesOf(gadget.volumes.map(({ layout }) => layout.volume.name), lock.imageSizes);
  const identifiers = { root: sha256(utf8(lockSeed(lock))), sha256 };
  const disks: PlannedDisk[] = [];
  for (const laidOut of gadget.volumes) {
    const imageBytes = sizes.get(laidOut.layout.volume.name);
    const volume = hasModes(rules) ? laidOut : withSystemData(laidOut, gadget, seed, imageBytes);
    const content = placeSeed(volume, seed, rules);
    const fileSystems = await makeFileSystems({ ...volume, ...content }, gadget, seed, identifiers, means, teller);
    const plan = planImage({ layout: volume.layout, rules, ...content, fileSystems, imageBytes, identifiers, epoch: lock.epoch, sectorBytes: lock.sectorSize, profile: lock.sizeProfile });
    disks.push({ volume: volume.layout.volume.name, plan: { ...plan, segments: await checksumCuts(plan.segments, content, means, teller.signal) } });
  }
  const tableOf = ({ plan }: PlannedDisk) => plan.partitions.map((p) => `${p.number} ${p.name} ${inMegabytes(p.sizeBytes)}`).join(', ');
  disks.sort((a, b) => Number(holdsSystem(b)) - Number(holdsSystem(a)));
  teller.say(disks.map((disk) => `A disk of ${disk.plan.sizeBytes} bytes with ${count(disk.plan.partitions.length, 'partition')}: ${tableOf(disk)}.`).join(' '));
  return disks;
}

/** Whether the snaps lie there, from which a device starts: a volume that only names the boot loader may be another. */
const holdsSystem = ({ plan }: PlannedDisk): boolean => plan.partitions.some(({ role }) => role === 'system-seed' || role === 'system-data');

/** What is left of a file into which an offset-write was written has no checksum yet; that of a whole snap is found where it is known. */
async function checksumCuts(segments: readonly Segment[], { trees, images }: Pick<LaidOutVolume, 'trees' | 'images'>, { paths, store }: DiskMeans, signal: AbortSignal): Promise<Segment[]> {
  const contents = [...[...trees.values()].flat(), ...[...images.values()].flat()].map(({ content }) => content);
  const whole = new Map(contents.flatMap((content) => (content.kind === 'blob' ? [[content.sha3_384, content.sizeBytes] as const] : [])));
  const known: Segment[] = [];
  for (const s of segments) known.push(s.kind !== 'blob' || s.crc32 !== undefined || s.length === whole.get(s.sha3_384) ? s : { ...s, crc32: await crcOf(s, openerOf(paths, store), signal) });
  return known;
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

/** The volume of UC16 or UC18 with room for all that is seeded, if it is the one that has it. Throws AppError `gadget-role-invalid`, or as `assertDisk`. */
function withSystemData(laidOut: LaidOutVolume, { gadget, volumes }: LaidOutGadget, { tree, lock }: PlannedSeed, imageBytes: number | undefined): LaidOutVolume {
  const mayAdd = gadget.volumes.length === 1;
  if (!mayAdd && !volumes.some(({ layout }) => layout.structures.some(({ role }) => role === 'system-data'))) {
    throw new AppError<GadgetErrorCode>('gadget-role-invalid', 'No structure of the gadget has the role system-data, and with several volumes none is implied: there is no place for the snaps.');
  }
  const layout = fitSystemData(laidOut.layout, { leastBytes: leastSystemData(usedBytes(systemDataTree(tree)), lock.sectorSize), sectorBytes: lock.sectorSize, imageBytes, mayAdd });
  assertDisk(layout, lock.sectorSize);
  return { ...laidOut, layout };
}

async function makeFileSystems({ layout, trees }: LaidOutVolume, { rules }: LaidOutGadget, { lock }: PlannedSeed, identifiers: IdentifierSource, { paths, store, scratch }: DiskMeans, teller: Teller): Promise<Map<number, Segment[]>> {
  const made = new Map<number, Segment[]>();
  for (const s of layout.structures.filter((each) => each.filesystem === 'ext4' && !isMadeOnDevice(each, rules))) {
    const tree = trees.get(s.yamlIndex) ?? [];
    assertHolds(tree, s, lock.sectorSize);
    const blockBytes = ext4BlockBytes(s.sizeBytes, lock.sectorSize);
    const uuid = deriveGuid(identifiers, `fs/${layout.volume.name}/${s.yamlIndex}`).toLowerCase();
    made.set(s.yamlIndex, await planExt4({ tree, paths, store, sizeBytes: s.sizeBytes, label: s.label, uuid, epoch: lock.epoch, blockBytes }, scratch, teller.signal));
    teller.log(`made the ext4 file system ${s.label || s.name} of ${inMegabytes(s.sizeBytes)}`);
  }
  return made;
}
