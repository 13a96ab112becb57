import type { Problem } from '../errors';
import { isMadeOnDevice } from './content-plan';
import { MBR_ENTRIES } from './device-warnings';
import { hasModes, isPartition, structureWord, type Gadget, type GadgetErrorCode, type GadgetRules, type Role, type Structure, type Volume } from './gadget';
import { labelFault } from './labels';
import { isInTable } from './layout';
import { isFatName, ROLE_LABELS } from './parse-structure';
import { MAX_VOLUME_BYTES } from './quantity';

const ONCE: Role[] = ['system-seed', 'system-seed-null', 'system-boot', 'system-data', 'system-save', 'system-boot-state'];

type Found = { volume: Volume; structure: Structure; path: string };
type Add = (code: GadgetErrorCode, path: string, message: string) => void;

const allStructures = (gadget: Gadget): Found[] => gadget.volumes.flatMap((volume) => volume.structures.map((structure, i) => ({ volume, structure, path: `volumes.${volume.name}.structure[${i}]` })));

/** What snapd asks of the structures of all volumes together (snapd gadget/validate.go). All that is wrong, at once. */
export function checkRoles(gadget: Gadget, rules: GadgetRules): Problem[] {
  const problems: Problem[] = [];
  const add: Add = (code, path, message) => problems.push({ code, path, message, severity: 'error' });
  const all = allStructures(gadget);
  const byRole = new Map<Role, Found>();
  for (const found of all) {
    const { role } = found.structure;
    if (role === undefined || !ONCE.includes(role)) continue;
    if (byRole.has(role)) add('gadget-role-invalid', found.path, `The role ${role} stands twice in the gadget; keep one.`);
    else byRole.set(role, found);
  }
  if (byRole.has('system-seed') && byRole.has('system-seed-null')) add('gadget-role-invalid', byRole.get('system-seed-null')!.path, 'The roles system-seed and system-seed-null exclude each other; keep one.');
  const reserved = hasModes(rules) ? ['ubuntu-boot', 'ubuntu-seed', 'ubuntu-data', 'ubuntu-save'] : ['ubuntu-seed', 'ubuntu-data'];
  for (const { structure, path } of all) {
    if (structure.role === undefined && structure.label !== '' && reserved.some((label) => isLabel(structure, label))) add('gadget-label-invalid', `${path}.filesystem-label`, `The label "${structure.label}" is kept for the structure with that role.`);
  }
  if (rules === 'classic-modes') checkHybrid(byRole, add);
  else checkCore(byRole, hasModes(rules), add);
  return problems;
}

const isLabel = (s: Structure, label: string): boolean => (isFatName(s.filesystem) ? s.label.toLowerCase() === label : s.label === label);

function checkImplied(found: Found | undefined, label: string, add: Add): void {
  if (!found || found.structure.label === '' || isLabel(found.structure, label)) return;
  add('gadget-label-invalid', `${found.path}.filesystem-label`, `The ${found.structure.role} structure has the label "${found.structure.label}"; it must be ${label}, or left out.`);
}

function checkCore(byRole: Map<Role, Found>, seedExpected: boolean, add: Add): void {
  const [seed, data, save] = [byRole.get('system-seed'), byRole.get('system-data'), byRole.get('system-save')];
  if (seedExpected) {
    if (byRole.has('system-seed-null')) add('gadget-role-invalid', byRole.get('system-seed-null')!.path, 'The role system-seed-null is for classic systems; Ubuntu Core needs system-seed.');
    if (!seed) add('gadget-role-invalid', 'volumes', 'No structure has the role system-seed; Ubuntu Core 20 and later start from it.');
    if (!data) add('gadget-role-invalid', 'volumes', 'No structure has the role system-data; Ubuntu Core 20 and later need it.');
    for (const role of ['system-boot', 'system-data', 'system-save'] as const) {
      const found = byRole.get(role);
      if (seed && found && found.volume !== seed.volume) add('gadget-role-invalid', found.path, `The ${role} structure is in volume ${found.volume.name}; it must be in ${seed.volume.name}, where the seed is.`);
    }
    checkImplied(data, 'ubuntu-data', add);
    checkImplied(seed, 'ubuntu-seed', add);
    checkImplied(save, 'ubuntu-save', add);
    return;
  }
  if (seed) add('gadget-role-invalid', seed.path, 'The role system-seed came with Ubuntu Core 20; the model is older.');
  if (save) add('gadget-role-invalid', save.path, 'The role system-save came with Ubuntu Core 20; the model is older.');
  if (!seed) checkImplied(data, 'writable', add);
}

function checkHybrid(byRole: Map<Role, Found>, add: Add): void {
  const boot = byRole.get('system-boot');
  for (const role of ['system-boot', 'system-data'] as const) if (!byRole.has(role)) add('gadget-role-invalid', 'volumes', `No structure has the role ${role}, which a classic system with modes needs.`);
  for (const role of ['system-boot', 'system-data', 'system-seed', 'system-seed-null', 'system-save'] as const) checkImplied(byRole.get(role), ROLE_LABELS[role]!, add);
  for (const role of ['system-seed', 'system-seed-null', 'system-save'] as const) {
    const found = byRole.get(role);
    if (boot && found && found.volume !== boot.volume) add('gadget-role-invalid', found.path, `The ${role} structure is in volume ${found.volume.name}; it must be in ${boot.volume.name}, where system-boot is.`);
  }
}

