import { concat } from '../bytes';
import { decodeEnvelope, encodeEnvelope, envelopeBytes, Fields, malformed, uint16, uint32, unsupported, writePacket } from './packet-reader';

export { PacketError } from './packet-reader';

/** RSA modulus and exponent, big-endian without leading zeros: 0 has no bytes. */
export type RsaNumbers = { n: Uint8Array; e: Uint8Array };

/** One signature packet, taken apart. `hashedPart` is hashed after the content, as it stood in the packet; `unhashedBytes` is how long the area behind it is. */
export type SignaturePacket = { hashAlgorithm: HashAlgorithm; hashedPart: Uint8Array; unhashedBytes: number; digestStart: Uint8Array; signature: Uint8Array; createdAtSeconds: number };
/** What snapd verifies with: it writes SHA-512 alone, and takes what Go's library has. */
export type HashAlgorithm = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

/** Every key of snapd carries this time, so that its id depends on the numbers alone: 2016-01-01T00:00:00Z (snapd asserts/crypto.go). */
const KEY_CREATED_AT = 1_451_606_400;
const RSA = 1;
const TAG_PUBLIC_KEY = 6;
const TAG_PUBLIC_SUBKEY = 14;

// ---- public keys

export function stripZeros(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start += 1;
  return bytes.slice(start);
}

export const bitLength = (number: Uint8Array): number => (number.length === 0 ? 0 : number.length * 8 - Math.clz32(number[0]!) + 24);

const mpi = (number: Uint8Array): Uint8Array => concat(uint16(bitLength(number)), number);

function publicKeyPacket(key: RsaNumbers): Uint8Array {
  return writePacket(TAG_PUBLIC_KEY, concat(Uint8Array.of(4), uint32(KEY_CREATED_AT), Uint8Array.of(RSA), mpi(stripZeros(key.n)), mpi(stripZeros(key.e))));
}

/** Version 01 and the packet: what the key id is the digest of. */
export const publicKeyBytes = (key: RsaNumbers): Uint8Array => envelopeBytes(publicKeyPacket(key));

/** As it stands in the body of an account-key: base64 in lines of 76, no line feed at the end. */
export const encodePublicKey = (key: RsaNumbers): string => encodeEnvelope(publicKeyPacket(key));

/**
 * Throws PacketError. Creation time and algorithm of the packet are read over: only the numbers count, and what snapd takes is taken, a subkey or a
 * number that is 0 too (snapd asserts/crypto.go, x/crypto openpgp/packet/public_key.go). Such a key has an id; that it verifies anything is another matter.
 */
export function decodePublicKey(text: Uint8Array | string): RsaNumbers {
  return decodeEnvelope(text, 'key', [TAG_PUBLIC_KEY, TAG_PUBLIC_SUBKEY], (fields) => {
    const version = fields.byte();
    if (version !== 4) throw unsupported('key', `its packet has version ${version}`);
    fields.take(4);
    const algorithm = fields.byte();
    if (algorithm < 1 || algorithm > 3) throw unsupported('key', `its algorithm is ${algorithm}, not RSA`);
    const n = fields.mpi();
    const e = fields.mpi();
    if (e.length > 3) throw unsupported('key', 'its public exponent is larger than 3 bytes');
    return { n: stripZeros(n), e: stripZeros(e) };
  });
}

// ---- signatures

const TAG_SIGNATURE = 2;
const SHA512 = 10;
const HASHES: Record<number, HashAlgorithm> = { 1: 'md5', 2: 'sha1', 8: 'sha256', 9: 'sha384', 10: 'sha512', 11: 'sha224' };
const RIPEMD160 = 3;
const SUBPACKET_CREATED = 2;
const SUBPACKET_EMBEDDED = 32;
const TYPE_PRIMARY_KEY_BINDING = 0x19;
/** Numbers that a signature of each algorithm has: RSA, RSA to sign only, DSA, ECDSA. */
const MPIS: Record<number, number> = { 1: 1, 3: 1, 17: 2, 19: 2 };

type Area = 'hashed' | 'unhashed';
type LengthRule = { areas: readonly Area[]; fits: (length: number) => boolean; what: string };
const HASHED = ['hashed'] as const;
const BOTH = ['hashed', 'unhashed'] as const;

/** What x/crypto's openpgp knows, and how long each may be where; any other is an error once it says that it is critical (openpgp/packet/signature.go). */
const SUBPACKETS: Record<number, LengthRule> = {
  [SUBPACKET_CREATED]: { areas: BOTH, fits: (length) => length === 4, what: 'time of creation' },
  3: { areas: HASHED, fits: (length) => length === 4, what: 'time of expiry' },
  9: { areas: HASHED, fits: (length) => length === 4, what: "key's time of expiry" },
  11: { areas: HASHED, fits: () => true, what: 'ciphers' },
  16: { areas: BOTH, fits: (length) => length === 8, what: 'issuer' },
  21: { areas: HASHED, fits: () => true, what: 'hashes' },
  22: { areas: HASHED, fits: () => true, what: 'compressions' },
  25: { areas: HASHED, fits: (length) => length === 1, what: 'mark of the primary user' },
  27: { areas: HASHED, fits: (length) => length > 0, what: 'flags' },
  29: { areas: HASHED, fits: (length) => length > 0, what: 'reason to revoke' },
  30: { areas: BOTH, fits: () => true, what: 'features' },
  [SUBPACKET_EMBEDDED]: { areas: BOTH, fits: () => true, what: 'embedded signature' },
};

