import { createHash } from 'node:crypto';
import type { Assertion } from '../assertion/assertion';
import { encodeAssertion } from '../assertion/encode';
import { nanoseconds } from '../assertion/scalars';
import { LOCK_FORMAT, type BuildLock } from '../build/lock';
import { AppError } from '../errors';
import { hasModes } from '../gadget/gadget';
import { bootWithGrub, bootWithGrub16 } from '../seed/boot/grub';
import { bootWithPiboot } from '../seed/boot/piboot';
import { bootWithUboot, bootWithUboot16, bootWithUbootPart, bootWithUbootPart16, type UbootPart } from '../seed/boot/uboot';
import { planImage16 } from '../seed/image16';
import { chooseLabel, epochOf } from '../seed/label';
import { mergeSeed, planSeed, seedSnapPath } from '../seed/plan-seed';
import { warnOfGadget } from '../seed/warn-of-gadget';
import { warnOfTime } from '../seed/warn-of-time';
import { warnOfUsers } from '../seed/warn-of-users';
import { bootFiles16, planSeed16 } from '../seed/seed16';
import type { TreeEntry } from '../seed/tree';
import type { Warning } from '../warnings';
import type { LaidOutGadget } from './lay-out-gadget';
import type { ImageOptions } from './options';
import { count, warn, type Teller } from './teller';
import type { VerifiedModel } from './verify-model';
import type { VerifiedSnaps } from './verify-snaps';

export type PlannedSeed = {
  /** UC20 and later: the system-seed file system. Before: what snapd prepares below `image/`. */
  tree: TreeEntry[];
  /** Content of the structure with the role system-boot-state, where there is one. */
  bootState: Uint8Array | undefined;
  lock: BuildLock;
  warnings: Warning[];
};

const sha3 = (bytes: Uint8Array): string => createHash('sha3-384').update(bytes).digest('hex');

type Options = Pick<ImageOptions, 'label' | 'epoch' | 'bootFlags' | 'sectorBytes' | 'profile' | 'imageSizes'>;
type Planned = Omit<PlannedSeed, 'lock'>;

/** What snapd would prepare for the image, and with it the lock: from here on the image is the same wherever it is made. Throws AppError with a SeedErrorCode or BootErrorCode. */
export function planSeedTree(
  verified: VerifiedModel,
  snaps: VerifiedSnaps,
  gadget: LaidOutGadget,
  options: Options,
  now: Date,
  teller: Teller,
): PlannedSeed {
  const { assertion: model, chain, extraAssertions } = verified;
  const all = [...snaps.fromModel, ...snaps.extras];
  const assertions = [...new Set([model, ...chain, ...extraAssertions, ...all.flatMap((snap) => snap.assertions)])];
  const epoch = options.epoch ?? epochOf(assertions);
  const label = options.label ?? chooseLabel(epoch);
  if (!hasModes(gadget.rules) && options.bootFlags.length > 0) throw new AppError('boot-flags-not-supported', `The boot flags ${options.bootFlags.join(' ')} came with Ubuntu Core 20; the model is older.`);
  const odd = options.bootFlags.find((flag) => flag !== 'factory');
  if (odd !== undefined) throw new AppError('boot-flags-invalid', `"${odd.slice(0, 80)}" is no boot flag; there is factory and no other.`);
  const planned = hasModes(gadget.rules) ? plan20(verified, snaps, gadget, label, options.bootFlags) : plan16(verified, snaps, gadget);
  const lock = makeLock(verified, snaps, { epoch, label, options, assertions });
  const at = nanoseconds(now);
  const installed = all.map(({ found }) => ({ name: found.name, snapId: found.snapId, info: found.facts }));
  const listed = verified.model.snaps.flatMap(({ snapId }) => snapId ?? []);
  const warnings = [
    ...planned.warnings,
    ...warnOfGadget(gadget.gadget, installed, listed),
    ...warnOfTime(assertions, hasModes(gadget.rules) ? label : undefined, at),
    ...warnOfUsers(extraAssertions, verified.model, at),
  ];
  warn(teller, warnings);
  teller.say(`${hasModes(gadget.rules) ? `Recovery system ${label}` : 'Seed'}: ${count(planned.tree.length, 'file')}, ${count(lock.assertions.length, 'assertion')}.`);
  return { ...planned, warnings, lock };
}

function plan20({ assertion: model, model: { architecture }, chain, extraAssertions }: VerifiedModel, { fromModel, extras }: VerifiedSnaps, gadget: LaidOutGadget, label: string, bootFlags: readonly string[]): Planned {
  const seed = planSeed({ model, modelChain: chain, extraAssertions, fromModel, extras, label });
  const volume = gadget.volumes.find(({ layout }) => layout.structures.some((s) => s.role === 'system-seed'));
  const at = volume?.layout.structures.find((s) => s.role === 'system-seed');
  const gadgetFiles = volume?.trees.get(at!.yamlIndex) ?? [];
  const kernel = fromModel.find(({ modelSnap }) => modelSnap?.type === 'kernel')!;
  const { root: gadgetRoot, kernelAssets } = gadget;
  const boot = (): TreeEntry[] | UbootPart => {
    if (gadget.bootLoader === 'grub') return bootWithGrub({ architecture, label, kernelPath: seedSnapPath(kernel, label), kernelArguments: gadget.kernelArguments, bootFlags });
    if (gadget.bootLoader === 'piboot') return bootWithPiboot({ label, bootFlags, gadgetFiles, kernelAssets });
    return gadget.bootLoader === 'uboot' ? bootWithUboot({ label, bootFlags, gadgetRoot, kernelAssets }) : bootWithUbootPart({ label, bootFlags, gadgetRoot, kernelAssets });
  };
  const made = boot();
  const { tree, bootState } = Array.isArray(made) ? { tree: made, bootState: undefined } : made;
  return { tree: mergeSeed(gadgetFiles, tree, seed), bootState, warnings: [] };
}

function plan16({ assertion: model, model: { displayName }, chain, extraAssertions }: VerifiedModel, { fromModel, extras }: VerifiedSnaps, gadget: LaidOutGadget): Planned {
  const seed = planSeed16({ model, modelChain: chain, extraAssertions, fromModel, extras });
  const { root: gadgetRoot, kernelAssets } = gadget;
  const variables = { displayName, ...bootFiles16(fromModel) };
  const boot = (): TreeEntry[] | UbootPart => {
    if (gadget.bootLoader === 'grub') return bootWithGrub16({ ...variables, grubConf: gadgetRoot.get('grub.conf')!, kernelAssets });
    return gadget.bootLoader === 'uboot' ? bootWithUboot16({ ...variables, gadgetRoot, kernelAssets }) : bootWithUbootPart16({ ...variables, gadgetRoot, kernelAssets });
  };
  const made = boot();
  const { tree: files, bootState } = Array.isArray(made) ? { tree: made, bootState: undefined } : made;
  const { tree, warnings } = planImage16({ seed, boot: files, cloudConf: gadgetRoot.get('cloud.conf'), systemDefaults: gadget.gadget.systemDefaults });
  return { tree, bootState, warnings };
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
