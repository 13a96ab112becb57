import { constants, createHash, verify } from 'node:crypto';
import type { Assertion } from '../assertion/assertion';
import { bitLength, decodeSignature, PacketError, signedBytes } from './packet';
import type { PublicKey } from './public-key';

/** Whether this key signed these very bytes. A signature that cannot be read is no signature: false. So is one by a modulus beyond 16,384 bits, where node ends and Go does not. */
export function verifySignature(assertion: Pick<Assertion, 'content' | 'signature'>, publicKey: PublicKey): boolean {
  return whySignatureFails(assertion, publicKey) === undefined;
}

/** Undefined when the signature holds, otherwise what is wrong with it, as a sentence. */
export function whySignatureFails({ content, signature }: Pick<Assertion, 'content' | 'signature'>, publicKey: PublicKey): string | undefined {
  let packet;
  try {
    packet = decodeSignature(signature);
  } catch (error) {
    if (error instanceof PacketError) return error.message;
    throw error;
  }
  const bytes = signedBytes(content, packet.hashedPart);
  const digest = createHash(packet.hashAlgorithm).update(bytes).digest();
  const failure = 'The signature does not fit the content and the key: one of them was changed.';
  if (digest[0] !== packet.digestStart[0] || digest[1] !== packet.digestStart[1]) return failure;
  // GnuPG strips the leading zero bytes of the number; RSA wants it as long as the modulus.
  const { n, e } = publicKey.numbers;
  const size = n.length;
  if (packet.signature.length > size) return failure;
  // Numbers that make no RSA key verify nothing, whatever libraries make of them.
  if (!isOdd(n) || bitLength(e) < 2) return failure;
  const padded = new Uint8Array(size);
  padded.set(packet.signature, size - packet.signature.length);
  return verify(packet.hashAlgorithm, bytes, { key: publicKey.object, padding: constants.RSA_PKCS1_PADDING }, padded) ? undefined : failure;
}

const isOdd = (number: Uint8Array): boolean => ((number.at(-1) ?? 0) & 1) === 1;
