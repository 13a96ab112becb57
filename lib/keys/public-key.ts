import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Assertion } from '../assertion/assertion';
import { fromBase64Url, toBase64Url } from '../bytes';
import { AppError } from '../errors';
import { keyId } from './key-id';
import { bitLength, decodePublicKey, encodePublicKey } from './packet';
import type { RsaNumbers } from './packet';

/** A public key that signatures are checked with. */
export type PublicKey = { keyId: string; bits: number; numbers: RsaNumbers; encoded: string; object: KeyObject };

export function publicKeyFromNumbers(numbers: RsaNumbers): PublicKey {
  const object = createPublicKey({ key: { kty: 'RSA', n: toBase64Url(numbers.n), e: toBase64Url(numbers.e) }, format: 'jwk' });
  return { keyId: keyId(numbers), bits: bitLength(numbers.n), numbers, encoded: encodePublicKey(numbers), object };
}

/** The key within a v1 envelope: the body of an account-key, a device-key header. Throws PacketError. */
export const readPublicKey = (encoded: Uint8Array | string): PublicKey => publicKeyFromNumbers(decodePublicKey(encoded));

/** The numbers of an RSA key of node's, private or public. */
export function numbersOf(object: KeyObject): RsaNumbers {
  const { n, e } = object.type === 'private' ? createPublicKey(object).export({ format: 'jwk' }) : object.export({ format: 'jwk' });
  const numbers = { n: fromBase64Url(n ?? '') ?? new Uint8Array(0), e: fromBase64Url(e ?? '') ?? new Uint8Array(0) };
  if (object.asymmetricKeyType !== 'rsa' || numbers.n.length === 0) throw new AppError('key-unsupported', 'This is no RSA key, and assertions know no other kind.');
  return numbers;
}

const SELF_NAMED: Readonly<Record<string, string>> = { 'account-key': 'public-key-sha3-384', 'account-key-request': 'public-key-sha3-384', serial: 'device-key-sha3-384', 'serial-request': 'sign-key-sha3-384' };

/** Whether an assertion of this type has a public key within. */
export const holdsPublicKey = (type: string): boolean => SELF_NAMED[type] !== undefined;

/**
 * The key that an account-key, account-key-request, serial or serial-request vouches for, once it has the id that the assertion says.
 * Throws PacketError or AppError `key-id-mismatch`.
 */
export function publicKeyWithin(assertion: Assertion): PublicKey {
  const header = SELF_NAMED[assertion.type];
  if (header === undefined) throw new AppError('key-missing', `A ${assertion.type} assertion holds no public key.`);
  const encoded = header === 'public-key-sha3-384' ? assertion.body : String(assertion.headers['device-key'] ?? '');
  const key = readPublicKey(encoded);
  if (assertion.headers[header] !== key.keyId) throw new AppError('key-id-mismatch', `The public key in this ${assertion.type} has the id ${key.keyId}, not the one in "${header}".`);
  return key;
}
