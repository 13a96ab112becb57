import type { HeaderMap } from '../../assertion/assertion';
import type { Fix } from '../../errors';
import { REFERENCE_SNAP_IDS, WELL_KNOWN_SNAP_IDS } from '../../snap/names';
import { snapEntry, trackOfBase } from '../bases';
import { isMap, plainText, quote, report, type Checking } from './report';
import { checkSnapEntry } from './snap-entry';

type Entry = { entry: HeaderMap; path: string };

/** The list of `snaps`: every entry, and what they may be together. snapd asserts/model.go checkExtendedSnaps. */
export function checkSnaps(checking: Checking): void {
  const snaps = checking.headers.snaps;
  if (snaps !== undefined && !Array.isArray(snaps)) return report(checking, 'snaps', 'snaps', 'snaps is a list of maps, one for each snap.');
  const entries: Entry[] = [];
  for (const [i, entry] of (snaps ?? []).entries()) {
    const path = `snaps[${i}]`;
    if (isMap(entry)) entries.push({ entry, path });
    else report(checking, path, 'snaps-entry', 'Every entry of snaps is a map with at least a name.', { fix: { label: 'Remove this entry', op: 'remove', path } });
  }
  for (const { entry, path } of entries) checkSnapEntry(checking, entry, path);
  checkRepeats(checking, entries);
  checkEssentials(checking, entries);
  checkBase(checking, entries);
}

function checkRepeats(checking: Checking, entries: Entry[]): void {
  const names = new Set<string>();
  const ids = new Map<string, string>();
  for (const { entry, path } of entries) {
    const { name, id } = entry;
    const fix: Fix = { label: 'Remove this entry', op: 'remove', path };
    if (typeof name !== 'string' || name === '') continue;
    if (names.has(name)) report(checking, `${path}.name`, 'snap-repeated', `${quote(name)} is listed twice.`, { fix });
    names.add(name);
    if (typeof id !== 'string' || id === '') continue;
    const other = ids.get(id);
    if (other !== undefined && other !== name) report(checking, `${path}.id`, 'snap-id-repeated', `${quote(name)} has the same id as ${quote(other)}; a snap is in a model once.`, { fix });
    ids.set(id, name);
  }
}

function checkEssentials(checking: Checking, entries: Entry[]): void {
  const ofType = (type: string) => entries.filter(({ entry }) => entry.type === type);
  for (const type of ['snapd', 'kernel', 'gadget']) {
    for (const { entry, path } of ofType(type).slice(1)) {
      const first = plainText(ofType(type)[0]!.entry, 'name');
      report(checking, `${path}.type`, 'essential-repeated', `A model has one ${type}: ${quote(first)} is there already, beside ${quote(plainText(entry, 'name'))}.`, { fix: { label: 'Remove this entry', op: 'remove', path } });
    }
  }
  const kernel = ofType('kernel').length > 0;
  const gadget = ofType('gadget').length > 0;
  if (checking.classic && entries.length === 0) report(checking, 'snaps', 'snaps-empty', 'snaps lists nothing, and an empty list is not written into the assertion. List at least one snap.');
  if (!gadget && (!checking.classic || kernel)) report(checking, 'snaps', 'gadget-missing', 'A model lists a gadget: the snap that knows the board, its disk layout and its boot loader.', { fix: addReference(checking, 'pc', 'gadget') });
  if (!kernel && !checking.classic) report(checking, 'snaps', 'kernel-missing', 'A model lists a kernel.', { fix: addReference(checking, 'pc-kernel', 'kernel') });
}

/** Canonical's own for PCs; for other boards there is no telling. */
function addReference({ headers }: Checking, name: string, type: string): Fix | undefined {
  const track = typeof headers.base === 'string' ? trackOfBase(headers.base) : undefined;
  return headers.architecture === 'amd64' && track ? { label: `Add ${name}`, op: 'append', path: 'snaps', value: snapEntry(name, type, `${track}/stable`) } : undefined;
}

function checkBase(checking: Checking, entries: Entry[]): void {
  const { base } = checking.headers;
  if (typeof base !== 'string' || base === '') return;
  const listed = entries.find(({ entry }) => entry.name === base && !['snapd', 'kernel', 'gadget'].includes(plainText(entry, 'type')));
  if (listed) {
    if (listed.entry.type === 'base') return;
    const path = `${listed.path}.type`;
    return report(checking, path, 'base-type', `${quote(base)} is the base that devices boot: its type is base.`, { fix: { label: 'Use base', op: 'set', path, value: 'base' } });
  }
  const add: Fix = { label: `Add ${base}`, op: 'append', path: 'snaps', value: snapEntry(base, 'base', 'latest/stable') };
  if (WELL_KNOWN_SNAP_IDS.has(base)) {
    report(checking, 'base', 'base-implied', `${base} is not listed: it is taken from latest/stable. List it to choose its channel.`, { severity: 'info', fix: add });
  } else if (checking.grade === 'dangerous') {
    report(checking, 'base', 'base-implied', `${base} is not listed and its id is not known: it is taken from latest/stable by its name.`, { severity: 'warning', fix: add });
  } else {
    report(checking, 'base', 'base-unlisted', `snapd does not know ${quote(base)} by itself: list it among the snaps with its id.`, REFERENCE_SNAP_IDS.has(base) ? { fix: add } : {});
  }
}
