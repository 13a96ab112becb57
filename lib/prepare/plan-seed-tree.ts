import { createHash } from 'node:crypto';
import type { Assertion } from '../assertion/assertion';
import { encodeAssertion } from '../assertion/encode';
import { LOCK_FORMAT, type BuildLock } from '../build/lock';
import { bootWithGrub } from '../seed/boot/grub';
import { chooseLabel, epochOf } from '../seed/label';
import { mergeSeed, planSeed, seedSnapPath } from '../seed/plan-seed';
import type { TreeEntry } from '../seed/tree';
import type { LaidOutGadget } from './lay-out-gadget';
import type { ImageOptions } from './options';
import { count, type Teller } from './teller';
import type { VerifiedModel } from './verify-model';
import type { VerifiedSnaps } from './verify-snaps';

export type PlannedSeed = { tree: TreeEntry[]; lock: BuildLock };

const sha3 = (bytes: Uint8Array): string => createHash('sha3-384').update(bytes).digest('hex');

type Options = Pick<ImageOptions, 'label' | 'epoch' | 'bootFlags' | 'sectorBytes' | 'profile' | 'imageSizes'>;

/** What stands on the seed partition, and with it the lock: from here on the image is the same wherever it is made. Throws AppError with a SeedErrorCode. */
export function planSeedTree(verified: VerifiedModel, snaps: VerifiedSnaps, gadget: LaidOutGadget, options: Options, teller: Teller): PlannedSeed {
  const { assertion: model, chain, extraAssertions } = verified;
  const all = [...snaps.fromModel, ...snaps.extras];
  const assertions = [...new Set([model, ...chain, ...extraAssertions, ...all.flatMap((snap) => snap.assertions)])];
  const epoch = options.epoch ?? epochOf(assertions);
  const label = options.label ?? chooseLabel(epoch);
  const seed = planSeed({ model, modelChain: chain, extraAssertions, fromModel: snaps.fromModel, extras: snaps.extras, label });
  const kernel = all.find(({ found }) => found.facts.type === 'kernel')!;
  const boot = bootWithGrub({ architecture: verified.model.architecture, label, kernelPath: seedSnapPath(kernel, label), kernelArguments: gadget.kernelArguments, bootFlags: options.bootFlags });
  const tree = mergeSeed(gadget.trees.get(gadget.seed.yamlIndex) ?? [], boot, seed);
  const lock = makeLock(verified, snaps, { epoch, label, options, assertions });
  teller.say(`Recovery system ${label}: ${count(tree.length, 'file')}, ${count(lock.assertions.length, 'assertion')}.`);
  return { tree, lock };
}

function makeLock({ assertion, model, validationSets, extraAssertions }: VerifiedModel, { fromModel, extras }: VerifiedSnaps, { epoch, label, options, assertions }: { epoch: number; label: string; options: Options; assertions: Assertion[] }): BuildLock {
  const locked = assertions.map((a) => ({ type: a.type, primaryKey: a.primaryKey, revision: a.revision, sha3_384: sha3(encodeAssertion(a)) }));
  return {
    format: LOCK_FORMAT,
    model: { brandId: model.brandId, model: model.name, revision: model.revision, sha3_384: sha3(encodeAssertion(assertion)) },
    label,
    epoch,
    sectorSize: options.sectorBytes,
    sizeProfile: options.profile,
    imageSizes: Object.fromEntries(options.imageSizes),
    bootFlags: [...options.bootFlags],
    snaps: [...fromModel, ...extras].map(({ found, modelSnap, channel, auxInfo }) => ({
      name: found.name,
      ...(found.snapId !== undefined && { snapId: found.snapId }),
      type: found.facts.type,
      revision: found.revision,
      sha3_384: found.sha3_384,
      sizeBytes: found.sizeBytes,
      channel,
      inModel: modelSnap !== undefined,
      auxInfo,
      components: found.components.map(({ name, revision, sha3_384, sizeBytes }) => ({ name, revision, sha3_384, sizeBytes })),
    })),
    validationSets: validationSets.map(({ headers }) => ({ accountId: String(headers['account-id']), name: String(headers['name']), sequence: Number(headers['sequence']) })),
    assertions: locked.filter((a, i) => locked.findIndex((b) => b.sha3_384 === a.sha3_384) === i),
    extraAssertions: extraAssertions.map((a) => sha3(encodeAssertion(a))),
  };
}
