import type { HeaderMap, HeaderValue } from '../assertion/assertion';
import { isMap, plainText, quote, writtenValue } from './check/report';
import { baseWords, trackOfBase } from './bases';
import { headersToDraft, type DraftHeaders } from './draft';

export type Change = {
  /** Where in the newer headers, or in the older ones for what is gone. */
  path: string;
  kind: 'added' | 'removed' | 'changed';
  /** `kernel pc-kernel: 24/stable → 24/candidate` */
  sentence: string;
  /** What it means for devices that run the older model (snapd overlord/devicestate/devicestate.go). `blocked`: they cannot remodel. */
  remodel?: { verdict: 'blocked' | 'caution'; sentence: string };
};

const LABELS: Record<string, string> = { model: 'name', 'display-name': 'display name', 'storage-safety': 'storage safety', 'serial-authority': 'serial authority', 'system-user-authority': 'system-user authority', 'preseed-authority': 'preseed authority', 'validation-sets': 'validation sets', 'required-snaps': 'required snaps' };
const label = (name: string): string => LABELS[name] ?? name;

const REMODEL: Record<string, { verdict: 'blocked' | 'caution'; sentence: string }> = {
  architecture: { verdict: 'blocked', sentence: 'Devices cannot remodel to another architecture.' },
  grade: { verdict: 'blocked', sentence: 'Devices cannot remodel to another grade; they must be flashed again.' },
  classic: { verdict: 'blocked', sentence: 'Devices cannot remodel between Core and classic.' },
  model: { verdict: 'caution', sentence: 'Devices need a new serial for another model name, and the remodel must be allowed in the store.' },
  store: { verdict: 'caution', sentence: 'Devices need a new serial for another store.' },
};

/** Text as one line, for a sentence. */
function show(value: HeaderValue): string {
  if (typeof value === 'string') return value === '' ? '(empty)' : value.includes('\n') ? quote(value.replaceAll('\n', ' ')) : value;
  if (Array.isArray(value)) return value.map((member) => (isMap(member) && typeof member.name === 'string' ? member.name : show(member))).join(', ');
  return Object.entries(value)
    .map(([key, member]) => `${key} ${show(member)}`)
    .join(', ');
}

const same = (a: HeaderValue | undefined, b: HeaderValue | undefined): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

function sorted(value: HeaderValue | undefined): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  return Object.keys(value).sort().map((key) => [key, sorted(value[key])]);
}

/** What changes from one version to the other, in words; empty when they say the same. */
export function describeChanges(before: DraftHeaders, after: DraftHeaders): Change[] {
  const [old, now] = [headersToDraft(before), headersToDraft(after)];
  const names = [...new Set([...Object.keys(now), ...Object.keys(old)])].filter((name) => name !== 'snaps');
  return [...names.flatMap((name) => describeHeader(name, writtenValue(old, name), writtenValue(now, name))), ...describeSnaps(old, now)];
}

function describeHeader(name: string, old: HeaderValue | undefined, now: HeaderValue | undefined): Change[] {
  if (same(old, now)) return [];
  const remodel = name === 'base' ? remodelOfBase(old, now) : REMODEL[name];
  const effect = remodel ? { remodel } : {};
  if (old === undefined) return [{ path: name, kind: 'added', sentence: `${label(name)}: ${show(now!)} (was not set)`, ...(name === 'grade' && now === 'signed' ? {} : effect) }];
  if (now === undefined) return [{ path: name, kind: 'removed', sentence: `${label(name)}: no longer set (was ${show(old)})`, ...(name === 'grade' && old === 'signed' ? {} : effect) }];
  return [{ path: name, kind: 'changed', sentence: `${label(name)}: ${show(old)} → ${show(now)}`, ...effect }];
}

function remodelOfBase(old: HeaderValue | undefined, now: HeaderValue | undefined): Change['remodel'] {
  if (old === undefined || now === undefined) return { verdict: 'blocked', sentence: 'Devices cannot remodel between Ubuntu Core 16 and later.' };
  const [from, to] = [show(old), show(now)];
  const down = Number(trackOfBase(to) ?? 0) < Number(trackOfBase(from) ?? 0);
  if (down) return { verdict: 'caution', sentence: `Going back from ${baseWords(from)} to ${baseWords(to)} is not supported.` };
  return { verdict: 'caution', sentence: 'Devices reinstall their base: gadget, kernel and snaps must be of the new base too.' };
}

type Listed = { entry: HeaderMap; index: number };

function listed(draft: DraftHeaders): Map<string, Listed> {
  const snaps = new Map<string, Listed>();
  for (const [index, entry] of (Array.isArray(draft.snaps) ? draft.snaps : []).entries()) if (isMap(entry) && typeof entry.name === 'string' && !snaps.has(entry.name)) snaps.set(entry.name, { entry, index });
  return snaps;
}

/** `kernel pc-kernel`, `snap hello`. */
const nameOf = (entry: HeaderMap): string => `${!entry.type || entry.type === 'app' || entry.type === entry.name ? 'snap' : show(entry.type)} ${plainText(entry, 'name')}`;

const DEFAULTS: Record<string, string> = { 'default-channel': 'latest/stable', type: 'app', presence: 'required', modes: 'run', classic: 'false' };

function describeSnaps(old: DraftHeaders, now: DraftHeaders): Change[] {
  const [before, after] = [listed(old), listed(now)];
  const changes: Change[] = [];
  for (const [name, { entry, index }] of after) {
    const path = `snaps[${index}]`;
    const other = before.get(name);
    if (!other) changes.push({ path, kind: 'added', sentence: `${nameOf(entry)} added from ${show(writtenValue(entry, 'default-channel') ?? 'latest/stable')}` });
    else changes.push(...describeEntry(other.entry, entry, path));
  }
  for (const [name, { entry, index }] of before) {
    if (after.has(name)) continue;
    const remodel = { verdict: 'caution' as const, sentence: 'It stays installed on devices until somebody removes it.' };
    changes.push({ path: `snaps[${index}]`, kind: 'removed', sentence: `${nameOf(entry)} removed`, ...(entry.type === undefined || entry.type === 'app' ? { remodel } : {}) });
  }
  const common = (from: Map<string, Listed>, to: Map<string, Listed>) => [...from.keys()].filter((name) => to.has(name)).join();
  if (common(before, after) !== common(after, before)) changes.push({ path: 'snaps', kind: 'changed', sentence: 'snaps are in another order' });
  return changes;
}

function describeEntry(old: HeaderMap, now: HeaderMap, path: string): Change[] {
  const keys = [...new Set([...Object.keys(now), ...Object.keys(old)])].filter((key) => key !== 'name');
  return keys.flatMap((key): Change[] => {
    const [from, to] = [writtenValue(old, key), writtenValue(now, key)];
    if (same(from, to)) return [];
    const said = (value: HeaderValue | undefined) => (value === undefined ? (DEFAULTS[key] ?? 'not set') : show(value));
    const kind = from === undefined ? 'added' : to === undefined ? 'removed' : 'changed';
    const what = key === 'default-channel' ? '' : ` ${key}`;
    return [{ path: `${path}.${key}`, kind, sentence: `${nameOf(now)}${what}: ${said(from)} → ${said(to)}` }];
  });
}
