import type { HeaderMap, HeaderValue } from '../assertion/assertion';
import { formatChannel, parseChannel } from '../snap/channel';
import { snapEntry, trackOfBase } from './bases';
import { isMap, plainText, type SnapFacts } from './check/report';
import { isEssential } from './check/snap-entry';
import type { DraftHeaders } from './draft';
import type { Grade } from './grades';
import { setAt } from './path';

/** One entry of a draft's `snaps`, with its place there. */
export type SnapRow = { index: number; entry: HeaderMap; name: string; type: string; essential: boolean };

const BOOT_ORDER = ['snapd', 'kernel', 'base', 'gadget'];

const entriesOf = (draft: DraftHeaders): HeaderValue[] => (Array.isArray(draft.snaps) ? draft.snaps : []);

/** The draft's snaps as they are shown: the essential ones in boot order, then the others in theirs. Entries that are no maps are left out. */
export function snapRows(draft: DraftHeaders): SnapRow[] {
  const rows = entriesOf(draft).flatMap((entry, index): SnapRow[] => {
    if (!isMap(entry)) return [];
    return [{ index, entry, name: plainText(entry, 'name'), type: plainText(entry, 'type') || 'app', essential: isEssential(entry, draft.base) }];
  });
  const place = (row: SnapRow) => (row.essential ? BOOT_ORDER.indexOf(row.type === 'app' ? 'base' : row.type) : BOOT_ORDER.length);
  return rows.sort((a, b) => place(a) - place(b) || a.index - b.index);
}

/** Moves a snap that is not essential one place up (-1) or down (1) among its like; at the end it stays. */
export function moveSnap(draft: DraftHeaders, index: number, by: -1 | 1): DraftHeaders {
  const others = snapRows(draft).filter((row) => !row.essential);
  const at = others.findIndex((row) => row.index === index);
  const target = others[at + by];
  if (at < 0 || !target) return draft;
  const snaps = [...entriesOf(draft)];
  [snaps[index], snaps[target.index]] = [snaps[target.index]!, snaps[index]!];
  return { ...draft, snaps };
}

export const removeSnap = (draft: DraftHeaders, index: number): DraftHeaders => setAt(draft, `snaps[${index}]`, undefined);

/** `required` is what nothing says, and is not written. */
export const setPresence = (draft: DraftHeaders, index: number, presence: 'required' | 'optional'): DraftHeaders =>
  setAt(draft, `snaps[${index}].presence`, presence === 'optional' ? 'optional' : undefined);

/** A header as its author typed it; an empty one is not there. */
export const setText = (draft: DraftHeaders, name: string, text: string): DraftHeaders => setAt(draft, name, text === '' ? undefined : text);

/** Grade secured encrypts by itself, so another storage-safety goes. */
export function setGrade(draft: DraftHeaders, grade: Grade): DraftHeaders {
  const next = { ...draft, grade };
  if (grade === 'secured') delete (next as DraftHeaders)['storage-safety'];
  return next;
}

const FOLLOW_BASE = ['pc', 'pc-kernel', 'pi', 'pi-kernel', 'console-conf'];

/** Another generation: the entry of the boot base becomes the new one, and Canonical's gadget, kernel and console-conf move to its track. */
export function setBase(draft: DraftHeaders, base: string): DraftHeaders {
  const track = trackOfBase(base);
  const listed = entriesOf(draft).some((entry) => isMap(entry) && entry.name === base);
  const snaps = entriesOf(draft).flatMap((entry): HeaderValue[] => {
    if (!isMap(entry)) return [entry];
    if (entry.name === draft.base && plainText(entry, 'type') === 'base') return listed ? [] : [snapEntry(base, 'base', 'latest/stable')];
    const channel = parseChannel(plainText(entry, 'default-channel'));
    const follows = track && FOLLOW_BASE.includes(plainText(entry, 'name')) && channel?.track === trackOfBase(plainText(draft, 'base'));
    return [follows ? { ...entry, 'default-channel': formatChannel({ ...channel, track }) } : entry];
  });
  return { ...draft, base, ...(Array.isArray(draft.snaps) ? { snaps } : {}) };
}

/** The channel to start with: of the base's track for what follows it, else of `latest`, else the first that there is for the architecture; stable where there is one. */
export function pickChannel(name: string, facts: Pick<SnapFacts, 'channels' | 'type'>, { architecture, base }: { architecture: string; base: string }): string {
  const fitting = facts.channels.filter((c) => c.architecture === architecture || c.architecture === 'all').map((c) => c.channel);
  const track = ['gadget', 'kernel'].includes(facts.type) || name === 'console-conf' ? trackOfBase(base) : undefined;
  const prefixes = [...(track ? [`${track}/`] : []), 'latest/', ''];
  for (const prefix of prefixes) {
    const inTrack = fitting.filter((channel) => channel.startsWith(prefix));
    const best = inTrack.find((channel) => channel === `${prefix}stable`) ?? inTrack[0];
    if (best) return best;
  }
  return `${track ?? 'latest'}/stable`;
}

type Known = Pick<SnapFacts, 'snapId' | 'type' | 'channels'> & { name: string };

/** Adds a snap of the store with its id, type and a channel. A gadget, kernel or snapd takes the place of the one that is there. */
export function addSnap(draft: DraftHeaders, snap: Known): DraftHeaders {
  const channel = pickChannel(snap.name, snap, { architecture: plainText(draft, 'architecture'), base: plainText(draft, 'base') });
  const entry: HeaderMap = { 'default-channel': channel, id: snap.snapId, name: snap.name, ...(snap.type === 'app' ? {} : { type: snap.type }) };
  const rows = snapRows(draft);
  const there = rows.find((row) => row.name === snap.name);
  if (there) return draft;
  const place = rows.find((row) => ['gadget', 'kernel', 'snapd'].includes(snap.type) && row.type === snap.type);
  return place ? setAt(draft, `snaps[${place.index}]`, entry) : { ...draft, snaps: [...entriesOf(draft), entry] };
}

/** The base that a snap needs in its channel and that the draft lacks; undefined when nothing is missing. */
export function missingBase(draft: DraftHeaders, snap: Known): string | undefined {
  if (snap.type !== 'app' && snap.type !== 'gadget') return undefined;
  const rows = snapRows(draft);
  const channel = plainText(rows.find((row) => row.name === snap.name)?.entry ?? {}, 'default-channel');
  const architecture = plainText(draft, 'architecture');
  const released = snap.channels.find((c) => c.channel === channel && (c.architecture === architecture || c.architecture === 'all'));
  if (!released) return undefined;
  const base = released.base ?? 'core';
  return base === 'none' || base === draft.base || rows.some((row) => row.name === base) ? undefined : base;
}
