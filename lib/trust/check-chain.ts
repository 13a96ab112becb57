import { assertionRef } from '../assertion/assertion';
import type { Assertion } from '../assertion/assertion';
import { GO_ZERO_TIME } from '../assertion/checks/account';
import { parseTime } from '../assertion/scalars';
import { findAssertionType } from '../assertion/types';
import { AppError } from '../errors';
import { publicKeyWithin } from '../keys/public-key';
import type { PublicKey } from '../keys/public-key';
import { whySignatureFails } from '../keys/verify';
import { Broken, describeRef } from './broken';
import { checkConsistency } from './consistency';
import { allowedByConstraints } from './constraints';
import { signingKeyRef } from './prerequisites';
import type { AssertionRef, Verdict } from './types';

/** Those with a time that must lie within their key's validity; others may have a `timestamp` header that nobody looks at. */
const TIMED = new Set(
  'account base-declaration model preseed repair serial snap-declaration snap-build snap-revision snap-resource-revision snap-resource-pair store validation validation-set'.split(' '),
);

/** Real chains have five links at most. */
const MAX_LINKS = 64;

/** A set of assertions and anchors, at one moment. */
export type ChainView = {
  /** Nanoseconds since 1970. */
  now: bigint;
  find(ref: AssertionRef): Assertion | undefined;
  /** Believed without a signature. */
  isAnchor(assertion: Assertion): boolean;
  isTrustedAccount(accountId: string): boolean;
  /** Other keys of that account under that name which were known earlier. */
  keysNamed(accountId: string, name: string, before: Assertion): Assertion[];
};

/** Walks from an assertion to the anchors, once per assertion. */
export class ChainWalk {
  private readonly held = new Map<Assertion, Verdict>();
  private readonly open = new Set<string>();

  constructor(private readonly view: ChainView) {}

  verdict(assertion: Assertion): Verdict {
    const known = this.held.get(assertion);
    if (known) return known;
    let verdict: Verdict;
    try {
      this.require(assertion);
      verdict = { ok: true };
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      verdict = { ok: false, broken: { code: error.code, message: error.message, type: error.ref.type, primaryKey: error.ref.primaryKey } };
    }
    // Within a walk a verdict may rest on the circle that the walk is in; only what was asked from outside is kept.
    if (this.open.size === 0) this.held.set(assertion, verdict);
    return verdict;
  }

  /** Throws Broken. */
  private require(assertion: Assertion): void {
    if (this.view.isAnchor(assertion) || this.held.get(assertion)?.ok) return;
    const ref = assertionRef(assertion);
    if (this.open.has(ref)) throw new Broken('chain-circular', `The ${describeRef(assertion)} vouches for itself by way of others: its chain never reaches a root.`, assertion);
    if (this.open.size >= MAX_LINKS) throw new Broken('chain-too-long', `The chain is longer than ${MAX_LINKS} links at the ${describeRef(assertion)}.`, assertion);
    this.open.add(ref);
    try {
      this.checkOne(assertion);
    } finally {
      this.open.delete(ref);
    }
    this.held.set(assertion, { ok: true });
  }

  private checkOne(assertion: Assertion): void {
    const type = findAssertionType(assertion.type);
    if (!type || assertion.format > type.maxFormat) {
      throw new Broken('format-unsupported', `The ${describeRef(assertion)} has format ${assertion.format}, which is newer than this program knows.`, assertion);
    }
    const context = { find: this.view.find, isTrustedAccount: this.view.isTrustedAccount, require: (ref: AssertionRef, why: string) => this.requireRef(ref, assertion, why) };
    if (!type.hasAuthority) {
      this.checkSelfSigned(assertion);
    } else {
      const key = this.requireSigningKey(assertion);
      this.checkSignedBy(assertion, key);
    }
    if (assertion.type === 'account-key') this.checkAccountKey(assertion);
    checkConsistency(assertion, context);
  }

  /** The assertion by that identity, itself checked up to a root. */
  private requireRef(ref: AssertionRef, by: Assertion, why: string): Assertion {
    const found = this.view.find(ref);
    if (!found) throw new Broken('prerequisite-missing', `The ${describeRef(ref)} is missing, and the ${describeRef(by)} needs it as ${why}.`, ref);
    this.require(found);
    return found;
  }

