import { AppError } from '@/lib/errors';
import { fullChannel } from '@/lib/snap/channel';
import type { ModelSnap } from '@/lib/model/model';
import type { ResolvedSnap, SnapWanted } from '@/lib/snapstore/snap-store';
import type { BuildRun, StageRun } from '../run';
import { inMegabytes } from '../words';
import type { VerifiedModel } from './verify-model';

/** A snap of the model and what the store gives for it. */
export type WantedSnap = { wanted: ModelSnap; resolved: ResolvedSnap };

/** Room for an image's own bytes: partition tables, FAT and GRUB's files. Snaps are kept once, by fetching them. */
const SPARE_BYTES = 64 * 2 ** 20;

/** Asks the store once for all snaps, in seed order. An earlier attempt's lock is followed: the same build stays the same, whatever was released meanwhile. */
export async function resolveSnaps(run: BuildRun, stage: StageRun, { model }: VerifiedModel): Promise<WantedSnap[]> {
  const { services, taken } = run;
  const listed = model.snaps.filter((snap) => snap.presence === 'required');
  const left = model.snaps.filter((snap) => snap.presence === 'optional');
  const wanted = listed.map((snap): SnapWanted => {
    const locked = taken.lock?.snaps.find((each) => each.name === snap.name);
    const known = snap.snapId === undefined ? {} : { snapId: snap.snapId };
    return locked ? { name: snap.name, ...known, revision: locked.revision } : { name: snap.name, ...known, channel: fullChannel(snap.defaultChannel) ?? snap.defaultChannel };
  });
  const answers = await services.store.resolve(wanted, { architecture: model.architecture, ...(model.store ? { storeId: model.store } : {}), signal: stage.signal });
  const snaps = listed.map((snap, i): WantedSnap => ({ wanted: snap, resolved: follow(snap, answers[i]!, run) }));

  for (const { wanted: snap, resolved } of snaps) stage.log(`${snap.name} ${resolved.version} (revision ${resolved.revision}) from ${resolved.channel}, ${inMegabytes(resolved.sizeBytes)}, by ${resolved.publisher.displayName}`);
  for (const snap of left) stage.log(`${snap.name} is optional and is left out`);
  await assertRoom(run, snaps);
  const total = snaps.reduce((sum, { resolved }) => sum + resolved.sizeBytes, 0);
  stage.say(`${snaps.length} snaps, ${inMegabytes(total)}${taken.lock ? ', the same revisions as in the first attempt' : ''}.`);
  return snaps;
}

function follow(snap: ModelSnap, answer: ResolvedSnap, { taken }: BuildRun): ResolvedSnap {
  if (snap.snapId !== undefined && answer.snapId !== snap.snapId) {
    throw new AppError('snap-id', `The model gives the snap ${snap.name} the id ${snap.snapId}, but in the store that name has the id ${answer.snapId}. Put the right id into the model and sign it again.`);
  }
  const locked = taken.lock?.snaps.find((each) => each.name === snap.name);
  if (!locked) return answer;
  if (locked.sha3_384 !== answer.sha3_384) throw new AppError('snap-digest', `The store has other bytes for revision ${answer.revision} of ${snap.name} than it had when this build began. Build again.`);
  return { ...answer, channel: locked.channel };
}

async function assertRoom({ services }: BuildRun, snaps: WantedSnap[]): Promise<void> {
  const cached = await Promise.all(snaps.map(({ resolved }) => services.cache.has(resolved.sha3_384, resolved.sizeBytes)));
  const toFetch = snaps.reduce((sum, { resolved }, i) => sum + (cached[i] ? 0 : resolved.sizeBytes), 0);
  const needed = toFetch + SPARE_BYTES;
  const free = await services.blobs.freeBytes();
  if (free === undefined || free >= needed) return;
  throw new AppError('disk-full', `This build needs ${inMegabytes(needed)} of disk, but only ${inMegabytes(free)} are free. Delete old images or give the disk more room, then build again.`, { details: { neededBytes: needed, freeBytes: free } });
}
