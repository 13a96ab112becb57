import { assertionRef } from '../assertion/assertion';
import type { Assertion } from '../assertion/assertion';
import { parseTime } from '../assertion/scalars';
import { findAssertionType } from '../assertion/types';
import { readKey, whyNotSigned } from './assertion-key';
import { describeRef, shown } from './broken';
import type { Fault } from './broken';
import { checkConsistency } from './consistency';
import { allowedByConstraints } from './constraints';
import { fetchWords } from './fetch-words';
import { needsOf, signingKeyRef } from './prerequisites';
import type { AssertionRef } from './types';
import { validityOf } from './validity';

export { validityOf } from './validity';

/** Those with a time that must lie within their key's validity; others may have a `timestamp` header that nobody looks at (Timestamp in snapd asserts). */
const TIMED = new Set(
  'account base-declaration model preseed repair serial snap-declaration snap-build snap-revision snap-resource-revision snap-resource-pair store validation validation-set'.split(' '),
);

/** What is known at one moment, and holds. */
export type ChainView = {
  /** Nanoseconds since 1970. */
  now: bigint;
  /** The one assertion of that identity that holds; an anchor before all others. */
  standing(ref: AssertionRef): Assertion | undefined;
  /** Believed without a signature. */
  anchor(ref: AssertionRef): Assertion | undefined;
  isTrustedAccount(accountId: string): boolean;
  /** The key that has a name before this one claims it. */
  nameHolder(claimant: Assertion): Assertion | undefined;
};

/** The same view, but for what stands under one identity; an anchor still stands before it. */
export function withStanding(view: ChainView, ref: AssertionRef, stands: () => Assertion | undefined): ChainView {
  const key = assertionRef(ref);
  return {
    now: view.now,
    standing: (other) => (assertionRef(other) === key ? (view.anchor(other) ?? stands()) : view.standing(other)),
    anchor: (other) => view.anchor(other),
    isTrustedAccount: (accountId) => view.isTrustedAccount(accountId),
    nameHolder: (claimant) => view.nameHolder(claimant),
  };
}

/** Whether the two are one, byte for byte. */
export const isSame = (a: Assertion, b: Assertion): boolean => a === b || (equal(a.content, b.content) && equal(a.signature, b.signature));
const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/**
 * Whether one assertion holds, given those that do: format, key, validity, constraints, signature, time, agreement with others, in snapd's order
 * (Database.Check and Add in snapd asserts/database.go). Undefined when it does.
 */
export function checkLink(assertion: Assertion, view: ChainView): Fault | undefined {
  const type = findAssertionType(assertion.type);
  if (!type || assertion.format > type.maxFormat) {
    return { code: 'format-unsupported', ref: assertion, say: () => `The ${describeRef(assertion)} has format ${assertion.format}, which is newer than this program knows (${type?.maxFormat ?? 0}).` };
  }
  const anchor = view.anchor(assertion);
  if (anchor && isSame(anchor, assertion)) return undefined;
  const signed = type.hasAuthority ? checkSigningKey(assertion, view) : checkSelfSigned(assertion, view);
  if (signed) return signed;
  if (assertion.type === 'account-key') {
    const key = readKey(assertion);
    if ('fault' in key) return key.fault;
  }
  const consistent = checkConsistency(assertion, view) ?? (assertion.type === 'account-key' ? checkName(assertion, view) : undefined);
  if (consistent) return consistent;
  return anchor && { code: 'anchor-clash', ref: assertion, say: () => `The ${describeRef(assertion)} would take the place of one of the roots, which is trusted as it is.` };
}

function checkSigningKey(assertion: Assertion, view: ChainView): Fault | undefined {
  const waitsFor = signingKeyRef(assertion)!;
  const key = view.standing(waitsFor);
  if (!key) return { code: 'key-missing', ref: waitsFor, waitsFor, say: () => `The account-key ${shown(assertion.signKeyId)} of ${shown(assertion.authorityId)}, which signed the ${describeRef(assertion)}, is missing: ${fetchWords(waitsFor)}.` };
  const owner = String(key.headers['account-id']);
  if (owner !== assertion.authorityId) {
    return { code: 'key-other-account', ref: assertion, say: () => `The ${describeRef(assertion)} says that ${shown(assertion.authorityId)} signed it, but its key ${assertion.signKeyId} belongs to ${shown(owner)}.` };
  }
  return checkSignedBy(assertion, key, view.now);
}

