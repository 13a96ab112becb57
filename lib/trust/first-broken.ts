import { assertionRef } from '../assertion/assertion';
import type { Assertion } from '../assertion/assertion';
import { describeRef, linkOf } from './broken';
import type { Fault } from './broken';
import type { AssertionRef, BrokenLink } from './types';

type Known = {
  faultOf: (assertion: Assertion) => Fault | undefined;
  /** The revisions of one assertion, lowest first. */
  candidates: (ref: AssertionRef) => readonly Assertion[];
};

/** Follows what assertions wait for to the link that is broken by its own fault, or missing. Whoever waits on the way there has the same answer. */
export class FirstBroken {
  private readonly found = new Map<Assertion, BrokenLink>();

  constructor(private readonly known: Known) {}

  of(assertion: Assertion, fault: Fault): BrokenLink {
    const path = new Set([assertion]);
    let at = fault;
    let broken = this.found.get(assertion);
    while (!broken) {
      const blamed = at.waitsFor && this.blamed(at.waitsFor);
      const next = blamed && this.known.faultOf(blamed);
      if (!blamed || !next) broken = linkOf(at);
      else if (path.has(blamed)) broken = linkOf(circular(firstOfCircle([...path], blamed)));
      else {
        broken = this.found.get(blamed);
        path.add(blamed);
        at = next;
      }
    }
    for (const link of path) this.found.set(link, broken);
    return broken;
  }

  private blamed(ref: AssertionRef): Assertion | undefined {
    const candidates = this.known.candidates(ref);
    const highest = candidates.at(-1);
    // Between two of the same revision the choice is anybody's, but not the order's.
    return highest && candidates.filter((each) => each.revision === highest.revision).reduce((a, b) => (isBefore(b.content, a.content) ? b : a));
  }
}

export const circular = (assertion: Assertion): Fault => ({
  code: 'chain-circular',
  ref: assertion,
  say: () => `The ${describeRef(assertion)} vouches for itself, or does so by way of others: its chain never reaches a root.`,
});

/** Wherever the path enters a circle, the circle goes by the same name. */
const firstOfCircle = (path: Assertion[], entry: Assertion): Assertion => path.slice(path.indexOf(entry)).reduce((a, b) => (assertionRef(b) < assertionRef(a) ? b : a));

function isBefore(a: Uint8Array, b: Uint8Array): boolean {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  if (at < 0) return a.length < b.length;
  return at < b.length && a[at]! < b[at]!;
}
