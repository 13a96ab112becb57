import { AppError } from '../errors';
import { checkSeed, type SnapToCheck } from '../seed/check-seed';
import { optionalOf } from '../seed/how-to-have';
import { modesOf } from '../seed/seed-snap';
import { ValidationSets } from '../seed/validation-sets';
import { warnOfSnapd } from '../seed/warn-of-snapd';
import { errorsOf, warningsOf, type Finding, type Warning } from '../warnings';
import { snapdInfoOf } from './assertion-formats';
import { CANONICAL } from './preflight';
import type { Teller } from './teller';
import type { VerifiedSnap, VerifySnapsInput } from './verify-snaps';

/**
 * What a device would refuse, found before it does. Throws AppError with the first problem's code and all of them; gives
 * the warnings.
 */
export async function checkSnaps(
  snaps: VerifiedSnap[],
  input: VerifySnapsInput,
  { signal }: Teller,
): Promise<Warning[]> {
  const { model, validationSets } = input.verified;
  const of = (type: string) => snaps.find(({ found }) => found.facts.type === type);
  const [snapd, kernel, core] = [of('snapd'), of('kernel'), of('core')];
  const system = snapd ?? core;
  const info = async (snap: VerifiedSnap | undefined, file: 'usr/lib/snapd/info' | 'snapd-info') =>
    snap && (await snapdInfoOf(snap.found, snap.path, file, signal));
  const version = (await info(system, 'usr/lib/snapd/info'))?.version;
  const kernelVersion = (await info(kernel, 'snapd-info'))?.version;
  const findings: Finding[] = checkSeed({
    model: { brandId: model.brandId, architecture: model.architecture, base: model.base, grade: model.grade },
    snaps: snaps.map(toCheck),
    optional: optionalOf(model),
    trustedPublishers: [...input.trustedPublishers, CANONICAL],
    snapdVersion: snapd && (version || undefined),
    kernelSnapdVersion: kernelVersion || undefined,
    allowKernelMismatch: input.allowKernelMismatch,
  });
  if (system && !version) findings.push(withoutVersion(system));
  if (snapd && kernel && kernelVersion === '') findings.push(kernelWithoutVersion(kernel));
  const unmet = new ValidationSets(validationSets).check(snaps.map(({ found }) => found));
  const errors = [...errorsOf(findings), ...unmet];
  const [first] = errors;
  if (first) throw new AppError(first.code, errors.map((p) => p.message).join(' '), { problems: errors });
  const toInstall = snaps.map(({ found }) => ({ name: found.name, snapId: found.snapId, info: found.facts }));
  const seeding = { snapdVersion: version ?? 'unknown', architecture: model.architecture };
  return [...warningsOf(findings), ...warnOfSnapd(toInstall, seeding)];
}

const toCheck = (snap: VerifiedSnap): SnapToCheck => ({
  name: snap.found.name,
  wantedType: snap.modelSnap?.type,
  modes: modesOf(snap),
  inModel: snap.modelSnap !== undefined,
  publisherId: snap.declaration && String(snap.declaration.headers['publisher-id']),
  info: snap.found.facts,
});

const withoutVersion = ({ found: { name } }: VerifiedSnap): Finding => ({
  path: `snaps.${name}`,
  code: 'snapd-info-missing',
  message:
    `The snap ${name} does not say which snapd is in it (VERSION in usr/lib/snapd/info), ` +
    'so nobody knows which assertions it can read. Choose another channel of it.',
});

const kernelWithoutVersion = ({ found: { name } }: VerifiedSnap): Finding => ({
  path: `snaps.${name}`,
  code: 'snapd-info-missing',
  message:
    `The kernel ${name} has a note about the snapd in it (snapd-info) that does not say its version ` +
    '(VERSION). Choose another channel of it.',
});
