import { createPrivateKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { AppError } from '../errors';
import { numbersOf, publicKeyFromNumbers } from './public-key';
import type { PublicKey } from './public-key';

/** What the store and snapd's own signing tools insist on. */
export const MINIMUM_KEY_BITS = 4096;

const HELD = new WeakMap<SigningKey, KeyObject>();

/** Holds a private key for signing. Shows only its public side, however it is printed, logged, cloned or turned into JSON. */
export class SigningKey {
  readonly publicKey: PublicKey;

  private constructor(publicKey: PublicKey) {
    this.publicKey = publicKey;
  }

  static of(privateKey: KeyObject): SigningKey {
    if (privateKey.type !== 'private') throw new AppError('key-unsupported', 'A private key is needed to sign.');
    const key = new SigningKey(publicKeyFromNumbers(numbersOf(privateKey)));
    HELD.set(key, privateKey);
    return key;
  }

  get keyId(): string {
    return this.publicKey.keyId;
  }
  /** Of the modulus. */
  get bits(): number {
    return this.publicKey.bits;
  }
  /** As in the body of an account-key. */
  get encodedPublicKey(): string {
    return this.publicKey.encoded;
  }

  toJSON(): { keyId: string } {
    return { keyId: this.keyId };
  }
  toString(): string {
    return `SigningKey(${this.keyId})`;
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** The private half, for this room alone. */
export function privateKeyOf(key: SigningKey): KeyObject {
  const held = HELD.get(key);
  if (!held) throw new AppError('key-unsupported', 'This is only the public side of a signing key.');
  return held;
}

/** From PEM (PKCS#8, PKCS#1) or a private JWK. Throws AppError `key-malformed` or `key-unsupported`. */
export function importSigningKey(source: string | JsonWebKey): SigningKey {
  let object: KeyObject;
  try {
    object = typeof source === 'string' ? createPrivateKey(source) : createPrivateKey({ key: source, format: 'jwk' });
  } catch (error) {
    throw new AppError('key-malformed', 'The private key cannot be read: give an unencrypted RSA key in PEM.', { cause: error });
  }
  return SigningKey.of(object);
}

/** Throws AppError `key-too-small`. */
export function requireKeySize(key: Pick<PublicKey, 'bits' | 'keyId'>, minimumBits = MINIMUM_KEY_BITS): void {
  if (key.bits < minimumBits) throw new AppError('key-too-small', `The key ${key.keyId} has ${key.bits} bits where ${minimumBits} are needed.`, { details: { bits: key.bits, minimumBits } });
}