  private requireSigningKey(assertion: Assertion): Assertion {
    const ref = signingKeyRef(assertion)!;
    const key = this.view.find(ref);
    if (!key) throw new Broken('key-missing', `The account-key ${assertion.signKeyId} of ${assertion.authorityId}, which signed the ${describeRef(assertion)}, is missing.`, ref);
    const owner = String(key.headers['account-id']);
    if (owner !== assertion.authorityId) {
      throw new Broken('key-other-account', `The ${describeRef(assertion)} says that ${assertion.authorityId} signed it, but its key ${assertion.signKeyId} belongs to ${owner}.`, assertion);
    }
    this.require(key);
    return key;
  }

  private checkSignedBy(assertion: Assertion, key: Assertion): void {
    const { since, until } = validityOf(key);
    if (this.view.now < since) throw new Broken('key-not-yet-valid', `The account-key ${assertion.signKeyId} of ${assertion.authorityId} is valid only from ${String(key.headers['since'])}.`, key);
    if (until !== undefined && this.view.now >= until) {
      throw new Broken('key-expired', `The account-key ${assertion.signKeyId} of ${assertion.authorityId} ended at ${String(key.headers['until'])}, and with it all that it ever signed.`, key);
    }
    if (!allowedByConstraints(key.headers['constraints'], assertion.headers)) {
      throw new Broken('key-constraints', `The account-key ${assertion.signKeyId} of ${assertion.authorityId} is not allowed to sign the ${describeRef(assertion)}: its constraints name other headers.`, assertion);
    }
    checkSignature(assertion, readKey(key));
    if (!TIMED.has(assertion.type)) return;
    const time = parseTime(String(assertion.headers['timestamp']));
    if (time === undefined || time < since || (until !== undefined && time >= until)) {
      const span = `from ${String(key.headers['since'])}${until === undefined ? '' : ` until ${String(key.headers['until'])}`}`;
      throw new Broken('timestamp-outside-key', `The ${describeRef(assertion)} has the timestamp ${String(assertion.headers['timestamp'])}, outside of its key's validity (${span}).`, assertion);
    }
  }

  private checkSelfSigned(assertion: Assertion): void {
    if (assertion.type === 'account-key-request') return checkSignature(assertion, readKey(assertion));
    if (assertion.type === 'confdb-control') {
      const { headers } = assertion;
      const serial = this.requireRef({ type: 'serial', primaryKey: ['brand-id', 'model', 'serial'].map((name) => String(headers[name])) }, assertion, 'the device that signed it');
      const key = readKey(serial);
      if (key.keyId !== assertion.signKeyId) throw new Broken('self-signed', `The ${describeRef(assertion)} is signed by another key than its device's.`, assertion);
      return checkSignature(assertion, key);
    }
    throw new Broken('self-signed', `The ${describeRef(assertion)} is a device's own statement and has no chain to a root.`, assertion);
  }

  private checkAccountKey(assertion: Assertion): void {
    readKey(assertion);
    const { name } = assertion.headers;
    const accountId = String(assertion.headers['account-id']);
    if (typeof name !== 'string') return;
    const other = this.view.keysNamed(accountId, name, assertion).find((key) => this.verdict(key).ok);
    if (other) {
      throw new Broken('key-name-taken', `The ${describeRef(assertion)} has the name "${name}", which the key ${other.primaryKey[0]} of ${accountId} has already.`, assertion);
    }
  }
}

/** In nanoseconds since 1970; `until` undefined means for ever. */
export function validityOf(key: Assertion): { since: bigint; until: bigint | undefined } {
  const until = typeof key.headers['until'] === 'string' ? parseTime(key.headers['until']) : undefined;
  return { since: parseTime(String(key.headers['since'])) ?? 0n, until: until === GO_ZERO_TIME ? undefined : until };
}

const KEYS = new WeakMap<Assertion, PublicKey>();

function readKey(assertion: Assertion): PublicKey {
  const known = KEYS.get(assertion);
  if (known) return known;
  try {
    const key = publicKeyWithin(assertion);
    KEYS.set(assertion, key);
    return key;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new Broken('key-unreadable', `The ${describeRef(assertion)} does not hold the key that it speaks of. ${error.message}`, assertion);
  }
}

function checkSignature(assertion: Assertion, key: PublicKey): void {
  const why = whySignatureFails(assertion, key);
  if (why !== undefined) throw new Broken('signature-wrong', `The signature of the ${describeRef(assertion)} does not hold. ${why}`, assertion);
}
