import type { Problem } from '../errors';
import { AppError } from '../errors';
import { structureWord, type Filesystem, type Gadget, type GadgetErrorCode, type Role, type Structure, type Volume } from './gadget';
import { ROLE_LABELS } from './parse-structure';

/** What the model of the image asks of its gadget. */
export type GadgetDemands = { grade: 'dangerous' | 'signed' | 'secured'; storageSafety?: string | undefined };

const ONCE: Role[] = ['system-seed', 'system-seed-null', 'system-boot', 'system-data', 'system-save', 'system-boot-state'];
const SEED_FAMILY: Role[] = ['system-boot', 'system-data', 'system-save'];
const isFat = (f: Filesystem) => f === 'vfat-16' || f === 'vfat-32';

type Found = { volume: Volume; structure: Structure; path: string };

/**
 * What structures and volumes of a UC20+ gadget owe each other (snapd gadget/validate.go), and what keeps its disk from being made or
 * from installing. Warnings do not stop a build.
 */
export function checkGadget(gadget: Gadget, demands: GadgetDemands): Problem[] {
  const problems: Problem[] = [];
  const add = (code: GadgetErrorCode, path: string, message: string, severity: Problem['severity'] = 'error') => problems.push({ code, path, message, severity });
  const all: Found[] = gadget.volumes.flatMap((volume) => volume.structures.map((structure, i) => ({ volume, structure, path: `volumes.${volume.name}.structure[${i}]` })));

  const byRole = new Map<Role, Found>();
  for (const found of all) {
    const { role } = found.structure;
    if (role === undefined) continue;
    if (byRole.has(role) && ONCE.includes(role)) add('gadget-role-invalid', found.path, `The role ${role} stands twice in the gadget; keep one.`);
    else byRole.set(role, found);
  }
  const seed = byRole.get('system-seed');
  if (byRole.has('system-seed-null')) add('gadget-not-supported', byRole.get('system-seed-null')!.path, 'The role system-seed-null is for classic systems; images of Ubuntu Core need system-seed.');
  else if (!seed) add('gadget-role-invalid', 'volumes', 'No structure has the role system-seed; Ubuntu Core 20 and later start from it.');
  if (!byRole.has('system-data')) add('gadget-role-invalid', 'volumes', 'No structure has the role system-data; Ubuntu Core 20 and later need it.');
  if (!byRole.has('system-boot')) add('gadget-role-invalid', 'volumes', 'No structure has the role system-boot; Ubuntu Core 20 and later start the installed system from it.');
  for (const role of SEED_FAMILY) {
    const found = byRole.get(role);
    if (seed && found && found.volume !== seed.volume) add('gadget-role-invalid', found.path, `The ${role} structure is in volume ${found.volume.name}; it must be in ${seed.volume.name}, where the seed is.`);
  }
  if (seed && seed.structure.filesystem !== 'vfat-32') add('gadget-filesystem-invalid', seed.path, 'The system-seed structure must have a FAT32 file system (vfat).');
  if (!byRole.has('system-save') && (demands.grade === 'secured' || demands.storageSafety === 'encrypted')) {
    add('gadget-role-invalid', 'volumes', 'The model asks for encrypted storage, and the gadget has no system-save structure: devices will refuse to install.', 'warning');
  }

  for (const found of all) checkLabel(found, all, add);
  for (const volume of gadget.volumes) checkTable(volume, add);
  return problems;
}

type Add = (code: GadgetErrorCode, path: string, message: string, severity?: Problem['severity']) => void;

