import type { Assertion, HeaderMap } from '../assertion/assertion';
import { compareBytes } from '../bytes';
import { revisionWord } from './seed-snap';
import type { Problem } from '../errors';

type Presence = 'required' | 'optional' | 'invalid';
/** What one set says of a snap or component; revision 0: any. */
type Rule = { set: string; presence: Presence; revision: number };

const byText = (a: string[], b: string[]): number => compareBytes(a.join('/'), b.join('/'));

/** `account/name`. */
export const validationSetKey = ({ headers }: Assertion): string => `${String(headers['account-id'])}/${String(headers['name'])}`;

/** How a set is asked for on a build's command line and in a manifest: `account/name=sequence`. */
export const sequenceKey = (set: Assertion): string => `${validationSetKey(set)}=${String(set.headers['sequence'])}`;

type Rules = { name: string; rules: Rule[]; components: Map<string, Rule[]>; sets: Set<Assertion> };

/** What the sets together want of one snap. */
export type SnapWish = {
  /** 0 for any. */
  revision: number;
  /** Primary keys of the sets that speak of it. */
  sets: string[][];
  /** The same for a sentence: `account/name=sequence`. */
  names: string[];
  isInvalid: boolean;
};

/** What several validation sets together ask of a seed's snaps (snapd asserts/snapasserts/validation_sets.go). */
export class ValidationSets {
  readonly #snaps = new Map<string, Rules>();

  constructor(sets: readonly Assertion[]) {
    for (const set of sets) {
      const entries = set.headers['snaps'];
      for (const entry of Array.isArray(entries) ? entries : []) this.#add(entry as HeaderMap, set);
    }
  }

  #add(entry: HeaderMap, assertion: Assertion): void {
    const id = String(entry['id']);
    const set = sequenceKey(assertion);
    const known = this.#snaps.get(id) ?? {
      name: String(entry['name']),
      rules: [],
      components: new Map<string, Rule[]>(),
      sets: new Set<Assertion>(),
    };
    this.#snaps.set(id, known);
    known.rules.push(ruleOf(entry, set));
    known.sets.add(assertion);
    const components = entry['components'];
    if (typeof components !== 'object' || Array.isArray(components)) return;
    for (const [name, value] of Object.entries(components)) {
      const rule = ruleOf(typeof value === 'string' ? { presence: value } : (value as HeaderMap), set);
      known.components.set(name, [...(known.components.get(name) ?? []), rule]);
    }
  }

  /** Undefined when the sets leave the snap alone. */
  wishFor(snap: { name: string; snapId: string | undefined }): SnapWish | undefined {
    const known = this.#find(snap);
    if (!known) return undefined;
    return {
      revision: known.rules.find((rule) => rule.revision > 0)?.revision ?? 0,
      sets: [...known.sets].map(({ primaryKey }) => primaryKey).sort(byText),
      names: [...new Set(known.rules.map((rule) => rule.set))].sort(compareBytes),
      isInvalid: presenceOf(known.rules) === 'invalid',
    };
  }

  #find({ name, snapId }: { name: string; snapId: string | undefined }): Rules | undefined {
    return snapId !== undefined ? this.#snaps.get(snapId) : [...this.#snaps.values()].find((known) => known.name === name);
  }

  /** Sets that cannot hold together, whatever is chosen. Path is `snaps.<name>`. */
  conflicts(): Problem[] {
    return [...this.#snaps.values()].flatMap(({ name, rules, components }) => [
      ...conflict(`snap ${name}`, `snaps.${name}`, rules),
      ...[...components].flatMap(([component, own]) => conflict(`component ${name}+${component}`, `snaps.${name}`, own)),
    ]);
  }

  /** What the seed's snaps have that the sets forbid, or lack that they want. */
  check(seeded: readonly { name: string; snapId: string | undefined; revision: number; components: readonly { name: string; revision: number }[] }[]): Problem[] {
    return [...this.#snaps].flatMap(([snapId, { name, rules, components }]) => {
      const found = seeded.find((each) => (each.snapId !== undefined ? each.snapId === snapId : each.name === name));
      const own = judge(`snap ${name}`, `snaps.${name}`, rules, found?.revision);
      const isMissing = !found && presenceOf(rules) === 'required';
      if (!found && !isMissing) return own;
      return [...own, ...[...components].flatMap(([component, wanted]) => judge(`component ${name}+${component}`, `snaps.${name}`, wanted, found?.components.find((c) => c.name === component)?.revision))];
    });
  }
}

function ruleOf(entry: HeaderMap, set: string): Rule {
  const presence = (typeof entry['presence'] === 'string' && entry['presence'] !== '' ? entry['presence'] : 'required') as Presence;
  return { set, presence, revision: typeof entry['revision'] === 'string' && presence !== 'invalid' ? Number(entry['revision']) : 0 };
}

/** What different sets come to: revisions that differ make an optional snap invalid and a required one a conflict. */
function presenceOf(rules: readonly Rule[]): Presence | 'conflict' {
  let presence: Presence | 'conflict' | undefined;
  const different = new Set<string>();
  for (const rule of rules) {
    if (rule.presence === 'invalid') different.add('invalid');
    else if (rule.revision > 0) different.add(String(rule.revision));
    if (presence === undefined) presence = rule.presence;
    else if (presence !== 'conflict') presence = combine(presence, rule.presence, different.size);
  }
  return presence ?? 'optional';
}

function combine(before: Presence, next: Presence, revisions: number): Presence | 'conflict' {
  const current = before === 'optional' ? next : before;
  if (current !== next && next !== 'optional') return 'conflict';
  if (revisions <= 1) return current;
  return current === 'required' ? 'conflict' : 'invalid';
}

const setsOf = (rules: readonly Rule[]): string => [...new Set(rules.map(({ set }) => set))].sort(compareBytes).join(', ');

function conflict(what: string, path: string, rules: readonly Rule[]): Problem[] {
  if (presenceOf(rules) !== 'conflict') return [];
  const said = rules.map(({ set, presence, revision }) => `${set} says ${presence}${revision > 0 ? ` at revision ${revision}` : ''}`).join(', ');
  return [{ path, code: 'valset-conflict', message: `The validation sets cannot hold together for the ${what}: ${said}. Take one of them out of the model, or ask for another sequence of it.` }];
}

function judge(what: string, path: string, rules: readonly Rule[], revision: number | undefined): Problem[] {
  const presence = presenceOf(rules);
  if (revision === undefined) {
    return presence === 'required' || presence === 'conflict' ? [{ path, code: 'valset-unmet', message: `The ${what} is wanted by ${setsOf(rules)}, and it is not among the snaps.` }] : [];
  }
  if (presence === 'invalid') return [{ path, code: 'valset-unmet', message: `The ${what} is forbidden by ${setsOf(rules)}; leave it out.` }];
  const other = rules.filter((rule) => rule.revision > 0 && rule.revision !== revision);
  return other.length === 0 ? [] : [{ path, code: 'valset-unmet', message: `The ${what} is there at revision ${revisionWord(revision)}; ${other.map((rule) => `${rule.set} wants ${rule.revision}`).join(', ')}.` }];
}
