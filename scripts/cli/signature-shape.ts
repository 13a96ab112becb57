import type { Assertion } from '../../lib/assertion/assertion';
import { fromUtf8, toHex } from '../../lib/bytes';
import { decodeSignature, PacketError } from '../../lib/keys/packet';
import type { SignaturePacket } from '../../lib/keys/packet';

/** Who made the packet, by its subpackets: snapd and the store in Go, GnuPG 1, GnuPG 2, or something else that can be read all the same. */
export type SignatureShape = 'go' | 'gnupg-1' | 'gnupg-2' | 'other' | 'unreadable' | 'builtin';

/** `bytes` are the number's: GnuPG leaves out the zeros in front. */
export type SignatureFacts = { shape: SignatureShape; hash?: string; createdAt?: string; bytes?: number; reason?: string };

const PLAIN = '000605';
const WITH_FINGERPRINT = '001d162104';
const ISSUER_BYTES = 10;

/** The hashed area's subpackets, then the length of the unhashed one, which lies between the two views of the same packet. */
function shapeOf({ hashedPart, digestStart }: SignaturePacket): SignatureShape {
  const hashed = toHex(hashedPart.subarray(4));
  const unhashedBytes = digestStart.byteOffset - hashedPart.byteOffset - hashedPart.length - 2;
  if (hashedPart.length === 12 && hashed.startsWith(PLAIN)) return unhashedBytes === 0 ? 'go' : unhashedBytes === ISSUER_BYTES ? 'gnupg-1' : 'other';
  return hashedPart.length === 35 && hashed.startsWith(WITH_FINGERPRINT) && unhashedBytes === ISSUER_BYTES ? 'gnupg-2' : 'other';
}

/** What the signature says about itself; whether it holds is another question. */
export function describeSignature({ signature, signKeyId }: Pick<Assertion, 'signature' | 'signKeyId'>): SignatureFacts {
  if (signKeyId === '' && fromUtf8(signature)?.startsWith('$builtin')) return { shape: 'builtin' };
  try {
    const packet = decodeSignature(signature);
    return { shape: shapeOf(packet), hash: packet.hashAlgorithm, createdAt: `${new Date(packet.createdAtSeconds * 1000).toISOString().slice(0, 19)}Z`, bytes: packet.signature.length };
  } catch (error) {
    if (error instanceof PacketError) return { shape: 'unreadable', reason: error.message };
    throw error;
  }
}