/**
 * What keeps an image from being made of a gadget: what snapd asks (`checkRoles`), and what partition tables
 * and file systems can hold.
 */
export function checkGadget(gadget: Gadget, rules: GadgetRules): Problem[] {
  const problems = checkRoles(gadget, rules);
  if (hasModes(rules) && !allStructures(gadget).some(({ structure }) => structure.role === 'system-boot')) {
    const message = 'No structure has the role system-boot; Ubuntu Core 20 and later start the installed system from it.';
    problems.push({ code: 'gadget-role-invalid', path: 'volumes', message, severity: 'error' });
  }
  return [...problems, ...checkImage(gadget, rules), ...checkLabels(gadget)];
}

/** What images are not made of, and what a partition table cannot hold; what the place on the disk decides is `assertDisk`. */
export function checkImage(gadget: Gadget, rules: GadgetRules): Problem[] {
  const problems: Problem[] = [];
  const add: Add = (code, path, message) => problems.push({ code, path, message, severity: 'error' });
  const all = allStructures(gadget);
  const seed = all.find(({ structure }) => structure.role === 'system-seed');
  if (seed?.structure.filesystem === 'none') add('gadget-filesystem-invalid', seed.path, 'The system-seed structure must have a file system: vfat, vfat-16 or ext4.');
  for (const volume of gadget.volumes) checkVolume(volume, rules, add);
  for (const found of all) checkHolds(found, add);
  return problems;
}

function checkVolume(volume: Volume, rules: GadgetRules, add: Add): void {
  const path = `volumes.${volume.name}`;
  const open = volume.partial.filter((p) => p !== 'structure');
  if (open.length > 0) add('gadget-partial-invalid', `${path}.partial`, `${open.join(', ')} of the volume ${volume.name} is left to an installer, so no image can be made; describe it in full.`);
  checkTable(volume, rules, add);
  if (volume.schema === 'gpt' && volume.id !== undefined && !GUID.test(volume.id.toUpperCase())) add('gadget-id-invalid', `${path}.id`, `The volume ${volume.name} has the id "${volume.id.slice(0, 80)}", which is no GUID.`);
  if (volume.schema === 'mbr' && volume.id !== undefined && !/^(?:0x)?[0-9A-Fa-f]{1,8}$/.test(volume.id)) add('gadget-id-invalid', `${path}.id`, `The volume ${volume.name} has the id "${volume.id.slice(0, 80)}", which is no number of 32 bits in hexadecimal.`);
  if (volume.schema !== 'gpt') return;
  volume.structures.forEach((s, i) => {
    if (s.id !== undefined && volume.structures.findIndex(({ id }) => id === s.id) !== i) add('gadget-id-invalid', `${path}.structure[${s.yamlIndex}].id`, `The id ${s.id.slice(0, 80)} stands twice in the volume ${volume.name}; a disk finds its partitions by it.`);
  });
  for (const s of volume.structures) {
    if (s.offsetBytes === undefined || !isInTable({ ...s, offsetBytes: s.offsetBytes }, volume.schema, 512)) continue;
    add('gadget-offset-invalid', `${path}.structure[${s.yamlIndex}].offset`, `${structureWord(s)} lies where the partition table is; start it at 1M or later.`);
  }
}

function checkTable(volume: Volume, rules: GadgetRules, add: Add): void {
  const inImage = volume.structures.filter((s) => isPartition(s) && !isMadeOnDevice(s, rules)).length;
  if (volume.schema !== 'mbr' || inImage <= MBR_ENTRIES) return;
  const message = `An MBR holds ${MBR_ENTRIES} partitions, and the image of the volume ${volume.name} has ${inImage}.`;
  add('mbr-too-many', `volumes.${volume.name}`, message);
}

const GUID = /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;

function checkHolds({ volume, structure: s, path }: Found, add: Add): void {
  const hasEntry = volume.schema === 'gpt' && isPartition(s);
  if (hasEntry && s.name.length > 36) add('gadget-name-invalid', `${path}.name`, `"${s.name.slice(0, 80)}" is longer than 36 characters, all that a partition table holds.`);
  if (hasEntry && s.id !== undefined && !GUID.test(s.id)) add('gadget-id-invalid', `${path}.id`, `"${s.id.slice(0, 80)}" is no GUID.`);
  if (s.sizeBytes > MAX_VOLUME_BYTES || (s.offsetBytes ?? 0) > MAX_VOLUME_BYTES) add('gadget-size-invalid', path, `${structureWord(s)} reaches beyond 64 GiB, the largest image that is made.`);
}

/** Labels that no file system can have, also of those that the device makes. */
export function checkLabels(gadget: Gadget): Problem[] {
  return allStructures(gadget).flatMap(({ structure: s, path }) => {
    const fault = labelFault(s.label, s.filesystem);
    if (fault === undefined) return [];
    const code: GadgetErrorCode = 'gadget-label-invalid';
    const message = `${structureWord(s)} has the label "${s.label.slice(0, 80)}": ${fault}.`;
    return [{ code, path: `${path}.filesystem-label`, message, severity: 'error' as const }];
  });
}