function checkSignedBy(assertion: Assertion, key: Assertion, now: bigint): Fault | undefined {
  const { since, until } = validityOf(key);
  const named = (): string => `The account-key ${assertion.signKeyId} of ${shown(assertion.authorityId)}`;
  if (until !== undefined && until <= since) return { code: 'key-revoked', ref: key, say: () => `${named()} was revoked: it ends where it begins, at ${shown(key.headers['until'])}, and nothing that it ever signed holds.` };
  if (now < since) return { code: 'key-not-yet-valid', ref: key, say: () => `${named()} is valid only from ${shown(key.headers['since'])}.` };
  if (until !== undefined && now >= until) return { code: 'key-expired', ref: key, say: () => `${named()} ended at ${shown(key.headers['until'])}, and with it all that it ever signed.` };
  if (!allowedByConstraints(key.headers['constraints'], assertion.headers)) {
    return { code: 'key-constraints', ref: assertion, say: () => `${named()} is not allowed to sign the ${describeRef(assertion)}: its constraints name other headers.` };
  }
  const unsigned = whyNotSigned(assertion, key);
  if (unsigned) return unsigned;
  if (!TIMED.has(assertion.type)) return undefined;
  const time = parseTime(String(assertion.headers['timestamp']));
  if (time !== undefined && time >= since && (until === undefined || time < until)) return undefined;
  const say = (): string => {
    const span = `from ${shown(key.headers['since'])}${until === undefined ? '' : ` until ${shown(key.headers['until'])}`}`;
    return `The ${describeRef(assertion)} has the timestamp ${shown(assertion.headers['timestamp'])}, outside of its key's validity (${span}).`;
  };
  return { code: 'timestamp-outside-key', ref: assertion, say };
}

/** The types without an authority (customSigner in snapd asserts). */
function checkSelfSigned(assertion: Assertion, view: ChainView): Fault | undefined {
  if (assertion.type === 'account-key-request') return whyNotSigned(assertion, assertion);
  if (assertion.type !== 'confdb-control') {
    return { code: 'self-signed', ref: assertion, say: () => `The ${describeRef(assertion)} is a device's own statement and has no chain to a root.` };
  }
  const waitsFor = { type: 'serial', primaryKey: ['brand-id', 'model', 'serial'].map((name) => String(assertion.headers[name])) };
  const serial = view.standing(waitsFor);
  if (!serial) return { code: 'prerequisite-missing', ref: waitsFor, waitsFor, say: () => `The ${describeRef(waitsFor)} is missing, and the ${describeRef(assertion)} needs it as the device that signed it: ${fetchWords(waitsFor)}.` };
  const key = readKey(serial);
  if ('fault' in key) return key.fault;
  if (key.keyId !== assertion.signKeyId) return { code: 'self-signed', ref: assertion, say: () => `The ${describeRef(assertion)} is signed by another key than its device's.` };
  return whyNotSigned(assertion, serial);
}

function checkName(assertion: Assertion, view: ChainView): Fault | undefined {
  const holder = view.nameHolder(assertion);
  return holder && { code: 'key-name-taken', ref: assertion, say: () => `The ${describeRef(assertion)} has the name "${shown(assertion.headers['name'])}", which the key ${holder.primaryKey[0]} of ${shown(assertion.headers['account-id'])} has already.` };
}

/** All that an assertion leans on, by what stands, by identity; anchors lean on nothing. */
export function chainOf(from: Assertion, view: Pick<ChainView, 'standing' | 'anchor'>): Map<string, Assertion> {
  const chain = new Map<string, Assertion>();
  const open = [from];
  for (let at = open.pop(); at; at = open.pop()) {
    for (const link of needsOf(at)) {
      const ref = assertionRef(link);
      const next = chain.has(ref) ? undefined : view.standing(link);
      if (!next) continue;
      chain.set(ref, next);
      if (!view.anchor(link)) open.push(next);
    }
  }
  return chain;
}
