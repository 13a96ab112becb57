import { concat, fromBase64, fromUtf8, toBase64 } from '../bytes';
import { AppError } from '../errors';

/** RSA modulus and exponent, big-endian without leading zeros. */
export type RsaNumbers = { n: Uint8Array; e: Uint8Array };

/** One signature packet, taken apart. `hashedPart` is hashed after the content, as it stood in the packet. */
export type SignaturePacket = { hashAlgorithm: HashAlgorithm; hashedPart: Uint8Array; digestStart: Uint8Array; signature: Uint8Array; createdAtSeconds: number };
export type HashAlgorithm = 'sha256' | 'sha384' | 'sha512';

export type PacketErrorCode = 'key-malformed' | 'key-unsupported' | 'signature-malformed' | 'signature-unsupported';
export class PacketError extends AppError<PacketErrorCode> {}

/** Every key of snapd carries this time, so that its id depends on the numbers alone: 2016-01-01T00:00:00Z (snapd asserts/crypto.go). */
const KEY_CREATED_AT = 1_451_606_400;
const RSA = 1;
const TAG_SIGNATURE = 2;
const TAG_PUBLIC_KEY = 6;
const ENVELOPE_VERSION = 1;
const HASHES: Record<number, HashAlgorithm> = { 8: 'sha256', 9: 'sha384', 10: 'sha512' };
const SHA512 = 10;
const SUBPACKET_CREATED = 2;
/** What x/crypto's openpgp knows; any other is an error once it says that it is critical. */
const KNOWN_SUBPACKETS = new Set([2, 3, 9, 11, 16, 21, 22, 25, 27, 29, 30, 32]);

type Kind = 'key' | 'signature';
const malformed = (kind: Kind, message: string): PacketError => new PacketError(`${kind}-malformed`, `The ${kind === 'key' ? 'public key' : 'signature'} cannot be read: ${message}.`);
const unsupported = (kind: Kind, message: string): PacketError => new PacketError(`${kind}-unsupported`, `The ${kind === 'key' ? 'public key' : 'signature'} is of a kind that assertions do not use: ${message}.`);

const uint16 = (n: number): Uint8Array => Uint8Array.of(n >> 8, n & 255);
const uint32 = (n: number): Uint8Array => Uint8Array.of(n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);

// ---- the v1 envelope: base64 of 01 and one packet, in lines of 76 (snapd asserts/crypto.go)

/** No line feed at the end. */
function encodeEnvelope(packet: Uint8Array): string {
  return (toBase64(concat(Uint8Array.of(ENVELOPE_VERSION), packet)).match(/.{1,76}/g) ?? []).join('\n');
}

function decodeEnvelope(text: Uint8Array | string, kind: Kind, wantedTag: number): Uint8Array {
  const flat = (typeof text === 'string' ? text : (fromUtf8(text) ?? '\0')).replace(/[\r\n]/g, '');
  if (flat === '') throw malformed(kind, 'there is no data');
  const bytes = fromBase64(flat);
  if (!bytes) throw malformed(kind, 'it is not base64 with padding');
  if (bytes[0] !== ENVELOPE_VERSION) throw unsupported(kind, `its envelope has version ${bytes[0]}`);
  const { tag, body } = readPacket(bytes.subarray(1), kind);
  if (tag !== wantedTag) throw malformed(kind, `it holds an OpenPGP packet of tag ${tag} where ${wantedTag} belongs`);
  return body;
}

// ---- packets (RFC 4880, 4.2)

function writePacket(tag: number, body: Uint8Array): Uint8Array {
  const { length } = body;
  const size = length < 192 ? Uint8Array.of(length) : length < 8384 ? Uint8Array.of(192 + ((length - 192) >> 8), (length - 192) & 255) : concat(Uint8Array.of(255), uint32(length));
  return concat(Uint8Array.of(0xc0 | tag), size, body);
}

function readPacket(bytes: Uint8Array, kind: Kind): { tag: number; body: Uint8Array } {
  const at = new Reader(bytes, kind);
  const first = at.byte();
  if ((first & 0x80) === 0) throw malformed(kind, 'it does not begin with an OpenPGP packet');
  const newFormat = (first & 0x40) !== 0;
  const tag = newFormat ? first & 0x3f : (first >> 2) & 0x0f;
  let length: number;
  if (newFormat) {
    const octet = at.byte();
    if (octet >= 224 && octet < 255) throw malformed(kind, 'its packet comes in parts');
    length = octet < 192 ? octet : octet < 224 ? ((octet - 192) << 8) + at.byte() + 192 : at.number(4);
  } else {
    if ((first & 3) === 3) throw malformed(kind, 'its packet has no length');
    length = at.number(1 << (first & 3));
  }
  const body = at.take(length);
  at.end('there are bytes after its packet');
  return { tag, body };
}

