import { constants, createHash, sign } from 'node:crypto';
import type { Assertion, Headers } from '../assertion/assertion';
import { decodeAssertion } from '../assertion/decode';
import type { DecodeOptions } from '../assertion/decode';
import { assembleContent } from '../assertion/encode';
import { concat, utf8 } from '../bytes';
import { AppError } from '../errors';
import { encodeSignature, hashedPartFor, signedBytes } from './packet';
import { MINIMUM_KEY_BITS, privateKeyOf, requireKeySize } from './signing-key';
import type { SigningKey } from './signing-key';
import { verifySignature } from './verify';

export type SignRequest = {
  /** `type` and the type's own; `sign-key-sha3-384` and `body-length` are set here, whatever they say. */
  headers: Headers;
  body?: Uint8Array;
  key: SigningKey;
  /** Of the signature packet, in whole seconds: the same time gives the same bytes. */
  time: Date;
  /** Below this the key is refused. */
  minimumBits?: number;
  /** Further rules for the headers, as in decoding. */
  checks?: DecodeOptions['checks'];
};

/**
 * A signed assertion, byte for byte as snapd makes it, read back and verified before it is given out. The RSA work is done off the event loop.
 * Throws AssertionFormatError for headers that make no assertion, AppError `key-too-small`.
 */
export async function signAssertion({ headers, body, key, time, minimumBits = MINIMUM_KEY_BITS, checks }: SignRequest): Promise<Assertion> {
  requireKeySize(key, minimumBits);
  const options = checks ? { checks } : {};
  const content = assembleContent({ ...headers, 'sign-key-sha3-384': key.keyId }, body, options);
  const signature = await signContent(content, key, time);
  const assertion = decodeAssertion(concat(content, utf8('\n\n'), utf8(`${signature}\n`)), options);
  if (!verifySignature(assertion, key.publicKey)) throw new AppError('signing-failed', 'The signature that was just made does not verify; nothing was signed.');
  return assertion;
}

/** The signature's text, without a line feed at its end. */
async function signContent(content: Uint8Array, key: SigningKey, time: Date): Promise<string> {
  const hashedPart = hashedPartFor(time);
  const bytes = signedBytes(content, hashedPart);
  const digest = createHash('sha512').update(bytes).digest();
  const signature = await new Promise<Uint8Array>((resolve, reject) => {
    sign('sha512', bytes, { key: privateKeyOf(key), padding: constants.RSA_PKCS1_PADDING }, (error, value) => (error ? reject(error) : resolve(value)));
  });
  return encodeSignature(hashedPart, digest, signature);
}
