import type { Assertion } from '../assertion/assertion';
import { AppError } from '../errors';
import { publicKeyWithin } from '../keys/public-key';
import type { PublicKey } from '../keys/public-key';
import { whySignatureFails } from '../keys/verify';
import { describeRef } from './broken';
import type { Fault } from './broken';

const KEYS = new WeakMap<Assertion, PublicKey | { fault: Fault }>();

/** The public key within an account-key, account-key-request or serial, or why there is none. */
export function readKey(assertion: Assertion): PublicKey | { fault: Fault } {
  const known = KEYS.get(assertion);
  if (known) return known;
  const key = read(assertion);
  KEYS.set(assertion, key);
  return key;
}

function read(assertion: Assertion): PublicKey | { fault: Fault } {
  try {
    return publicKeyWithin(assertion);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { message } = error;
    return { fault: { code: 'key-unreadable', ref: assertion, say: () => `The ${describeRef(assertion)} does not hold the key that it speaks of. ${message}` } };
  }
}

/** What came of a signature and a key; both stay as they are, so it is worked out once. */
const CHECKED = new WeakMap<Assertion, Map<string, string | undefined>>();

/** Why the key within `holder` did not sign these very bytes; undefined when it did. */
export function whyNotSigned(assertion: Assertion, holder: Assertion): Fault | undefined {
  const key = readKey(holder);
  if ('fault' in key) return key.fault;
  let checked = CHECKED.get(assertion);
  if (!checked) CHECKED.set(assertion, (checked = new Map()));
  if (!checked.has(key.keyId)) checked.set(key.keyId, whySignatureFails(assertion, key));
  const why = checked.get(key.keyId);
  return why === undefined ? undefined : { code: 'signature-wrong', ref: assertion, say: () => `The signature of the ${describeRef(assertion)} does not hold. ${why}` };
}
