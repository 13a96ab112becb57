import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AppError } from '../errors';
import { openBytes, sealBytes, sealRefusal } from './sealed-box';

const PURPOSE = 'imprint build key';
const TYPE = 'ed25519';

/** By which a brand's provenance is verified: Ed25519 (RFC 8032). Assertions know nothing of it. */
export type BuildPublicKey = {
  /** SHA-256 of the key in SPKI DER, lower-case hexadecimal. */
  keyId: string;
  /** SPKI, as `openssl pkey -pubin` reads it. */
  pem: string;
  verify(bytes: Uint8Array, signature: Uint8Array): boolean;
};

const HELD = new WeakMap<BuildKey, KeyObject>();

/** Holds the private half. Shows only its public side, however it is printed, logged, cloned or turned into JSON. */
export class BuildKey {
  readonly publicKey: BuildPublicKey;

  private constructor(publicKey: BuildPublicKey) {
    this.publicKey = publicKey;
  }

  /** Throws AppError `key-unsupported` for anything but a private Ed25519 key. */
  static of(privateKey: KeyObject): BuildKey {
    if (privateKey.type !== 'private' || privateKey.asymmetricKeyType !== TYPE) throw new AppError('key-unsupported', 'A build key is a private Ed25519 key.');
    const key = new BuildKey(publicKeyOf(createPublicKey(privateKey)));
    HELD.set(key, privateKey);
    return key;
  }

  get keyId(): string {
    return this.publicKey.keyId;
  }
  /** 64 bytes; the same for the same bytes. */
  sign(bytes: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, bytes, privateHalf(this)));
  }

  toJSON(): { keyId: string } {
    return { keyId: this.keyId };
  }
  toString(): string {
    return `BuildKey(${this.keyId})`;
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

function privateHalf(key: BuildKey): KeyObject {
  const held = HELD.get(key);
  if (!held) throw new AppError('key-unsupported', 'This is only the public side of a build key.');
  return held;
}

function publicKeyOf(key: KeyObject): BuildPublicKey {
  const keyId = createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('hex');
  return { keyId, pem: String(key.export({ type: 'spki', format: 'pem' })), verify: (bytes, signature) => verify(null, bytes, key, signature) };
}

/** A new one; takes less than a millisecond. */
export const generateBuildKey = (): BuildKey => BuildKey.of(generateKeyPairSync(TYPE).privateKey);

/** From PKCS#8 in PEM, not encrypted. Throws AppError `key-malformed` or `key-unsupported`. */
export function importBuildKey(pem: string): BuildKey {
  return BuildKey.of(readPem(() => createPrivateKey(pem), 'private'));
}

/** From SPKI in PEM. Throws AppError `key-malformed`, or `key-unsupported` for another kind of key, and for a private one, which nobody should hand about. */
export function importBuildPublicKey(pem: string): BuildPublicKey {
  if (pem.includes('PRIVATE KEY-----')) throw new AppError('key-unsupported', 'This is a private key. Give the public half, and keep this one where nobody reads it.');
  const key = readPem(() => createPublicKey(pem), 'public');
  if (key.asymmetricKeyType !== TYPE) throw new AppError('key-unsupported', 'A build key is an Ed25519 key, and this is another kind.');
  return publicKeyOf(key);
}

function readPem(read: () => KeyObject, half: string): KeyObject {
  try {
    return read();
  } catch (error) {
    throw new AppError('key-malformed', `The ${half} build key cannot be read: give an Ed25519 key in PEM.`, { cause: error });
  }
}

/** As `sealPrivateKey` seals a signing key; neither opens as the other. */
export function sealBuildKey({ key, brandId, masterKey }: { key: BuildKey; brandId: string; masterKey: Uint8Array }): Uint8Array {
  const plain = privateHalf(key).export({ format: 'der', type: 'pkcs8' });
  try {
    return sealBytes(plain, { purpose: PURPOSE, brandId, keyId: key.keyId, masterKey });
  } finally {
    plain.fill(0);
  }
}

/** Throws AppError as `openPrivateKey` does. */
export function openBuildKey({ sealed, brandId, keyId, masterKey }: { sealed: Uint8Array; brandId: string; keyId: string; masterKey: Uint8Array }): BuildKey {
  const der = openBytes(sealed, { purpose: PURPOSE, brandId, keyId, masterKey });
  try {
    const key = BuildKey.of(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
    if (key.keyId !== keyId) throw sealRefusal('sealed-key-refused', 'The sealed build key has another key id than it should have');
    return key;
  } finally {
    der.fill(0);
  }
}
