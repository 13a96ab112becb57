import type { Assertion, Headers } from '../assertion/assertion';
import { decodeAssertion } from '../assertion/decode';
import type { DecodeOptions } from '../assertion/decode';
import { assembleContent } from '../assertion/encode';
import { concat, utf8 } from '../bytes';
import { AppError } from '../errors';
import { encodeSignature, hashedPartFor, signedBytes } from './packet';
import { sha512, signerOf } from './signer';
import type { Signer } from './signer';
import { MINIMUM_KEY_BITS, requireKeySize } from './signing-key';
import type { SigningKey } from './signing-key';
import { verifySignature } from './verify';

export type SignRequest = {
  /** `type` and the type's own; `sign-key-sha3-384` and `body-length` are set here, whatever they say. */
  headers: Headers;
  body?: Uint8Array;
  key: SigningKey | Signer;
  /** Of the signature packet, in whole seconds: the same time gives the same bytes. */
  time: Date;
  /** Below this the key is refused. */
  minimumBits?: number;
  /** Further rules for the headers, as in decoding. */
  checks?: DecodeOptions['checks'];
};

/**
 * A signed assertion, byte for byte as snapd makes it, read back and verified before it is given out. The RSA work is done off the event loop.
 * Throws AssertionFormatError for headers that make no assertion, AppError `key-too-small`, and what the signer throws.
 */
export async function signAssertion({ headers, body, key, time, minimumBits = MINIMUM_KEY_BITS, checks }: SignRequest): Promise<Assertion> {
  const signer = signerOf(key);
  requireKeySize(signer.publicKey, minimumBits);
  const options = checks ? { checks } : {};
  const content = assembleContent({ ...headers, 'sign-key-sha3-384': signer.keyId }, body, options);
  const signature = await signContent(content, signer, time);
  const assertion = decodeAssertion(concat(content, utf8('\n\n'), utf8(`${signature}\n`)), options);
  if (!verifySignature(assertion, signer.publicKey)) throw new AppError('signing-failed', 'The signature that was just made does not verify; nothing was signed.');
  return assertion;
}

/** The signature's text, without a line feed at its end. */
async function signContent(content: Uint8Array, signer: Signer, time: Date): Promise<string> {
  const hashedPart = hashedPartFor(time);
  const bytes = signedBytes(content, hashedPart);
  return encodeSignature(hashedPart, sha512(bytes), await signer.sign(bytes));
}
