import { assertionRef } from '../assertion/assertion';
import type { Assertion } from '../assertion/assertion';
import { findAssertionType } from '../assertion/types';
import type { Fault } from './broken';
import { chainOf, checkLink, withStanding } from './check-chain';
import type { ChainView } from './check-chain';
import { circular, FirstBroken } from './first-broken';
import { byRevision, revisionOf } from './group';
import type { Group } from './group';
import { KeyNames, nameOf } from './key-names';
import { needsOf } from './prerequisites';
import { rootedOf } from './rooted';
import type { AssertionRef, Verdict } from './types';

export type StandingOptions = {
  /** Roots: accounts and account-keys that are believed without a signature. */
  trusted: readonly Assertion[];
  /** Believed as well, but without authority of their own. */
  predefined?: readonly Assertion[];
  /** Nanoseconds since 1970. */
  now: bigint;
};

/**
 * Which of many assertions hold, as if each had been added to snapd's database as soon as it could be (asserts/database.go), in whatever order they come:
 * of several revisions the highest that holds stands, and the others lean on that one. Begins at the roots and looks again only at what a change touches.
 */
export class Standing implements ChainView {
  readonly now: bigint;
  private readonly anchors: ReadonlyMap<string, Assertion>;
  private readonly accounts: ReadonlySet<string>;
  private readonly groups = new Map<string, Group>();
  /** By what they lean on: groups to look at again when that changes. */
  private readonly dependents = new Map<string, Set<Group>>();
  private readonly names: KeyNames;
  private readonly given = new Set<Assertion>();
  /** Went round in a circle, and would still. */
  private readonly dropped = new Set<Assertion>();
  private readonly explain = new FirstBroken({ faultOf: (assertion) => this.faultOf(assertion), candidates: (ref) => this.groups.get(assertionRef(ref))?.candidates ?? [] });

  constructor({ trusted, predefined = [], now }: StandingOptions, given: Iterable<Assertion>) {
    this.now = now;
    this.anchors = new Map([...predefined, ...trusted].map((anchor) => [assertionRef(anchor), anchor]));
    this.accounts = new Set(trusted.filter(({ type }) => type === 'account').map(({ primaryKey }) => primaryKey[0]!));
    this.names = new KeyNames([...this.anchors.values()]);
    for (const assertion of given) this.take(assertion);
    for (const group of this.groups.values()) this.prepare(group);
    this.settle();
  }

  standing(ref: AssertionRef): Assertion | undefined {
    const key = assertionRef(ref);
    return this.anchors.get(key) ?? this.groups.get(key)?.standing;
  }
  anchor(ref: AssertionRef): Assertion | undefined {
    return this.anchors.get(assertionRef(ref));
  }
  isTrustedAccount(accountId: string): boolean {
    return this.accounts.has(accountId);
  }
  nameHolder(claimant: Assertion): Assertion | undefined {
    const name = nameOf(claimant);
    if (name === undefined) return undefined;
    const first = this.names.holder(name, claimant, (key) => this.standing(key) === key && !chainOf(key, this).has(assertionRef(claimant)));
    // A key that it leans on was there before it, whatever the dates say.
    return first ?? [...chainOf(claimant, this).values()].find((key) => nameOf(key) === name && key.primaryKey[0] !== claimant.primaryKey[0]);
  }

  /** Of any assertion, given or not: whether it holds beside those that stand, and if not, which link broke first. */
  verdict(assertion: Assertion): Verdict {
    const fault = this.faultOf(assertion);
    return fault ? { ok: false, broken: this.explain.of(assertion, fault) } : { ok: true };
  }

  private take(assertion: Assertion): void {
    const type = findAssertionType(assertion.type);
    if (!type || type.primaryKey.length === 0) return;
    this.given.add(assertion);
    const key = assertionRef(assertion);
    const group = this.groups.get(key);
    if (group) group.candidates.push(assertion);
    else this.groups.set(key, { ref: assertion, candidates: [assertion], standing: undefined, faults: new Map() });
  }

  private prepare(group: Group): void {
    if (group.candidates.length > 1) group.candidates.sort(byRevision);
    const links = new Map(group.candidates.flatMap(needsOf).map((ref) => [assertionRef(ref), ref]));
    for (const key of [...links.keys(), ...group.candidates.map(nameOf)]) {
      if (key === undefined) continue;
      const list = this.dependents.get(key);
      if (list) list.add(group);
      else this.dependents.set(key, new Set([group]));
    }
    for (const candidate of group.candidates) if (candidate.type === 'account-key') this.names.add(candidate);
  }

  private settle(): void {
    for (let dirty = new Set(this.groups.values()); dirty.size > 0; dirty = this.dropUnrooted()) this.converge(dirty);
  }

  /** All that may change are judged by the same state, then changed together: so the order in which they were given decides nothing. */
  private converge(start: Iterable<Group>): void {
    let dirty = start;
    // A change can pass through every group once. What still changes after that goes round in a circle.
    const enough = this.groups.size + 8;
    for (let rounds = 0; ; rounds += 1) {
      const changes: [group: Group, now: Assertion | undefined][] = [];
      for (const group of dirty) {
        const now = this.judge(group);
        if (now !== group.standing) changes.push([group, now]);
      }
      if (changes.length === 0) return;
      const next = new Set<Group>();
      for (const [group, now] of changes) {
        for (const key of [assertionRef(group.ref), group.standing && nameOf(group.standing), now && nameOf(now)]) for (const dependent of this.dependents.get(key ?? '') ?? []) next.add(dependent);
        next.add(group);
        group.standing = now;
        if (group.ref.type === 'account-key' && rounds > enough * (group.candidates.length > 1 ? 1 : 2)) this.drop(group, group.candidates.at(-1));
      }
      dirty = next;
    }
  }

  /** Only keys, and the accounts they belong to, can come to vouch for themselves by way of others. */
  private dropUnrooted(): Set<Group> {
    const keys = [...this.groups.values()].filter(({ ref }) => (ref.type === 'account-key' || ref.type === 'account') && !this.anchor(ref));
    const holding = (group: Group): Assertion[] => group.candidates.filter((candidate) => !group.faults.has(candidate));
    const rooted = rootedOf(keys.flatMap(holding), this, (ref) => {
      const group = this.groups.get(assertionRef(ref));
      return { standing: group?.standing, holding: group ? holding(group) : [] };
    });
    const loose = keys.filter(({ standing }) => standing && !rooted.has(standing));
    for (const group of loose) this.drop(group, group.standing);
    return new Set(loose);
  }

  private drop(group: Group, candidate: Assertion | undefined): void {
    if (!candidate) return;
    group.candidates = group.candidates.filter((each) => each !== candidate);
    this.dropped.add(candidate);
  }

  /** The highest revision that holds, each leaning on the one below it where it signed itself. */
  private judge(group: Group): Assertion | undefined {
    group.faults.clear();
    let below: Assertion | undefined;
    const view = withStanding(this, group.ref, () => below);
    for (const candidate of group.candidates) {
      const fault = checkLink(candidate, view);
      if (fault) group.faults.set(candidate, fault);
      else if (!below || revisionOf(candidate) > revisionOf(below)) below = candidate;
    }
    return below;
  }

  private faultOf(assertion: Assertion): Fault | undefined {
    if (this.dropped.has(assertion)) return circular(assertion);
    return this.given.has(assertion) ? this.groups.get(assertionRef(assertion))!.faults.get(assertion) : checkLink(assertion, this);
  }
}
