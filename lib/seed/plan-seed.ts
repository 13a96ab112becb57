import { assertionRef, type Assertion } from '../assertion/assertion';
import { encodeAssertion, encodeStream } from '../assertion/encode';
import { compareBytes } from '../bytes';
import { AppError } from '../errors';
import type { SnapInfo } from '../snap/snap-yaml';
import { writeAuxInfo, type AuxInfo } from './aux-info';
import { assertLabel } from './label';
import { writeOptionsYaml, type OptionsSnap } from './options-yaml';
import { revisionWord, type ChosenSnap, type FoundComponent } from './seed-snap';
import { blobFile, directory, textFile, type TreeEntry, type TreeFile } from './tree';

export type SeedErrorCode = 'seed-label-invalid' | 'snap-repeated' | 'snap-not-asserted' | 'components-not-supported' | 'gadget-content-invalid' | 'grub-env-too-big';

/** A snap with what vouches for it. */
export type SeedSnap = ChosenSnap<SnapInfo> & {
  /** Its snap-revision, what speaks of its components, and all that those need, prerequisites first, without the trusted ones; none for an unasserted snap. */
  assertions: readonly Assertion[];
  auxInfo: AuxInfo;
};

export type SeedInput = {
  model: Assertion;
  /** What the model needs: keys, accounts, its store, its validation sets; prerequisites first, without the trusted ones. */
  modelChain: readonly Assertion[];
  /** Assertions that are put in beside, prerequisites first. */
  extraAssertions: readonly Assertion[];
  /** In seed order: snapd, kernel, boot base, gadget, the others. */
  fromModel: readonly SeedSnap[];
  extras: readonly SeedSnap[];
  /** See `chooseLabel`. */
  label: string;
};

/** Where a system of a seed has its own files. */
export const systemPath = (label: string): string => `systems/${label}`;

/** From the seed's root. Snaps of the model are shared by all systems; extras and files that no assertion speaks of belong to theirs (snapd seed/seedwriter/seed20.go). */
export function seedSnapPath({ found, modelSnap }: SeedSnap, label: string): string {
  if (found.snapId === undefined) return `${systemPath(label)}/snaps/${found.name}_${localWord(found.facts.version)}.snap`;
  return `${modelSnap ? '' : `${systemPath(label)}/`}snaps/${found.name}_${revisionWord(found.revision)}.snap`;
}

function seedComponentPath({ found, modelSnap }: SeedSnap, component: FoundComponent, label: string): string {
  const name = `${found.name}+${component.name}`;
  if (found.snapId === undefined) return `${systemPath(label)}/snaps/${name}_${localWord(component.info?.version || found.facts.version)}.comp`;
  return `${modelSnap?.components[component.name] ? '' : `${systemPath(label)}/`}snaps/${name}_${revisionWord(component.revision)}.comp`;
}

/** FAT holds no colon, which a version may have; snapd itself takes any file name here. */
const localWord = (version: string): string => (version.includes(':') ? 'x1' : version);

/**
 * Everything on the system-seed partition of UC20+ but what boots it (snapd seed/seedwriter/seed20.go): the same input gives the same files, sorted by
 * path. What the snaps are is not questioned here: see `chooseSnaps` and `checkSeed`. Throws AppError with a SeedErrorCode.
 */
export function planSeed(input: SeedInput): TreeEntry[] {
  assertLabel(input.label);
  const snaps = [...input.fromModel, ...input.extras];
  assertSnaps(snaps);
  const system = systemPath(input.label);
  const files = [
    ...snaps.flatMap((snap) => [blobFile(seedSnapPath(snap, input.label), snap.found), ...snap.found.components.map((component) => blobFile(seedComponentPath(snap, component, input.label), component))]),
    ...assertionFiles(input, system),
    ...optional(`${system}/snaps/aux-info.json`, writeAuxInfo(snaps.flatMap(({ found, auxInfo }) => (found.snapId === undefined ? [] : [{ snapId: found.snapId, auxInfo }])))),
    ...optional(`${system}/options.yaml`, writeOptions(input)),
  ].sort((a, b) => compareBytes(a.path, b.path));
  return files.some(({ path }) => path.startsWith('snaps/')) ? files : [directory('snaps'), ...files];
}

const optional = (path: string, bytes: Uint8Array | undefined): TreeFile[] => (bytes ? [textFile(path, bytes)] : []);

/** A seed names each snap once, and vouches for what the store gave. Throws AppError `snap-repeated`, `snap-not-asserted`. */
export function assertSnaps(snaps: readonly SeedSnap[]): void {
  const fail = (code: SeedErrorCode, message: string): never => {
    throw new AppError<SeedErrorCode>(code, message);
  };
  snaps.forEach((snap, i) => {
    const { name, snapId } = snap.found;
    if (snaps.findIndex((s) => s.found.name === name) !== i) fail('snap-repeated', `The snap ${name} stands twice among the snaps to seed.`);
    const types = snap.assertions.map((a) => a.type);
    if (snapId !== undefined && !(types.includes('snap-revision') && types.includes('snap-declaration'))) fail('snap-not-asserted', `The snap ${name} comes without its snap-revision and snap-declaration; a device would refuse it.`);
  });
}

