import { assertionRef } from '../assertion/assertion';
import type { Assertion } from '../assertion/assertion';
import { checkLink, withStanding } from './check-chain';
import type { ChainView } from './check-chain';
import { needsOf } from './prerequisites';
import type { AssertionRef } from './types';

/** The revisions of one assertion that hold beside all that stands, and the one of them that stands. */
export type Holding = { standing: Assertion | undefined; holding: readonly Assertion[] };

/**
 * Which keys and accounts reach an anchor, perhaps by way of a revision that has been superseded since: what stands together could also hold itself up by its own
 * hair, once two keys have signed later revisions of each other. `holding` answers for any identity.
 */
export function rootedOf(candidates: readonly Assertion[], view: ChainView, holding: (ref: AssertionRef) => Holding): Set<Assertion> {
  const rooted = new Set<Assertion>();
  const waiting = new Map<string, Assertion[]>();

  const reaches = (assertion: Assertion): AssertionRef | undefined => needsOf(assertion).find((link) => !view.anchor(link) && !leansOnRooted(assertion, link));
  const leansOnRooted = (assertion: Assertion, link: AssertionRef): boolean => {
    const { standing, holding: all } = holding(link);
    if (standing && standing !== assertion && rooted.has(standing)) return true;
    return all.some((other) => other !== assertion && rooted.has(other) && !checkLink(assertion, withStanding(view, link, () => other)));
  };

  const open = [...candidates];
  for (let at = open.pop(); at; at = open.pop()) {
    if (rooted.has(at)) continue;
    const missing = reaches(at);
    const key = assertionRef(missing ?? at);
    if (missing) waiting.set(key, [...(waiting.get(key) ?? []), at]);
    else {
      rooted.add(at);
      open.push(...(waiting.get(key) ?? []));
      waiting.delete(key);
    }
  }
  return rooted;
}
