import type { Headers, HeaderValue } from '../assertion/assertion';
import { writtenValue } from './check/report';
import { describeList, LISTS } from './diff-lists';
import { joint, kindOf, sameValue, shorten, show, type Change } from './diff-values';
import { headersToDraft, type DraftHeaders } from './draft';
import { joinPath, toPointer } from './path';
import { remodelVerdict, type RemodelRule } from './remodel';

export type { Change };

/** As Change, but its path is a JSON Pointer and what it means for devices stands in its sentence. */
export type Difference = Pick<Change, 'path' | 'kind' | 'from' | 'to' | 'sentence'>;

const LABELS: Record<string, string> = {
  model: 'name',
  'authority-id': 'authority',
  'brand-id': 'brand',
  'sign-key-sha3-384': 'signing key',
  'display-name': 'display name',
  'storage-safety': 'storage safety',
  'serial-authority': 'serial authority',
  'system-user-authority': 'system-user authority',
  'preseed-authority': 'preseed authority',
  'validation-sets': 'validation sets',
  'required-snaps': 'required snaps',
};
const label = (name: string): string => (Object.hasOwn(LABELS, name) ? LABELS[name]! : shorten(name));

/** The rules of a remodel that a header decides, and what they mean in a few words. */
const REMODEL: Record<string, { rules: string[]; sentence?: string; short: string }> = {
  revision: { rules: ['revision'], sentence: 'Devices that know a newer revision refuse an older one.', short: 'devices cannot go back' },
  series: { rules: ['series'], sentence: 'Devices cannot go to another series.', short: '' },
  architecture: { rules: ['architecture'], sentence: 'Devices cannot remodel to another architecture.', short: '' },
  grade: { rules: ['grade'], sentence: 'Devices cannot remodel to another grade; they must be flashed again.', short: '' },
  classic: { rules: ['classic'], sentence: 'Devices cannot remodel between Core and classic.', short: '' },
  'brand-id': { rules: ['registration'], sentence: 'Devices need a new serial for another brand, and the remodel must be allowed in the store.', short: 'devices need a new serial' },
  model: { rules: ['registration'], sentence: 'Devices need a new serial for another model name, and the remodel must be allowed in the store.', short: 'devices need a new serial' },
  store: { rules: ['store'], sentence: 'Devices need a session of the other store, and may need a new serial for it.', short: 'devices need a session of it' },
  base: { rules: ['base', 'gadget-base'], short: 'devices take it with care' },
  snaps: { rules: ['grade'], sentence: 'Devices cannot remodel between Ubuntu Core 16 or 18 and later; they must be flashed again.', short: '' },
};

/** What changes from one version to the other, in words; empty when they say the same. What is set at signing is not compared. */
export const describeChanges = (before: DraftHeaders, after: DraftHeaders): Change[] => compareHeaders(headersToDraft(before), headersToDraft(after));

/** All that differs between two models, signed or not, in words. Takes any heap of header values and throws for none. */
export function diffModels(a: Headers, b: Headers): Difference[] {
  return compareHeaders(a, b).map(({ path, kind, from, to, sentence, remodel }) => {
    const effect = remodel?.verdict === 'blocked' ? 'devices cannot remodel' : remodel?.short;
    return { path: toPointer(path), kind, from, to, sentence: effect ? `${sentence}: ${effect}` : sentence };
  });
}

/** All that differs, by header paths. */
export function compareHeaders(old: Headers, now: Headers): Change[] {
  const names = [...new Set([...Object.keys(now), ...Object.keys(old)])].sort((a, b) => Number(a === 'snaps') - Number(b === 'snaps'));
  const { rules } = remodelVerdict(old, now);
  return names.flatMap((name) => describeHeader(name, writtenValue(old, name), writtenValue(now, name), rules));
}

function describeHeader(name: string, from: HeaderValue | undefined, to: HeaderValue | undefined, rules: RemodelRule[]): Change[] {
  if (sameValue(from, to)) return [];
  const path = joinPath('', name);
  const otherDialect = name === 'snaps' && (from === undefined || to === undefined);
  const list = Object.hasOwn(LISTS, name) && !otherDialect ? describeList(path, LISTS[name]!, from, to) : undefined;
  if (list) return list;
  const remodel = name !== 'snaps' || otherDialect ? remodelOf(name, rules) : undefined;
  return [{ path, kind: kindOf(from, to), from: from ?? null, to: to ?? null, sentence: sentenceOf(name, from, to), ...(remodel ? { remodel } : {}) }];
}

function sentenceOf(name: string, from: HeaderValue | undefined, to: HeaderValue | undefined): string {
  if (from === undefined) return `${label(name)}${joint(to)}${show(to!)} (was not set)`;
  if (to === undefined) return `${label(name)} no longer set (was ${show(from)})`;
  return pinned(name, from, to) ?? `${label(name)}${joint(from, to)}${show(from)} → ${show(to)}`;
}

/** `kernel pi-kernel: 18-pi3 → 18-pi4` */
function pinned(name: string, from: HeaderValue, to: HeaderValue): string | undefined {
  if ((name !== 'kernel' && name !== 'gadget') || typeof from !== 'string' || typeof to !== 'string') return undefined;
  const [[snap, old], [other, now]] = [from, to].map(splitTrack) as [[string, string], [string, string]];
  return snap === other ? `${name} ${show(snap)}: ${old || 'no track'} → ${now || 'no track'}` : undefined;
}

function splitTrack(text: string): [name: string, track: string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function remodelOf(name: string, rules: RemodelRule[]): Change['remodel'] {
  const known = Object.hasOwn(REMODEL, name) ? REMODEL[name] : undefined;
  const rule = rules.find(({ id, verdict }) => known?.rules.includes(id) && verdict !== 'allowed');
  if (!known || !rule) return undefined;
  return { verdict: rule.verdict === 'blocked' ? 'blocked' : 'caution', sentence: known.sentence ?? rule.message, short: known.short };
}