/** Each assertion is written once, in the first file that needs it. */
function assertionFiles({ model, modelChain, extraAssertions, fromModel, extras }: SeedInput, system: string): TreeFile[] {
  const saved = new Set([assertionRef(model)]);
  const fresh = (assertions: readonly Assertion[]): Assertion[] =>
    assertions.filter((a) => {
      const ref = assertionRef(a);
      return !saved.has(ref) && saved.add(ref);
    });
  const modelEtc = fresh(modelChain);
  const beside = fresh(extraAssertions);
  const users = beside.filter(({ type }) => type === 'system-user');
  const others = beside.filter(({ type }) => type !== 'system-user');
  const ofModel = fresh(fromModel.flatMap((s) => s.assertions));
  const ofExtras = fresh(extras.flatMap((s) => s.assertions));
  return [
    textFile(`${system}/model`, encodeAssertion(model)),
    textFile(`${system}/assertions/model-etc`, encodeStream(modelEtc)),
    ...(others.length > 0 ? [textFile(`${system}/assertions/extra-assertions`, encodeStream(others))] : []),
    // A device imports this one by its name.
    ...(users.length > 0 ? [textFile(`${system}/auto-import.assert`, encodeStream(users))] : []),
    textFile(`${system}/assertions/snaps`, encodeStream(ofModel)),
    ...(extras.length > 0 ? [textFile(`${system}/assertions/extra-snaps`, encodeStream(ofExtras))] : []),
  ];
}

/** What a seed does otherwise than its model says; only grade dangerous may, and `chooseSnaps` has seen to that. */
function writeOptions({ fromModel, extras, label }: SeedInput): Uint8Array | undefined {
  const odd = [...fromModel.flatMap((snap) => modelOptions(snap, label)), ...extras.map((snap) => extraOptions(snap, label))];
  return odd.length === 0 ? undefined : writeOptionsYaml(odd);
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function modelOptions(snap: SeedSnap, label: string): OptionsSnap[] {
  const { found, modelSnap, channel } = snap;
  const isLocal = found.snapId === undefined;
  const otherChannel = channel === modelSnap!.defaultChannel ? undefined : channel;
  const beside = found.components.some(({ name }) => !modelSnap!.components[name]);
  if (!isLocal && otherChannel === undefined && !beside) return [];
  return [{ name: modelSnap!.name, id: modelSnap!.snapId, unasserted: isLocal ? baseName(seedSnapPath(snap, label)) : undefined, channel: otherChannel, components: componentOptions(snap, label) }];
}

function extraOptions(snap: SeedSnap, label: string): OptionsSnap {
  const { found, channel } = snap;
  const isLocal = found.snapId === undefined;
  return { name: found.name, id: found.snapId, unasserted: isLocal ? baseName(seedSnapPath(snap, label)) : undefined, channel: isLocal ? undefined : channel, components: componentOptions(snap, label) };
}

const componentOptions = (snap: SeedSnap, label: string): OptionsSnap['components'] =>
  snap.found.components.flatMap((component) => {
    const isLocal = snap.found.snapId === undefined;
    if (!isLocal && snap.modelSnap?.components[component.name]) return [];
    return [{ name: component.name, unasserted: isLocal ? baseName(seedComponentPath(snap, component, label)) : undefined }];
  });

/**
 * The seed's whole tree: what the gadget brings, over it what boots the device, and the seed itself. Names differ only in case to FAT's eyes, so to ours.
 * Throws AppError `gadget-content-invalid` when the gadget writes where the seed stands.
 */
export function mergeSeed(gadget: readonly TreeEntry[], boot: readonly TreeEntry[], seed: readonly TreeEntry[]): TreeEntry[] {
  const own = new Set([...boot, ...seed].map((f) => f.path.toLowerCase()));
  const kept = gadget.filter((f) => !own.has(f.path.toLowerCase()));
  assertNoIntruder(kept);
  return [...kept, ...boot, ...seed].sort((a, b) => compareBytes(a.path, b.path));
}

/** Throws AppError `gadget-content-invalid` for what a gadget puts where the seed's own folders are. */
export function assertNoIntruder(gadget: readonly { path: string }[]): void {
  const intruder = gadget.find(({ path }) => /^(?:snaps|systems)(?:\/|$)/i.test(path));
  if (!intruder) return;
  throw new AppError<SeedErrorCode>(
    'gadget-content-invalid',
    `The gadget puts ${intruder.path} into the seed; the folders snaps and systems are not its own.`,
  );
}
