import { isAtLeast, isPlainVersion } from './snapd-version';

/** What a snap asks of the snapd that installs it (`assumes` of snap.yaml). */

/** The version of snapd that first has each feature (snapd overlord/snapstate/check_snap.go, featureSet). */
const FEATURES = new Map([
  ['common-data-dir', '2'],
  ['snap-env', '2'],
  ['command-chain', '2.36'],
  ['kernel-assets', '2.50'],
  ['app-refresh-mode', '2.57'],
  ['snap-uid-envvars', '2.60'],
]);
/** The first version that knows `isa-ARCHITECTURE-ISA`. */
const ISA_SINCE = '2.75';

/** Of the snapd in the image, and of the model. */
export type AssumingDevice = { snapdVersion: string; architecture: string };

/**
 * Those of what a snap assumes that the device does not have, as they are written (snapd
 * snap/naming/validate.go, ValidateAssumes). What only its processor can tell counts as had.
 */
export function unmetAssumes(
  assumes: readonly string[],
  { snapdVersion, architecture }: AssumingDevice,
): string[] {
  return assumes.filter((flag) => {
    if (flag.startsWith('snapd') && isPlainVersion(flag.slice(5)) && isAtLeast(snapdVersion, flag.slice(5)))
      return false;
    if (flag.startsWith('isa-') && isAtLeast(snapdVersion, ISA_SINCE))
      return !isPossibleIsa(flag, architecture);
    const since = FEATURES.get(flag);
    return since === undefined || !isAtLeast(snapdVersion, since);
  });
}

/** Only of RISC-V snapd knows an ISA, and finds out on the device whether it is there (snapd arch/isa.go). */
function isPossibleIsa(flag: string, architecture: string): boolean {
  const [, wanted, isa] = /^isa-([^-]*)-(.*)$/s.exec(flag) ?? [];
  if (wanted === undefined) return false;
  return wanted !== architecture || (architecture === 'riscv64' && isa === 'rva23');
}
