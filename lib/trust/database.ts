import { assertionRef } from '../assertion/assertion';
import type { Assertion } from '../assertion/assertion';
import { nanoseconds } from '../assertion/scalars';
import { findAssertionType, fullPrimaryKey } from '../assertion/types';
import { ChainWalk } from './check-chain';
import type { TrustAnchors, Verdict } from './types';

/**
 * Assertions that vouch for each other, under trust anchors, at one moment. Takes anything in any order and believes nothing until `check` has walked the
 * whole chain from it to an anchor.
 */
export class AssertionDatabase {
  /** For `fetchChain`, which leaves them out. */
  readonly anchors: TrustAnchors;
  private readonly now: bigint;
  private readonly embedded: World;
  private readonly production: World;
  private readonly added = new Map<string, Assertion>();

  constructor({ anchors, now }: { anchors: TrustAnchors; now: Date }) {
    this.anchors = anchors;
    this.now = nanoseconds(now);
    this.production = makeWorld(anchors.assertions, anchors.predefined);
    this.embedded = makeWorld([...anchors.assertions, ...anchors.embedded], anchors.predefined);
  }

  /** A higher revision takes the place of a lower one; lower and equal ones, and those that clash with an anchor, change nothing. */
  add(assertions: Iterable<Assertion>): this {
    for (const assertion of assertions) {
      const ref = assertionRef(assertion);
      const known = this.added.get(ref);
      const type = findAssertionType(assertion.type);
      if (!type || type.primaryKey.length === 0 || assertion.format > type.maxFormat) continue;
      if (this.embedded.anchors.has(ref) || (known && known.revision >= assertion.revision)) continue;
      this.added.set(ref, assertion);
    }
    this.production.walk = undefined;
    this.embedded.walk = undefined;
    return this;
  }

  /** Anchors first. Optional keys at the end may be left out. What is found is not yet checked. */
  find(type: string, primaryKey: readonly string[]): Assertion | undefined {
    return this.findIn(this.embedded, { type, primaryKey });
  }

  /** Whether the assertion (in the database or not) holds: signature, authority, validity, agreement with the others, and so on up to an anchor. */
  check(assertion: Assertion): Verdict {
    return this.walkIn(this.embedded).verdict(assertion);
  }

  /** Whether it holds by Canonical's root alone, without any of the embedded anchors. */
  isProduction(assertion: Assertion): boolean {
    return this.walkIn(this.production).verdict(assertion).ok;
  }

  private walkIn(world: World): ChainWalk {
    world.walk ??= new ChainWalk({
      now: this.now,
      find: (ref) => this.findIn(world, ref),
      isAnchor: (assertion) => world.anchors.get(assertionRef(assertion)) === assertion,
      isTrustedAccount: (accountId) => world.trustedAccounts.has(accountId),
      keysNamed: (accountId, name, before) => this.keysNamed(world, accountId, name, before),
    });
    return world.walk;
  }

  private findIn(world: World, { type, primaryKey }: { type: string; primaryKey: readonly string[] }): Assertion | undefined {
    const known = findAssertionType(type);
    const full = known && fullPrimaryKey(known, primaryKey);
    if (!full) return undefined;
    const ref = assertionRef({ type, primaryKey: full });
    return world.anchors.get(ref) ?? this.added.get(ref);
  }

  private keysNamed(world: World, accountId: string, name: string, before: Assertion): Assertion[] {
    const keys: Assertion[] = [];
    for (const [ref, key] of [...world.anchors, ...this.added]) {
      if (ref === assertionRef(before)) break;
      if (key.type === 'account-key' && key.headers['account-id'] === accountId && key.headers['name'] === name) keys.push(key);
    }
    return keys;
  }
}

/** What is believed in one of the two views: all anchors, or Canonical's alone. */
type World = { anchors: Map<string, Assertion>; trustedAccounts: Set<string | undefined>; walk: ChainWalk | undefined };

function makeWorld(trusted: Assertion[], predefined: Assertion[]): World {
  return {
    anchors: new Map([...trusted, ...predefined].map((anchor) => [assertionRef(anchor), anchor])),
    trustedAccounts: new Set(trusted.filter((anchor) => anchor.type === 'account').map((anchor) => anchor.primaryKey[0])),
    walk: undefined,
  };
}
