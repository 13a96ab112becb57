import { AppError } from '../errors';
import type { Model } from '../model/model';
import { chooseSnaps, type ChosenSnaps, type SnapOption, type SnapToDownload } from '../seed/choose-snaps';
import type { FoundSnap, SnapFacts } from '../seed/seed-snap';
import { ValidationSets, type SnapWish } from '../seed/validation-sets';
import type { SnapInfo } from '../snap/snap-yaml';
import type { Warning } from '../warnings';
import type { BuildLock } from '../build/lock';
import type { ImageOptions } from './options';
import type { OfferedSnap, SnapSource, Wanted } from './source';
import { count, inMegabytes, warn, type Teller } from './teller';
import type { VerifiedModel } from './verify-model';

export type ResolvedSnaps = ChosenSnaps<SnapFacts> & { /** What the source said, by the snap's digest. */ offers: ReadonlyMap<string, OfferedSnap>; warnings: Warning[] };

export type ResolveInput = {
  verified: VerifiedModel;
  options: Pick<ImageOptions, 'channel' | 'revisions' | 'validation'>;
  snapOptions: readonly SnapOption<SnapInfo>[];
  source: SnapSource;
  /** Of an earlier build, which is to be made again. */
  lock: BuildLock | undefined;
};

/** Which snaps, in seed order, and where they come from; nothing is fetched yet. Throws AppError. */
export async function resolveSnaps({ verified, options, snapOptions, source, lock }: ResolveInput, teller: Teller): Promise<ResolvedSnaps> {
  const { model, validationSets } = verified;
  const sets = new ValidationSets(validationSets);
  const clash = sets.conflicts();
  if (clash.length > 0) throw new AppError('valset-conflict', clash.map((p) => p.message).join(' '), { problems: clash });

  const offers = new Map<string, OfferedSnap>();
  const warnings: Warning[] = [];
  const device = { architecture: model.architecture, storeId: model.store || undefined };
  const download = async (batch: readonly SnapToDownload[]): Promise<FoundSnap[]> => {
    const wanted = batch.map((snap): Wanted => {
      const wish = sets.wishFor(snap);
      const validation = { sets: wish?.sets ?? [], isEnforced: options.validation === 'enforce' };
      return { ...snap, revision: revisionFor(snap.name, wish, options, lock), validation };
    });
    const answers = await source.find(wanted, device, teller.signal);
    return answers.map((answer, i) => {
      assertLocked(answer, batch[i]!, lock);
      offers.set(answer.sha3_384, answer);
      return found(answer, lock);
    });
  };
  // A lock speaks of channels too: what it recorded is recorded again.
  const chosen = await chooseSnaps<SnapFacts>({ model, channel: options.channel, options: snapOptions, download, warn: (warning) => warnings.push(warning) });
  const all = [...chosen.fromModel, ...chosen.extras];
  for (const { found: snap, channel, local } of all) teller.log(`${snap.name} ${local ? 'from a file' : `(revision ${snap.revision}) from ${channel}`}, ${inMegabytes(snap.sizeBytes)}`);
  for (const name of leftOut(model, chosen)) teller.log(`${name} is optional and is left out`);
  const total = all.reduce((sum, { found: snap }) => sum + snap.sizeBytes, 0);
  warn(teller, warnings);
  teller.say(`${count(all.length, 'snap')}, ${inMegabytes(total)}${lock ? ', those of the lock' : ''}.`);
  return { ...chosen, offers, warnings };
}

function revisionFor(
  name: string,
  wish: SnapWish | undefined,
  options: ResolveInput['options'],
  lock: BuildLock | undefined,
): number | undefined {
  const pinned = lock?.snaps.find((each) => each.name === name)?.revision;
  const asked = pinned !== undefined && pinned > 0 ? pinned : options.revisions.get(name);
  if (!wish) return asked;
  const sets = wish.names.join(', ');
  if (wish.isInvalid) {
    const advice = 'Take it out of the model, or ask for another sequence of the set.';
    throw new AppError('valset-unmet', `The snap ${name} is forbidden by ${sets}. ${advice}`);
  }
  if (wish.revision === 0) return asked;
  if (asked !== undefined && asked !== wish.revision) {
    const both = `Revision ${asked} of ${name} is asked for, and ${sets} wants ${wish.revision}.`;
    throw new AppError('valset-unmet', both);
  }
  return wish.revision;
}

function assertLocked(answer: OfferedSnap, snap: SnapToDownload, lock: BuildLock | undefined): void {
  const locked = lock?.snaps.find((each) => each.name === snap.name);
  if (!lock) return;
  if (!locked) throw new AppError('lock-differs', `The lock has no snap ${snap.name}, which this image would have. It was made for other options or another model.`);
  if (locked.sha3_384 !== answer.sha3_384) throw new AppError('snap-digest', `Revision ${answer.revision} of ${snap.name} has other bytes now than the lock says. Build anew, without the lock.`);
}

function found(answer: OfferedSnap, lock: BuildLock | undefined): FoundSnap {
  const locked = lock?.snaps.find((each) => each.name === answer.name);
  const { name, snapId, revision, sha3_384, sizeBytes, facts, components } = answer;
  return { name, snapId, revision, sha3_384, sizeBytes, facts, redirectChannel: locked?.channel ?? answer.redirectChannel, components };
}

const leftOut = (model: Model, { fromModel }: ChosenSnaps<SnapFacts>): string[] => model.snaps.filter((snap) => snap.presence === 'optional' && !fromModel.some(({ modelSnap }) => modelSnap === snap)).map(({ name }) => name);
