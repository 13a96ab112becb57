import { AppError } from '../errors';
import type { ArgumentPattern, KernelArgument } from './kernel-arguments';
import type { SystemDefaults } from './system-defaults';

export type GadgetErrorCode =
  | 'gadget-yaml-syntax'
  | 'gadget-too-big'
  | 'gadget-not-supported'
  | 'gadget-volume-invalid'
  | 'gadget-schema-invalid'
  | 'gadget-bootloader-invalid'
  | 'gadget-role-invalid'
  | 'gadget-name-invalid'
  | 'gadget-label-invalid'
  | 'gadget-size-invalid'
  | 'gadget-offset-invalid'
  | 'gadget-offset-write-invalid'
  | 'gadget-overlap-invalid'
  | 'gadget-type-invalid'
  | 'gadget-id-invalid'
  | 'gadget-filesystem-invalid'
  | 'gadget-content-invalid'
  | 'gadget-kernel-ref-invalid'
  | 'gadget-partial-invalid'
  | 'gadget-update-invalid'
  | 'gadget-cmdline-invalid'
  | 'gadget-connection-invalid'
  | 'gadget-defaults-invalid'
  | 'gadget-path-escape'
  | 'mbr-too-many'
  | 'gadget-symlink'
  | 'gadget-special-file'
  | 'squashfs-too-big';

export const BOOTLOADERS = ['grub', 'u-boot', 'android-boot', 'piboot', 'lk'] as const;
export type Bootloader = (typeof BOOTLOADERS)[number];

export const ROLES = [
  'mbr',
  'system-boot',
  'system-boot-state',
  'system-data',
  'system-seed',
  'system-seed-null',
  'system-save',
  'system-boot-image',
  'system-boot-select',
  'system-seed-image',
  'system-seed-select',
  'bootimg',
  'bootselect',
] as const;
export type Role = (typeof ROLES)[number];

export const FILESYSTEMS = ['none', 'vfat-16', 'vfat-32', 'ext4'] as const;
export type Filesystem = (typeof FILESYSTEMS)[number];

/** Files of the gadget (or, with `$kernel:`, of the kernel) that go into a file system; both paths as written. */
export type FileContent = { kind: 'files'; source: string; target: string };
/** A file of the gadget that is laid into a raw structure. */
export type ImageContent = { kind: 'image'; image: string; offsetBytes: number | undefined; sizeBytes: number | undefined };

export type Structure = {
  /** Place in gadget.yaml; the disk order may differ. */
  yamlIndex: number;
  name: string;
  /** Label of the file system, as written or implied by the role; empty for none. */
  label: string;
  /** As written: `mbr`, `bare`, `HH`, GUID or `HH,GUID`. */
  type: string;
  role: Role | undefined;
  sizeBytes: number;
  minSizeBytes: number;
  offsetBytes: number | undefined;
  offsetWrite: { relativeTo: string | undefined; offsetBytes: number } | undefined;
  filesystem: Filesystem;
  /** The same as written: `vfat` stays `vfat`; empty when it is not given. */
  filesystemWord: string;
  /** Partition GUID, upper-case; snapd takes any text. */
  id: string | undefined;
  content: (FileContent | ImageContent)[];
};

export type Volume = {
  name: string;
  /** Empty when it is left to an installer. */
  schema: 'gpt' | 'mbr' | 'emmc' | '';
  /** What is left to an installer, as written; an image needs all but `structure`. */
  partial: string[];
  bootloader: Bootloader | undefined;
  /** Disk GUID or MBR id, as written. */
  id: string | undefined;
  structures: Structure[];
};

/** Whether it has an entry in the partition table (snapd gadget/gadget.go, IsPartition). */
export const isPartition = ({ type, role }: Pick<Structure, 'type' | 'role'>): boolean => type !== 'bare' && role !== 'mbr';

/** Which rules a gadget is under, by its model (snapd gadget/gadget.go): UC16 and UC18, UC20 and later, classic with modes (hybrid), plain classic. */
export type GadgetRules = 'legacy' | 'modes' | 'classic-modes' | 'classic';

export const rulesFor = (model: { extended: boolean; classic: boolean }): GadgetRules => (model.extended ? (model.classic ? 'classic-modes' : 'modes') : model.classic ? 'classic' : 'legacy');
export const hasModes = (rules: GadgetRules): boolean => rules === 'modes' || rules === 'classic-modes';

export type Gadget = {
  /** In order of the text. */
  volumes: Volume[];
  /** What it sets in the system's configuration; undefined for nothing. */
  systemDefaults: SystemDefaults | undefined;
  /** Ids of the snaps that it has defaults for. */
  defaultsOf: string[];
  connections: { plug: string; slot: string }[];
  kernelCmdline: { allow: ArgumentPattern[]; append: KernelArgument[]; remove: ArgumentPattern[] };
};

export function refuse(code: GadgetErrorCode, where: string, sentence: string, cause?: unknown): never {
  throw new AppError<GadgetErrorCode>(code, `gadget.yaml, ${where}: ${sentence}`, { details: { path: where }, cause });
}

/** The structure's own words for messages: its name, or its place. */
export const structureWord = (s: Pick<Structure, 'name' | 'yamlIndex'>): string => (s.name ? `"${s.name}"` : `structure ${s.yamlIndex}`);
