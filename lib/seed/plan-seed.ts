import { assertionRef, type Assertion } from '../assertion/assertion';
import { encodeAssertion, encodeStream } from '../assertion/encode';
import { compareBytes, utf8 } from '../bytes';
import { AppError } from '../errors';
import { writeAuxInfo, type AuxInfo } from './aux-info';
import { writeGrubConfig } from './grub-config';
import { writeGrubEnv } from './grub-env';
import { assertLabel } from './label';
import type { TreeFile } from './tree';

export type SeedErrorCode = 'seed-label-invalid' | 'snap-repeated' | 'snap-not-asserted' | 'seed-incomplete' | 'gadget-content-invalid' | 'grub-env-too-big';

export type SeedSnap = {
  name: string;
  snapId: string;
  /** Of its snap.yaml: app, base, gadget, kernel, core or snapd. */
  type: string;
  revision: number;
  /** Lower-case hexadecimal. */
  sha3_384: string;
  sizeBytes: number;
  /** As the store resolved it. */
  channel: string;
  /** The model's `default-channel`; undefined for a snap that the model does not have (grade dangerous only). */
  defaultChannel: string | undefined;
  /** Its snap-revision and all that needs, prerequisites first, without the trusted ones. */
  assertions: readonly Assertion[];
  auxInfo: AuxInfo;
};

export type SeedInput = {
  model: Assertion;
  /** What the model needs: keys, accounts, its store, its validation sets; prerequisites first, without the trusted ones. */
  modelChain: readonly Assertion[];
  /** In the model's order; the essential ones are put first. */
  snaps: readonly SeedSnap[];
  /** See `chooseLabel`. */
  label: string;
  bootFlags: readonly string[];
  /** What the gadget puts on the seed's file system. */
  gadgetFiles: readonly TreeFile[];
  /** `fullArgs` of `planKernelCmdline`. */
  kernelArgs: string;
};

export type SeedPlan = { label: string; /** Sorted by path. */ files: TreeFile[]; /** In seed order: snapd, kernel, base, gadget, then the others. */ snaps: SeedSnap[] };

/**
 * Everything on the system-seed partition of a UC20+ GRUB image (snapd seed/seedwriter/seed20.go, boot/makebootable.go): the same input gives the same
 * files. What the snaps are is not questioned here: see `checkSeed`. Throws AppError with a SeedErrorCode.
 */
export function planSeed(input: SeedInput): SeedPlan {
  assertLabel(input.label);
  const snaps = seedOrder(input);
  assertSnaps(snaps);
  const system = `systems/${input.label}`;
  const kernel = snaps.find((s) => s.type === 'kernel')!;
  const ours = [
    ...snaps.map((s): TreeFile => ({ path: snapPath(s, system), content: { kind: 'blob', sha3_384: s.sha3_384, sizeBytes: s.sizeBytes } })),
    ...assertionFiles(input, snaps, system),
    ...optional(`${system}/snaps/aux-info.json`, writeAuxInfo(snaps)),
    ...optional(`${system}/options.yaml`, writeOptions(input.model, snaps)),
    file(`${system}/grubenv`, writeGrubEnv([['snapd_recovery_kernel', `/${snapPath(kernel, system)}`], ['snapd_extra_cmdline_args', ''], ['snapd_full_cmdline_args', input.kernelArgs]])),
    file('EFI/ubuntu/grub.cfg', writeGrubConfig(String(input.model.headers.architecture))),
    file('EFI/ubuntu/grubenv', writeGrubEnv([['snapd_recovery_mode', 'install'], ['snapd_recovery_system', input.label], ...bootFlagVariable(input.bootFlags)])),
  ];
  return { label: input.label, files: merge(input.gadgetFiles, ours), snaps };
}

const file = (path: string, bytes: Uint8Array): TreeFile => ({ path, content: { kind: 'bytes', bytes } });
const optional = (path: string, bytes: Uint8Array | undefined): TreeFile[] => (bytes ? [file(path, bytes)] : []);
const isInModel = (s: SeedSnap): boolean => s.defaultChannel !== undefined;
const bootFlagVariable = (flags: readonly string[]): [string, string][] => (flags.length > 0 ? [['snapd_boot_flags', flags.join(',')]] : []);

