import { compareVersions } from '../snap/version';
import type { Finding } from '../warnings';
import { checkContents } from './check-contents';

/** What is known of a snap to seed, by its model entry, its snap.yaml and its declaration. */
export type SnapToCheck = {
  name: string;
  /** What the model says it is; undefined when it says nothing or does not list the snap. */
  wantedType: string | undefined;
  /** Modes of the system it is for: `run`, `ephemeral` or names of modes. */
  modes: readonly string[];
  /** False: an extra that the model does not list. */
  inModel: boolean;
  /** Account of the snap-declaration; undefined for a file that no assertion speaks of. */
  publisherId: string | undefined;
  info: {
    type: string;
    base: string | undefined;
    architectures: readonly string[];
    confinement: string;
    contentPlugs: readonly { name: string; content: string; defaultProvider: string | undefined }[];
    contentSlots: readonly { name: string; content: string }[];
  };
};

export type SeedCheck = {
  /** `base` is empty for UC16; no `grade`: UC16 and UC18, which take whatever they are given. */
  model: { brandId: string; architecture: string; base: string; grade: 'dangerous' | 'signed' | 'secured' | undefined };
  snaps: readonly SnapToCheck[];
  /** Names of the snaps that the model leaves to whoever builds. */
  optional?: readonly string[];
  /** Accounts that may publish a kernel or gadget for any brand: those of the roots of trust. */
  trustedPublishers: readonly string[];
  /** `VERSION` of `usr/lib/snapd/info` in snapd and of `snapd-info` in the kernel, where they say it. */
  snapdVersion?: string | undefined;
  kernelSnapdVersion?: string | undefined;
  /** Somebody knows better about kernels that were made with an older snapd. */
  allowKernelMismatch?: boolean;
};

/**
 * Why a device would not take these snaps, or not run them (snapd seed/seedwriter/writer.go, snap/validate.go, image/image_linux.go). Paths are
 * `snaps.<name>`. Warnings do not stop a build.
 */
export function checkSeed(check: SeedCheck): Finding[] {
  return [...check.snaps.flatMap((snap) => checkSnap(snap, check)), ...checkPairing(check), ...checkContents(check.snaps, check.optional ?? [])];
}

function checkSnap(snap: SnapToCheck, { model, trustedPublishers }: SeedCheck): Finding[] {
  const problems: Finding[] = [];
  const add = (code: string, message: string) => problems.push({ path: `snaps.${snap.name}`, code, message });
  const { info, name } = snap;
  const isFree = model.grade === undefined || model.grade === 'dangerous';
  if (snap.inModel && snap.wantedType === undefined && (info.type === 'kernel' || info.type === 'gadget')) add('snap-type', `The model lists ${name} among its other snaps, and it is a ${info.type}. Take it out of required-snaps.`);
  if (snap.wantedType !== undefined && snap.wantedType !== info.type) add('snap-type', `The model says that ${name} is a snap of type ${snap.wantedType}, and it is one of type ${info.type}. Correct the type in the model and sign again.`);
  if (!info.architectures.includes('all') && !info.architectures.includes(model.architecture)) {
    add('snap-arch', `The snap ${name} is for ${info.architectures.join(', ')}, and the model is for ${model.architecture}. Choose a channel that has it for ${model.architecture}.`);
  }
  if ((info.type === 'kernel' || info.type === 'gadget') && snap.publisherId !== undefined && snap.publisherId !== model.brandId && !trustedPublishers.includes(snap.publisherId)) {
    add('snap-publisher', `The ${info.type} ${name} is published by ${snap.publisherId}; a device takes one only of its own brand (${model.brandId}) or of ${trustedPublishers.join(' or ') || 'Canonical'}.`);
  }
  if (info.type === 'gadget' && (info.base ?? '') !== model.base) add('gadget-base', `The gadget ${name} is for the base ${info.base ?? 'core'}, and the model has ${model.base || 'core'}. Choose the gadget's channel for ${model.base || 'core'}.`);
  if (info.confinement === 'classic') add('snap-classic', `The snap ${name} has classic confinement, which Ubuntu Core does not run. Remove it from the model.`);
  if (info.confinement === 'devmode' && !isFree) add('model-grade-forbids-devmode', `The snap ${name} is in devmode, and only the grade dangerous allows that; the model's is ${model.grade}.`);
  if (!snap.inModel && !isFree) add('model-grade-forbids-extra', `The snap ${name} is not in the model, and only the grade dangerous allows that; the model's is ${model.grade}.`);
  return problems;
}

/** From 2.68 on snapd expects a kernel whose own snapd part is as new; one that does not say is older (snapd seed/seedwriter/writer.go). */
function checkPairing({ snaps, snapdVersion, kernelSnapdVersion, allowKernelMismatch }: SeedCheck): Finding[] {
  if (snapdVersion === undefined || !snaps.some(({ info }) => info.type === 'snapd') || !snaps.some(({ info }) => info.type === 'kernel')) return [];
  if (compareVersions(snapdVersion, '2.68') < 0 || compareVersions(kernelSnapdVersion ?? '', '2.68') >= 0) return [];
  const made = kernelSnapdVersion === undefined ? 'that does not say which snapd it was made with, as those before 2.68' : `that was made with snapd ${kernelSnapdVersion}`;
  return [{ path: 'snaps', code: 'kernel-snapd-mismatch', severity: allowKernelMismatch ? 'warning' : 'error', message: `snapd ${snapdVersion} does not work with a kernel ${made}: take a kernel made with 2.68 or newer, or an older snapd.` }];
}
