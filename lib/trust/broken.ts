import type { AssertionRef, BrokenLink, BrokenLinkCode } from './types';

/** Why an assertion does not hold. */
export type Fault = {
  code: BrokenLinkCode;
  /** The link that is broken. */
  ref: AssertionRef;
  /** A sentence; made only when somebody asks. */
  say: () => string;
  /** Set when the assertion would hold if this one did: the fault is that one's own, or that it is missing. */
  waitsFor?: AssertionRef;
};

export const linkOf = ({ code, ref, say }: Fault): BrokenLink => ({ code, message: say(), type: ref.type, primaryKey: ref.primaryKey });

const MAX_SHOWN = 100;

/** A header's value for a sentence: one line, and not without end. */
export const shown = (value: unknown): string => {
  const line = String(value).replace(/\p{C}+/gu, ' ');
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
};

/** In words for a sentence: `account-key abc…`. */
export const describeRef = ({ type, primaryKey }: AssertionRef): string => `${type} ${shown(primaryKey.join('/'))}`.trim();