/** Snaps of the model are shared by all systems of a seed; others belong to theirs. */
const snapPath = (s: SeedSnap, system: string): string => `${isInModel(s) ? '' : `${system}/`}snaps/${s.name}_${s.revision}.snap`;

/** snapd reads options.yaml in step with this order. */
function seedOrder({ model, snaps }: SeedInput): SeedSnap[] {
  const rank = (s: SeedSnap): number => {
    if (!isInModel(s)) return 5;
    const essential = ['snapd', 'kernel', 'base', 'gadget'].indexOf(s.type);
    return essential < 0 || (s.type === 'base' && s.name !== model.headers.base) ? 4 : essential;
  };
  return [...snaps].sort((a, b) => rank(a) - rank(b));
}

function assertSnaps(snaps: SeedSnap[]): void {
  const fail = (code: SeedErrorCode, message: string): never => {
    throw new AppError<SeedErrorCode>(code, message);
  };
  snaps.forEach((snap, i) => {
    if (snaps.findIndex((s) => s.name === snap.name) !== i) fail('snap-repeated', `The snap ${snap.name} stands twice among the snaps to seed.`);
    const types = snap.assertions.map((a) => a.type);
    if (!types.includes('snap-revision') || !types.includes('snap-declaration')) fail('snap-not-asserted', `The snap ${snap.name} comes without its snap-revision and snap-declaration; a device would refuse it.`);
  });
  for (const type of ['snapd', 'kernel', 'gadget']) {
    if (snaps.filter((s) => s.type === type).length !== 1) fail('seed-incomplete', `A seed has exactly one snap of type ${type}, and ${snaps.filter((s) => s.type === type).length} are given.`);
  }
}

/** Each assertion is written once, in the first file that needs it. */
function assertionFiles({ model, modelChain }: SeedInput, snaps: SeedSnap[], system: string): TreeFile[] {
  const saved = new Set([assertionRef(model)]);
  const fresh = (assertions: readonly Assertion[]): Assertion[] =>
    assertions.filter((a) => {
      const ref = assertionRef(a);
      return !saved.has(ref) && saved.add(ref);
    });
  const modelEtc = fresh(modelChain);
  const ofModel = fresh(snaps.filter(isInModel).flatMap((s) => s.assertions));
  const ofExtras = fresh(snaps.filter((s) => !isInModel(s)).flatMap((s) => s.assertions));
  return [
    file(`${system}/model`, encodeAssertion(model)),
    file(`${system}/assertions/model-etc`, encodeStream(modelEtc)),
    file(`${system}/assertions/snaps`, encodeStream(ofModel)),
    ...(ofExtras.length > 0 ? [file(`${system}/assertions/extra-snaps`, encodeStream(ofExtras))] : []),
  ];
}

/** What a seed of grade dangerous does otherwise than its model says; no other grade may (snapd seed/internal/options20.go). */
function writeOptions(model: Assertion, snaps: SeedSnap[]): Uint8Array | undefined {
  if (model.headers.grade !== 'dangerous') return undefined;
  const odd = snaps.filter((s) => s.channel !== s.defaultChannel);
  if (odd.length === 0) return undefined;
  return utf8(`snaps:\n${odd.map((s) => `- name: ${s.name}\n  id: ${s.snapId}\n  channel: ${s.channel}\n`).join('')}`);
}

/** Names differ only in case to FAT's eyes, so to ours. What boots the device is written by us, whatever the gadget brings there. */
function merge(gadgetFiles: readonly TreeFile[], ours: TreeFile[]): TreeFile[] {
  const own = new Set(ours.map((f) => f.path.toLowerCase()));
  const kept = gadgetFiles.filter((f) => !own.has(f.path.toLowerCase()));
  const intruder = kept.find((f) => /^(?:snaps|systems)(?:\/|$)/i.test(f.path));
  if (intruder) throw new AppError<SeedErrorCode>('gadget-content-invalid', `The gadget puts the file ${intruder.path} into the seed; the folders snaps and systems are not its own.`);
  return [...kept, ...ours].sort((a, b) => compareBytes(a.path, b.path));
}
