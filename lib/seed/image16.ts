import { compareBytes, utf8 } from '../bytes';
import type { SystemDefaults } from '../gadget/system-defaults';
import type { Warning } from '../warnings';
import { textFile, type TreeEntry } from './tree';
import { planWritableDefaults } from './writable-defaults';

export type Image16Input = {
  /** See `planSeed16`. */
  seed: readonly TreeEntry[];
  /** `boot/grub` or `boot/uboot`: see `bootWithGrub16` and `bootWithUboot16`. */
  boot: readonly TreeEntry[];
  /** The gadget's `cloud.conf`, where it has one. */
  cloudConf?: Uint8Array | undefined;
  systemDefaults?: SystemDefaults | undefined;
  /** What the caller asks for beside the model. */
  cloudInitUserData?: Uint8Array | undefined;
  disableConsoleConf?: boolean | undefined;
};

export type Image16 = { tree: TreeEntry[]; warnings: Warning[] };

/** The folder whose content a UC16/18 device copies over its own writable files, once. */
export const WRITABLE_DEFAULTS = '_writable_defaults';

const CLOUD_SEED = 'var/lib/cloud/seed/nocloud-net';

/** Everything that snapd prepares for a UC16/18 image, from the image's root, sorted by path (snapd image/image_linux.go). Throws AppError `gadget-defaults-invalid`. */
export function planImage16({ seed, boot, cloudConf, systemDefaults, cloudInitUserData, disableConsoleConf }: Image16Input): Image16 {
  const defaults = systemDefaults ? planWritableDefaults(systemDefaults) : { tree: [], warnings: [] };
  const entries = [
    ...seed,
    ...boot,
    ...(cloudConf ? [textFile('etc/cloud/cloud.cfg', cloudConf)] : []),
    ...defaults.tree.map((entry) => ({ ...entry, path: `${WRITABLE_DEFAULTS}/${entry.path}` })),
    ...(cloudInitUserData ? [textFile(`${CLOUD_SEED}/meta-data`, utf8('instance-id: nocloud-static\n')), textFile(`${CLOUD_SEED}/user-data`, cloudInitUserData)] : []),
    // Over the gadget's own, which says the same in other words.
    ...(disableConsoleConf ? [textFile(`${WRITABLE_DEFAULTS}/var/lib/console-conf/complete`, utf8('console-conf has been disabled by image customization\n'))] : []),
  ];
  return { tree: [...new Map(entries.map((entry) => [entry.path, entry])).values()].filter((entry) => !isImplied(entry, entries)).sort((a, b) => compareBytes(a.path, b.path)), warnings: defaults.warnings };
}

/** A directory that something stands in needs no entry of its own. */
const isImplied = (entry: TreeEntry, all: readonly TreeEntry[]): boolean => entry.content.kind === 'directory' && all.some(({ path }) => path.startsWith(`${entry.path}/`));
