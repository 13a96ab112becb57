import { createHash } from 'node:crypto';
import type { Assertion } from '../assertion/assertion';
import { encodeAssertion } from '../assertion/encode';
import { LOCK_FORMAT, type BuildLock } from '../build/lock';
import { AppError } from '../errors';
import type { TreeEntry } from '../seed/tree';
import type { TrustAnchors } from '../trust/types';
import type { Warning } from '../warnings';
import type { ContentStore } from './content-store';
import { fetchSnaps, type FilePaths } from './fetch-snaps';
import { layOutGadget } from './lay-out-gadget';
import { readLocalFiles, type HashFile } from './local-files';
import type { ImageOptions } from './options';
import { planDisks, type PlannedDisk } from './plan-disk';
import { planSeedTree } from './plan-seed-tree';
import { assertSeedable, assertSeedFits } from './preflight';
import { resolveSnaps, type ResolvedSnaps } from './resolve-snaps';
import type { SnapSource } from './source';
import type { Teller } from './teller';
import { verifyModel, type VerifiedModel } from './verify-model';
import { verifySnaps, type VerifiedSnaps } from './verify-snaps';

export type PrepareStage = 'verify-model' | 'resolve' | 'fetch' | 'verify-snaps' | 'lay-out-gadget' | 'plan-seed' | 'plan-image';
/** Runs a step and tells of it. */
export type RunStage = <T>(name: PrepareStage, work: (teller: Teller) => Promise<T>) => Promise<T>;

export type PrepareInput = {
  model: Assertion;
  options: ImageOptions;
  source: SnapSource;
  anchors: TrustAnchors;
  /** See `VerifySnaps`. */
  trustedPublishers: readonly string[];
  now: Date;
  hash: HashFile;
  /** A folder with room for a file system of all snaps and for what is unpacked of gadget and kernel, best on the disk where they are; nothing stays in it. The system's temporary folder unless told. */
  scratch?: string | undefined;
  /** Takes what is too large to be held, and has it for as long as anything is made of the image. */
  content: ContentStore;
  /** Stop when the seed is planned: no disk is. */
  seedOnly?: boolean;
  /** Of the image that is to be made again. */
  lock?: BuildLock | undefined;
  /** Called before a byte is fetched; may throw. */
  resolved?: (resolved: ResolvedSnaps, verified: VerifiedModel) => Promise<void>;
  /** Called once every file is there; may throw. */
  fetched?: (paths: FilePaths) => Promise<void>;
  /** Called once the lock is known; may throw. */
  locked?: (lock: BuildLock) => Promise<void>;
};

export type PreparedImage = {
  verified: VerifiedModel;
  snaps: VerifiedSnaps;
  /** The seed's whole tree. */
  tree: TreeEntry[];
  lock: BuildLock;
  /** One a volume that is written; the first is the one that the system lies on. */
  images: PlannedDisk[];
  /** Where each snap of the image is, by its digest. */
  paths: FilePaths;
  warnings: Warning[];
};