class Reader {
  private at = 0;
  constructor(
    private readonly bytes: Uint8Array,
    private readonly kind: Kind,
  ) {}

  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw malformed(this.kind, 'it is cut off');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
  byte(): number {
    return this.take(1)[0]!;
  }
  number(length: number): number {
    return this.take(length).reduce((sum, byte) => sum * 256 + byte, 0);
  }
  /** A multi-precision integer's bytes as they stand. */
  mpi(): Uint8Array {
    return this.take((this.number(2) + 7) >> 3);
  }
  get position(): number {
    return this.at;
  }
  get done(): boolean {
    return this.at === this.bytes.length;
  }
  end(message: string): void {
    if (!this.done) throw malformed(this.kind, message);
  }
}

function stripZeros(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start += 1;
  return bytes.slice(start);
}

export const bitLength = (number: Uint8Array): number => (number.length === 0 ? 0 : number.length * 8 - Math.clz32(number[0]!) + 24);

const mpi = (number: Uint8Array): Uint8Array => concat(uint16(bitLength(number)), number);

// ---- public keys

/** Version 01 and the packet: what the key id is the digest of. */
export function publicKeyBytes(key: RsaNumbers): Uint8Array {
  const body = concat(Uint8Array.of(4), uint32(KEY_CREATED_AT), Uint8Array.of(RSA), mpi(stripZeros(key.n)), mpi(stripZeros(key.e)));
  return concat(Uint8Array.of(ENVELOPE_VERSION), writePacket(TAG_PUBLIC_KEY, body));
}

/** As it stands in the body of an account-key: base64 in lines of 76, no line feed at the end. */
export const encodePublicKey = (key: RsaNumbers): string => encodeEnvelope(publicKeyBytes(key).subarray(1));

/** Throws PacketError. Creation time and algorithm of the packet are read over: only the numbers count. */
export function decodePublicKey(text: Uint8Array | string): RsaNumbers {
  const at = new Reader(decodeEnvelope(text, 'key', TAG_PUBLIC_KEY), 'key');
  const version = at.byte();
  if (version !== 4) throw unsupported('key', `its packet has version ${version}`);
  at.take(4);
  const algorithm = at.byte();
  if (algorithm < 1 || algorithm > 3) throw unsupported('key', `its algorithm is ${algorithm}, not RSA`);
  const n = stripZeros(at.mpi());
  const e = at.mpi();
  at.end('there are bytes after its numbers');
  if (e.length > 3) throw unsupported('key', 'its public exponent is larger than 3 bytes');
  if (n.length === 0 || stripZeros(e).length === 0) throw malformed('key', 'one of its numbers is 0');
  return { n, e: stripZeros(e) };
}

// ---- signatures

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

/** Takes the shapes of Go, GnuPG 1, GnuPG 2 and openpgp.js. Throws PacketError. */
export function decodeSignature(text: Uint8Array | string): SignaturePacket {
  const body = decodeEnvelope(text, 'signature', TAG_SIGNATURE);
  const at = new Reader(body, 'signature');
  const version = at.byte();
  if (version !== 4) throw unsupported('signature', `its packet has version ${version}`);
  at.byte();
  const algorithm = at.byte();
  if (algorithm !== RSA) throw unsupported('signature', `its algorithm is ${algorithm}, not RSA`);
  const hashId = at.byte();
  const hashAlgorithm = HASHES[hashId];
  if (!hashAlgorithm) throw unsupported('signature', `its hash is ${hashId}, not SHA-256, SHA-384 or SHA-512`);
  const createdAtSeconds = readSubpackets(at.take(at.number(2)), true);
  const hashedPart = body.subarray(0, at.position);
  readSubpackets(at.take(at.number(2)), false);
  if (createdAtSeconds === undefined) throw malformed('signature', 'it has no time of creation');
  const digestStart = at.take(2);
  const signature = at.mpi();
  at.end('there are bytes after its number');
  return { hashAlgorithm, hashedPart, digestStart, signature, createdAtSeconds };
}

function readSubpackets(area: Uint8Array, hashed: boolean): number | undefined {
  const at = new Reader(area, 'signature');
  let created: number | undefined;
  while (!at.done) {
    const octet = at.byte();
    const length = octet < 192 ? octet : octet < 255 ? ((octet - 192) << 8) + at.byte() + 192 : at.number(4);
    if (length === 0) throw malformed('signature', 'one of its subpackets is empty');
    const body = at.take(length);
    const type = body[0]! & 0x7f;
    const critical = (body[0]! & 0x80) !== 0;
    if (critical && !KNOWN_SUBPACKETS.has(type)) throw unsupported('signature', `its subpacket ${type} is critical and not known`);
    if (type !== SUBPACKET_CREATED) continue;
    if (!hashed || body.length !== 5) throw malformed('signature', 'its time of creation stands in the wrong place');
    created = new DataView(body.buffer, body.byteOffset).getUint32(1);
  }
  return created;
}