/** The signature over a binary document, RSA, SHA-512, with nothing but its time: what is hashed after the content. */
export function hashedPartFor(time: Date): Uint8Array {
  const seconds = Math.floor(time.getTime() / 1000);
  if (!(seconds >= 0 && seconds <= 0xffff_ffff)) throw new RangeError('the time of a signature must lie between 1970 and 2106');
  return concat(Uint8Array.of(4, 0, RSA, SHA512, 0, 6, 5, SUBPACKET_CREATED), uint32(seconds));
}

/** Content, hashed part, and the trailer that closes them. */
export const signedBytes = (content: Uint8Array, hashedPart: Uint8Array): Uint8Array => concat(content, hashedPart, Uint8Array.of(4, 0xff), uint32(hashedPart.length));

/** The bit length is written as a multiple of eight, leading zeros kept, the way Go writes it. No line feed at the end. */
export function encodeSignature(hashedPart: Uint8Array, digest: Uint8Array, signature: Uint8Array): string {
  return encodeEnvelope(writePacket(TAG_SIGNATURE, concat(hashedPart, uint16(0), digest.subarray(0, 2), uint16(signature.length * 8), signature)));
}

type Parsed = Omit<SignaturePacket, 'hashAlgorithm' | 'signature'> & { algorithm: number; hashId: number; numbers: Uint8Array[] };

/** Takes the shapes of Go, GnuPG 1, GnuPG 2 and openpgp.js, and whatever else snapd does. Throws PacketError. */
export function decodeSignature(text: Uint8Array | string): SignaturePacket {
  const embedded: Uint8Array[] = [];
  const { algorithm, hashId, numbers, ...packet } = decodeEnvelope(text, 'signature', [TAG_SIGNATURE], (fields) => parse(fields, embedded));
  // One within the other, as deep as their bytes reach: a list, where calls would run out of stack.
  for (let next = embedded.pop(); next; next = embedded.pop()) {
    if (next[1] !== TYPE_PRIMARY_KEY_BINDING) throw malformed('signature', 'the signature embedded in it is of the wrong type');
    parse(Fields.of(next, 'signature'), embedded);
  }
  if (algorithm !== RSA) throw unsupported('signature', `its algorithm is ${algorithm}, not RSA`);
  const hashAlgorithm = HASHES[hashId];
  if (!hashAlgorithm) throw unsupportedHash(hashId);
  return { hashAlgorithm, ...packet, signature: numbers[0]! };
}

const unsupportedHash = (id: number) => unsupported('signature', `its hash is ${id}, which snapd cannot verify`);

function parse(fields: Fields, embedded: Uint8Array[]): Parsed {
  const head = fields.take(1);
  if (head[0] !== 4) throw unsupported('signature', `its packet has version ${head[0]}`);
  const rest = fields.take(5);
  const [, algorithm = 0, hashId = 0] = rest;
  if (MPIS[algorithm] === undefined) throw unsupported('signature', `its algorithm is ${algorithm}, not RSA`);
  if (!HASHES[hashId] && hashId !== RIPEMD160) throw unsupportedHash(hashId);
  const found: Found = { embedded: 0 };
  const hashed = fields.take((rest[3]! << 8) | rest[4]!);
  readSubpackets(hashed, 'hashed', found, embedded);
  if (found.createdAtSeconds === undefined) throw malformed('signature', 'it has no time of creation');
  const unhashed = fields.take(fields.number(2));
  readSubpackets(unhashed, 'unhashed', found, embedded);
  const digestStart = fields.take(2);
  const numbers = Array.from({ length: MPIS[algorithm] }, () => fields.mpi());
  const whole = concat(head, rest, hashed, uint16(unhashed.length), unhashed, digestStart);
  return { algorithm, hashId, hashedPart: whole.subarray(0, 6 + hashed.length), unhashedBytes: unhashed.length, createdAtSeconds: found.createdAtSeconds, digestStart: whole.subarray(-2), numbers };
}

type Found = { createdAtSeconds?: number; embedded: number };

function readSubpackets(area: Uint8Array, where: Area, found: Found, embedded: Uint8Array[]): void {
  for (let at = 0; at < area.length; ) {
    const { start, length } = subpacketAt(area, at);
    const type = area[start]! & 0x7f;
    const critical = (area[start]! & 0x80) !== 0;
    const body = area.subarray(start + 1, start + length);
    at = start + length;
    const rule = SUBPACKETS[type];
    if (!rule) {
      if (critical) throw unsupported('signature', `its subpacket ${type} is critical and not known`);
      continue;
    }
    if (rule.areas.includes(where) && !rule.fits(body.length)) throw malformed('signature', `its ${rule.what} has ${body.length} bytes`);
    if (type === SUBPACKET_CREATED) {
      if (where === 'unhashed') throw malformed('signature', 'its time of creation stands where it is not signed');
      found.createdAtSeconds = new DataView(body.buffer, body.byteOffset).getUint32(0);
    }
    if (type === SUBPACKET_EMBEDDED) {
      found.embedded += 1;
      if (found.embedded > 1) throw malformed('signature', 'it has more than one embedded signature');
      embedded.push(body);
    }
  }
}

/** Where the next subpacket begins, with its type, and how long it is from there. */
function subpacketAt(area: Uint8Array, at: number): { start: number; length: number } {
  const octet = area[at]!;
  const size = octet < 192 ? 1 : octet < 255 ? 2 : 5;
  const start = at + size;
  const big = new DataView(area.buffer, area.byteOffset, area.byteLength);
  const length = start > area.length ? Number.POSITIVE_INFINITY : octet < 192 ? octet : octet < 255 ? ((octet - 192) << 8) + area[at + 1]! + 192 : big.getUint32(at + 1);
  if (length > area.length - start) throw malformed('signature', 'one of its subpackets is cut off');
  if (length === 0) throw malformed('signature', 'one of its subpackets is empty');
  return { start, length };
}
