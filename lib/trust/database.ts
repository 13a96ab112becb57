import { assertionRef } from '../assertion/assertion';
import type { Assertion } from '../assertion/assertion';
import { nanoseconds } from '../assertion/scalars';
import { findAssertionType, fullPrimaryKey } from '../assertion/types';
import { Standing } from './standing';
import type { TrustAnchors, Verdict } from './types';

/**
 * Assertions that vouch for each other, under trust anchors, at one moment. Takes anything in any order and believes nothing until `check` has followed the
 * whole chain from it to an anchor. Of several revisions the highest that holds counts.
 */
export class AssertionDatabase {
  /** For `fetchChain`, which leaves them out. */
  readonly anchors: TrustAnchors;
  private readonly now: bigint;
  private readonly roots: ReadonlyMap<string, Assertion>;
  private readonly added = new Set<Assertion>();
  private readonly highest = new Map<string, Assertion>();
  /** Worked out when first asked for; `production` knows Canonical's root alone. */
  private worlds: { all?: Standing; production?: Standing } = {};

  constructor({ anchors, now }: { anchors: TrustAnchors; now: Date }) {
    this.anchors = anchors;
    this.now = nanoseconds(now);
    this.roots = new Map([...anchors.predefined, ...anchors.assertions, ...anchors.embedded].map((anchor) => [assertionRef(anchor), anchor]));
  }

  /** Those that clash with an anchor change nothing. */
  add(assertions: Iterable<Assertion>): this {
    for (const assertion of assertions) {
      const ref = assertionRef(assertion);
      const known = this.highest.get(ref);
      const type = findAssertionType(assertion.type);
      if (!type || type.primaryKey.length === 0 || assertion.format > type.maxFormat || this.roots.has(ref)) continue;
      this.added.add(assertion);
      if (!known || known.revision < assertion.revision) this.highest.set(ref, assertion);
    }
    this.worlds = {};
    return this;
  }

  /** Anchors first, then the highest revision. Optional keys at the end may be left out. What is found is not yet checked. */
  find(type: string, primaryKey: readonly string[]): Assertion | undefined {
    const known = findAssertionType(type);
    const full = known && fullPrimaryKey(known, primaryKey);
    if (!full) return undefined;
    const ref = assertionRef({ type, primaryKey: full });
    return this.roots.get(ref) ?? this.highest.get(ref);
  }

  /** Whether the assertion (in the database or not) holds: signature, authority, validity, agreement with the others, and so on up to an anchor. */
  check(assertion: Assertion): Verdict {
    const { assertions, embedded, predefined } = this.anchors;
    this.worlds.all ??= new Standing({ trusted: [...assertions, ...embedded], predefined, now: this.now }, this.added);
    return this.worlds.all.verdict(assertion);
  }

  /** Whether it holds by Canonical's root alone, without any of the embedded anchors. */
  isProduction(assertion: Assertion): boolean {
    const { assertions, predefined } = this.anchors;
    this.worlds.production ??= new Standing({ trusted: assertions, predefined, now: this.now }, this.added);
    return this.worlds.production.verdict(assertion).ok;
  }
}
