import type { Assertion } from '../assertion/assertion';
import { parseInteger } from '../assertion/scalars';
import type { Fault } from './broken';
import type { AssertionRef } from './types';

/** The revisions of one assertion. */
export type Group = {
  ref: AssertionRef;
  /** Lowest revision first; of the same revision, the one given first. */
  candidates: Assertion[];
  /** The highest that holds. */
  standing: Assertion | undefined;
  /** Of the candidates that do not hold. */
  faults: Map<Assertion, Fault>;
};

/** Exact up to 2^63, which the number on an assertion is not. */
export const revisionOf = ({ revision, headers }: Assertion): bigint => (Number.isSafeInteger(revision) ? BigInt(revision) : (parseInteger(String(headers['revision'])) ?? 0n));

export const byRevision = (a: Assertion, b: Assertion): number => a.revision - b.revision || Number(revisionOf(a) - revisionOf(b));