function checkLabel({ volume, structure: s, path }: Found, all: Found[], add: Add): void {
  if (s.label === '') return;
  const at = `${path}.filesystem-label`;
  const expected = s.role && ROLE_LABELS[s.role];
  const sameText = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  if (expected !== undefined && s.label !== expected) add('gadget-label-invalid', at, `The ${s.role} structure has the label "${s.label}"; it must be ${expected}, or left out.`);
  if (s.role === undefined && Object.values(ROLE_LABELS).some((label) => sameText(label, s.label))) add('gadget-label-invalid', at, `The label "${s.label}" is kept for the structure with that role.`);
  const twin = all.find((o) => o.volume === volume && o.structure.yamlIndex < s.yamlIndex && (o.structure.label === s.label || ((isFat(o.structure.filesystem) || isFat(s.filesystem)) && sameText(o.structure.label, s.label))));
  if (twin) add('gadget-label-invalid', at, `The label "${s.label}" stands twice in the volume (${structureWord(twin.structure)}).`);
  const limit = isFat(s.filesystem) ? 11 : s.filesystem === 'ext4' ? 16 : undefined;
  if (limit !== undefined && (s.label.length > limit || !/^[\x20-\x7e]+$/.test(s.label))) add('gadget-label-invalid', at, `The label "${s.label}" is not plain ASCII of at most ${limit} characters, all that ${s.filesystem} holds.`);
}

function checkTable(volume: Volume, add: Add): void {
  const partitions = volume.structures.filter((s) => s.type !== 'mbr' && s.type !== 'bare');
  if (volume.schema === 'mbr' && partitions.length > 4) add('gadget-schema-invalid', `volumes.${volume.name}`, `An MBR holds 4 partitions, and the volume has ${partitions.length}.`);
  if (volume.schema !== 'gpt') return;
  for (const s of volume.structures) {
    if (s.offsetBytes === undefined || s.role === 'mbr') continue;
    if (s.offsetBytes < 17_408 && s.offsetBytes + s.sizeBytes > 512) add('gadget-offset-invalid', `volumes.${volume.name}.structure[${s.yamlIndex}].offset`, `${structureWord(s)} lies where the partition table is; start it at 1M or later.`);
  }
}

/** Marker files at the gadget's root and the boot loader each stands for (snapd bootloader/bootloader.go). */
const MARKERS: Record<string, string> = { 'uboot.conf': 'u-boot', 'grub.conf': 'grub', 'androidboot.conf': 'android-boot', 'lk.conf': 'lk', 'piboot.conf': 'piboot' };

/**
 * Stops at what images are not made for: every boot loader but GRUB, an unclear one, tables other than GPT where the seed is.
 * `rootFiles` are the names at the gadget's root. Throws AppError `gadget-not-supported` or `gadget-bootloader-invalid`.
 */
export function assertSupported(gadget: Gadget, rootFiles: Iterable<string>): void {
  const fail = (code: GadgetErrorCode, message: string): never => {
    throw new AppError<GadgetErrorCode>(code, message);
  };
  const volume = gadget.volumes.find((v) => v.bootloader !== undefined)!;
  const markers = [...new Set(rootFiles)].filter((name) => name in MARKERS).sort();
  if (volume.bootloader !== 'grub') fail('gadget-not-supported', `The gadget boots with ${volume.bootloader}; images are made for GRUB (bootloader: grub) only so far.`);
  if (markers.length === 0) fail('gadget-bootloader-invalid', 'The gadget has no grub.conf at its root, by which snapd knows GRUB; add it (it may be empty).');
  if (markers.length > 1) fail('gadget-bootloader-invalid', `The gadget has ${markers.join(' and ')}; keep only the one of its boot loader.`);
  if (MARKERS[markers[0]!] !== 'grub') fail('gadget-bootloader-invalid', `The gadget says bootloader: grub, but has ${markers[0]}, which stands for ${MARKERS[markers[0]!]}.`);
  if (volume.schema !== 'gpt') fail('gadget-not-supported', `The volume ${volume.name} has schema ${volume.schema}; images with GRUB are made with gpt only.`);
  if (volume.id !== undefined && !/^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/.test(volume.id)) fail('gadget-id-invalid', `The volume ${volume.name} has the id "${volume.id.slice(0, 80)}", which is no GUID.`);
}
