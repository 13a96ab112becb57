import type { HeaderMap, HeaderValue } from '../assertion/assertion';
import { isMap, plainText, writtenValue } from './check/report';
import { kindOf, sameValue, show, type Change } from './diff-values';
import { joinPath } from './path';

/** A list whose members have names, so that each is followed wherever it moves. */
type NamedList = {
  /** Of the list as a whole. */
  title: string;
  /** undefined for what has no name. */
  keyOf: (member: HeaderValue) => string | undefined;
  /** `kernel pc-kernel` */
  nameOf: (member: HeaderValue) => string;
  added?: (member: HeaderMap) => string;
  removed?: (member: HeaderValue) => Change['remodel'];
  /** What snapd takes where a member says nothing. */
  defaults?: Record<string, string>;
};

const STAYS = { verdict: 'caution', sentence: 'It stays installed on devices until somebody removes it.', short: 'it stays installed on devices' } as const;

const nameOfSnap = (entry: HeaderMap): string => {
  const type = plainText(entry, 'type');
  return `${type === '' || type === 'app' || type === plainText(entry, 'name') ? 'snap' : show(type)} ${show(plainText(entry, 'name'))}`;
};

const SNAPS: NamedList = {
  title: 'snaps are',
  keyOf: (member) => (isMap(member) ? plainText(member, 'name') || undefined : undefined),
  nameOf: (member) => nameOfSnap(member as HeaderMap),
  added: (entry) => `added from ${show(plainText(entry, 'default-channel') || 'latest/stable')}`,
  removed: (member) => (['', 'app'].includes(plainText(member as HeaderMap, 'type')) ? STAYS : undefined),
  defaults: { 'default-channel': 'latest/stable', type: 'app', presence: 'required', modes: 'run', classic: 'false' },
};

const VALIDATION_SETS: NamedList = {
  title: 'validation sets are',
  keyOf: (member) => (isMap(member) && plainText(member, 'name') !== '' ? `${plainText(member, 'account-id')}/${plainText(member, 'name')}` : undefined),
  nameOf: (member) => `validation set ${show([plainText(member as HeaderMap, 'account-id'), plainText(member as HeaderMap, 'name')].filter(Boolean).join('/'))}`,
  defaults: { sequence: 'the latest' },
};

const texts = (title: string, word: string, removed?: NamedList['removed']): NamedList => ({ title, keyOf: (member) => (typeof member === 'string' ? member : undefined), nameOf: (member) => `${word} ${show(member)}`, ...(removed ? { removed } : {}) });

export const LISTS: Record<string, NamedList> = {
  snaps: SNAPS,
  'validation-sets': VALIDATION_SETS,
  'required-snaps': texts('required snaps are', 'required snap', () => STAYS),
  'serial-authority': texts('serial authorities are', 'serial authority'),
  'system-user-authority': texts('system-user authorities are', 'system-user authority'),
  'preseed-authority': texts('preseed authorities are', 'preseed authority'),
};

type Member = { value: HeaderValue; path: string };

/** Members by name, in their order; undefined when one has no name, or the name of another. */
function byName(list: HeaderValue | undefined, path: string, { keyOf }: NamedList): Map<string, Member> | undefined {
  const members = new Map<string, Member>();
  if (list !== undefined && !Array.isArray(list)) return undefined;
  for (const [index, value] of (list ?? []).entries()) {
    const key = keyOf(value);
    if (key === undefined || members.has(key)) return undefined;
    members.set(key, { value, path: joinPath(path, index) });
  }
  return members;
}

/** What differs between two lists, member by member; undefined when they can only be compared as a whole. */
export function describeList(path: string, kind: NamedList, from: HeaderValue | undefined, to: HeaderValue | undefined): Change[] | undefined {
  const [before, after] = [byName(from, path, kind), byName(to, path, kind)];
  if (!before || !after) return undefined;
  const changes: Change[] = [];
  for (const [key, { value, path: at }] of after) {
    const other = before.get(key);
    if (!other) changes.push({ path: at, kind: 'added', from: null, to: value, sentence: `${kind.nameOf(value)} ${(isMap(value) && kind.added?.(value)) || 'added'}` });
    else if (isMap(value) && isMap(other.value)) changes.push(...describeEntries(at, kind.nameOf(value), other.value, value, kind.defaults ?? {}));
  }
  for (const [key, { value, path: at }] of before) {
    const remodel = kind.removed?.(value);
    if (!after.has(key)) changes.push({ path: at, kind: 'removed', from: value, to: null, sentence: `${kind.nameOf(value)} removed`, ...(remodel ? { remodel } : {}) });
  }
  const common = (list: Map<string, Member>, other: Map<string, Member>) => [...list.keys()].filter((key) => other.has(key));
  if (!sameValue(common(before, after), common(after, before))) changes.push({ path, kind: 'changed', from: from ?? null, to: to ?? null, sentence: `${kind.title} in another order` });
  return changes;
}

function describeEntries(path: string, name: string, old: HeaderMap, now: HeaderMap, defaults: Record<string, string>): Change[] {
  const keys = [...new Set([...Object.keys(now), ...Object.keys(old)])];
  return keys.flatMap((key): Change[] => {
    const [from, to] = [writtenValue(old, key), writtenValue(now, key)];
    const at = joinPath(path, key);
    if (sameValue(from, to)) return [];
    if (key === 'components' && isMap(from ?? {}) && isMap(to ?? {})) return describeEntries(at, `${name} component`, (from ?? {}) as HeaderMap, (to ?? {}) as HeaderMap, {});
    const what = key === 'default-channel' ? name : `${name} ${show(key)}`;
    return [{ path: at, kind: kindOf(from, to), from: from ?? null, to: to ?? null, sentence: `${what}${step(from, to, Object.hasOwn(defaults, key) ? defaults[key]! : 'not set')}` }];
  });
}

function step(from: HeaderValue | undefined, to: HeaderValue | undefined, fallback: string): string {
  const [old, now] = [from, to].map((value) => (value === undefined ? fallback : show(value))) as [string, string];
  if (old !== now) return `: ${old} → ${now}`;
  return from === undefined ? `: ${now} is written out now` : to === undefined ? `: ${old} is no longer written out` : `: ${old} → ${now}, in other words`;
}
