import { constants, createHash, privateEncrypt, sign } from 'node:crypto';
import { concat, fromHex } from '../bytes';
import { AppError } from '../errors';
import type { PublicKey } from './public-key';
import { privateKeyOf, SigningKey } from './signing-key';

/**
 * What assertions are signed with, wherever the private half is kept. Both verbs give RSASSA-PKCS1-v1_5 with SHA-512, as long as the modulus,
 * and the same for the same input.
 */
export type Signer = {
  keyId: string;
  publicKey: PublicKey;
  /** Hashes the bytes and signs. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
  /** Signs a SHA-512 of 64 bytes that somebody else has made. */
  signDigest(digest: Uint8Array): Promise<Uint8Array>;
};

/** What stands before a SHA-512 in the block that RSA signs (RFC 8017, 9.2, note 1). */
const SHA512_INFO = fromHex('3051300d060960864801650304020305000440');
const SHA512_BYTES = 64;

/** With a key in this process. Hashing signs off the event loop. */
export function localSigner(key: SigningKey): Signer {
  return {
    keyId: key.keyId,
    publicKey: key.publicKey,
    sign: (bytes) =>
      new Promise((resolve, reject) => {
        sign('sha512', bytes, { key: privateKeyOf(key), padding: constants.RSA_PKCS1_PADDING }, (error, value) => (error ? reject(error) : resolve(new Uint8Array(value))));
      }),
    signDigest: async (digest) => signPrepared(key, digest),
  };
}

/** A key in this process as a signer; any other signer as it is. */
export const signerOf = (key: SigningKey | Signer): Signer => (key instanceof SigningKey ? localSigner(key) : key);

/** Signs a SHA-512 that is made already: what RSASSA-PKCS1-v1_5 with SHA-512 gives for the bytes it is of. A few milliseconds. Throws AppError `digest-malformed`. */
export const signPrepared = (key: SigningKey, digest: Uint8Array): Uint8Array => new Uint8Array(privateEncrypt({ key: privateKeyOf(key), padding: constants.RSA_PKCS1_PADDING }, digestInfo(digest)));

/** The DigestInfo of a SHA-512: 83 bytes, what the mechanism RSA-PKCS pads and signs. Throws AppError `digest-malformed`. */
export function digestInfo(digest: Uint8Array): Uint8Array {
  if (digest.length !== SHA512_BYTES) throw new AppError('digest-malformed', `A SHA-512 has ${SHA512_BYTES} bytes; this has ${digest.length}.`);
  return concat(SHA512_INFO, digest);
}

/**
 * The SHA-512 within a DigestInfo: what snapd hands an external key manager to sign with RSA-PKCS (snapd asserts/extkeypairmgrimpl.go).
 * Throws AppError `digest-malformed` for anything else, so that nothing but a SHA-512 is ever signed.
 */
export function digestWithin(prepared: Uint8Array): Uint8Array {
  const fits = prepared.length === SHA512_INFO.length + SHA512_BYTES && SHA512_INFO.every((byte, at) => prepared[at] === byte);
  if (!fits) throw new AppError('digest-malformed', 'This is no SHA-512 prepared for RSA-PKCS: 83 bytes, of which the first 19 say that it is one.');
  return prepared.slice(SHA512_INFO.length);
}

export const sha512 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha512').update(bytes).digest());
