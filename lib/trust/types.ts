import type { Assertion } from '../assertion/assertion';

/** One assertion by its identity, whatever its revision. */
export type AssertionRef = Pick<Assertion, 'type' | 'primaryKey'>;

export type BrokenLinkCode =
  | 'format-unsupported'
  | 'key-missing'
  | 'key-other-account'
  | 'key-unreadable'
  | 'key-name-taken'
  | 'key-not-yet-valid'
  | 'key-expired'
  | 'key-revoked'
  | 'key-constraints'
  | 'signature-wrong'
  | 'timestamp-outside-key'
  | 'authority-not-trusted'
  | 'authority-not-allowed'
  | 'prerequisite-missing'
  | 'self-signed'
  | 'anchor-clash'
  | 'chain-circular';

/** The first link, seen from the root, that does not hold: which assertion it is, and why in plain words. */
export type BrokenLink = { code: BrokenLinkCode; message: string; type: string; primaryKey: string[] };
export type Verdict = { ok: true } | { ok: false; broken: BrokenLink };

/** What is believed without a signature. Made by `trustAnchors`. */
export type TrustAnchors = {
  /** Canonical's root account and key. */
  assertions: Assertion[];
  /** Known from the start and never replaced, without authority of their own: the generic brand. */
  predefined: Assertion[];
  /** Root accounts and keys of the configured, non-production stores. */
  embedded: Assertion[];
};
