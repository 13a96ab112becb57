import type { Warning } from '../warnings';
import { isMadeOnDevice } from './content-plan';
import { hasModes, isPartition, type Gadget, type GadgetRules, type Volume } from './gadget';

/** What the model of the image asks of its gadget. */
export type GadgetDemands = {
  rules: GadgetRules;
  /** Undefined for UC16 and UC18. */
  grade: 'dangerous' | 'signed' | 'secured' | undefined;
  storageSafety?: string | undefined;
};

export const MBR_ENTRIES = 4;

/** What a device stumbles over when it installs itself: snapd and the image say nothing of it before. */
export function warnOfInstall(gadget: Gadget, { rules, grade, storageSafety }: GadgetDemands): Warning[] {
  if (!hasModes(rules)) return [];
  const all = gadget.volumes.flatMap(({ structures }) => structures);
  const hasSave = all.some(({ role }) => role === 'system-save');
  const isEncrypted = grade === 'secured' || storageSafety === 'encrypted';
  const ofTables = gadget.volumes.flatMap((volume) => warnOfTable(volume, rules));
  return isEncrypted && !hasSave ? [SAVE_MISSING, ...ofTables] : ofTables;
}

const SAVE_MISSING: Warning = {
  code: 'system-save-missing',
  message:
    'The model asks for encrypted storage, and the gadget has no system-save structure: ' +
    'devices will refuse to install.',
};

/** Devices add theirs with `sfdisk --append` (snapd gadget/install/partition.go), which stops at a full table. */
function warnOfTable(volume: Volume, rules: GadgetRules): Warning[] {
  const all = volume.structures.filter(isPartition);
  const added = all.filter((s) => isMadeOnDevice(s, rules)).length;
  if (volume.schema !== 'mbr' || added === 0 || all.length <= MBR_ENTRIES) return [];
  const counts = `${all.length - added} partitions in the image and ${added} that the device adds`;
  const message =
    `An MBR has ${MBR_ENTRIES} entries, and the volume ${volume.name} needs ${all.length}: ${counts}. ` +
    'The device cannot install itself. Take partitions out of the gadget, or give the volume the schema gpt.';
  return [{ code: 'mbr-too-many', message }];
}