/** A signed model in, the plan of its image out: one line a stage. Nothing is written but what is missing of snaps and what `content` takes. Throws AppError with what stopped it. */
export async function prepareImage(input: PrepareInput, stage: RunStage): Promise<PreparedImage> {
  const { source, lock } = input;
  if (lock) assertLockOf(input.model, lock);
  const options = lock ? withLock(input.options, lock) : input.options;
  const verified = await stage('verify-model', (teller) => verifyModel({ assertion: input.model, options, source, anchors: input.anchors, now: input.now }, teller));
  const { resolved, local } = await stage('resolve', async (teller) => {
    const files = await readLocalFiles(options, source, input.hash, teller.signal);
    const found = await resolveSnaps({ verified, options, snapOptions: files.options, source, lock }, teller);
    assertSeedable(verified, found, input.trustedPublishers);
    await input.resolved?.(found, verified);
    return { resolved: found, local: files.paths };
  });
  const paths = await stage('fetch', (teller) => fetchSnaps(resolved, local, verified, source, teller, (gadget) => assertSeedFits(verified, resolved, gadget, options.sectorBytes, teller.signal)));
  await input.fetched?.(paths);
  const snaps = await stage('verify-snaps', (teller) => verifySnaps({ verified, lock, resolved, paths, source, trustedPublishers: input.trustedPublishers, allowKernelMismatch: options.allowKernelMismatch }, teller));
  const means = { store: input.content, scratch: input.scratch };
  const gadget = await stage('lay-out-gadget', (teller) => layOutGadget(verified, [...snaps.fromModel, ...snaps.extras], options.sectorBytes, means, teller));
  const seed = await stage('plan-seed', async (teller) => {
    const planned = planSeedTree(verified, snaps, gadget, options, input.now, teller);
    if (lock) assertSameLock(planned.lock, lock);
    await input.locked?.(planned.lock);
    return planned;
  });
  const images = input.seedOnly ? [] : await stage('plan-image', (teller) => planDisks(gadget, seed, { paths, ...means }, teller));
  return { verified, snaps, tree: seed.tree, lock: seed.lock, images, paths, warnings: [...resolved.warnings, ...snaps.warnings, ...gadget.warnings, ...seed.warnings] };
}

/** Before anything is asked for. */
function assertLockOf(model: Assertion, lock: BuildLock): void {
  if (lock.format !== LOCK_FORMAT) throw new AppError('lock-format', `This lock has the format ${String(lock.format)}, and this version of Imprint reads format ${LOCK_FORMAT}. Build without it, or with the version that wrote it.`);
  if (createHash('sha3-384').update(encodeAssertion(model)).digest('hex') === lock.model.sha3_384) return;
  throw new AppError('lock-differs', `The lock is that of the model ${lock.model.model} revision ${lock.model.revision} as it was signed then, and this is another. Give that one, or build without the lock.`, { details: { parts: ['model'] } });
}

/** What a lock says about how its image was made. What was given as a file has to be given again. */
function withLock(options: ImageOptions, lock: BuildLock): ImageOptions {
  const named = lock.snaps.filter((snap) => snap.snapId !== undefined && !options.snaps.some((given) => 'name' in given && given.name === snap.name));
  return {
    ...options,
    channel: '',
    snaps: [...options.snaps.map((given) => ({ ...given, channel: '' })), ...named.map(({ name }) => ({ name, channel: '' }))],
    components: [...options.components, ...lock.snaps.flatMap((snap) => (snap.snapId === undefined ? [] : snap.components.map(({ name }) => ({ snapName: snap.name, name }))))],
    sequences: new Map(lock.validationSets.map(({ accountId, name, sequence }) => [`${accountId}/${name}`, sequence])),
    label: options.label ?? lock.label,
    epoch: options.epoch ?? lock.epoch,
    bootFlags: lock.bootFlags,
    sectorBytes: lock.sectorSize,
    profile: lock.sizeProfile,
    imageSizes: new Map(Object.entries(lock.imageSizes)),
  };
}

function assertSameLock(made: BuildLock, given: BuildLock): void {
  const parts = Object.keys(made) as (keyof BuildLock)[];
  const other = parts.filter((part) => JSON.stringify(sorted(made[part])) !== JSON.stringify(sorted(given[part])));
  if (other.length === 0) return;
  const words = other.map((part) => `${part}${Array.isArray(made[part]) ? ` (${firstOther(made[part] as unknown[], given[part] as unknown[])})` : ''}`);
  throw new AppError('lock-differs', `The image would not be the one of the lock: ${words.join(', ')} ${other.length === 1 ? 'is' : 'are'} different now.`, { details: { parts: other } });
}

const sorted = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(sorted) : value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)])) : value;

function firstOther(made: unknown[], given: unknown[]): string {
  const at = made.findIndex((each, i) => JSON.stringify(sorted(each)) !== JSON.stringify(sorted(given[i])));
  const item = (made[at] ?? given[made.length]) as { name?: string; type?: string; primaryKey?: string[] } | undefined;
  return item?.name ?? [item?.type, ...(item?.primaryKey ?? [])].filter(Boolean).join(' ') ?? 'its length';
}
