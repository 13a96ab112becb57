/** What the boot loader of a fresh UC20+ image is told (snapd boot/makebootable.go, configureBootloader). */
export const recoveryVariables = (label: string, bootFlags: readonly string[]): [name: string, value: string][] => [
  ['snapd_recovery_mode', 'install'],
  ['snapd_recovery_system', label],
  ...(bootFlags.length > 0 ? [['snapd_boot_flags', bootFlags.join(',')] as [string, string]] : []),
];

/** What the boot loader of a UC16/18 image is told (snapd boot/makebootable.go, makeBootable16); files by their names. */
export type RunVariables = { displayName: string; baseFile: string; kernelFile: string };

export const runVariables = ({ displayName, baseFile, kernelFile }: RunVariables): [name: string, value: string][] => [
  ['snap_mode', ''],
  ['snap_try_core', ''],
  ['snap_try_kernel', ''],
  ...(displayName === '' ? [] : [['snap_menuentry', displayName] as [string, string]]),
  ['snap_core', baseFile],
  ['snap_kernel', kernelFile],
];
