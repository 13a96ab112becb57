import { concat, fromBase64, fromUtf8, toBase64 } from '../bytes';
import { AppError } from '../errors';

export type PacketErrorCode = 'key-malformed' | 'key-unsupported' | 'signature-malformed' | 'signature-unsupported';
/** What is wrong with a public key or a signature, as a sentence. */
export class PacketError extends AppError<PacketErrorCode> {}

export type PacketKind = 'key' | 'signature';
export const malformed = (kind: PacketKind, message: string): PacketError => new PacketError(`${kind}-malformed`, `The ${kind === 'key' ? 'public key' : 'signature'} cannot be read: ${message}.`);
export const unsupported = (kind: PacketKind, message: string): PacketError => new PacketError(`${kind}-unsupported`, `The ${kind === 'key' ? 'public key' : 'signature'} is of a kind that assertions do not use: ${message}.`);

export const uint16 = (n: number): Uint8Array => Uint8Array.of(n >> 8, n & 255);
export const uint32 = (n: number): Uint8Array => Uint8Array.of(n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
const numberIn = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/** Gives at most so many of the bytes that come next, none at the end. */
type Source = (most: number) => Uint8Array;

function sourceOf(bytes: Uint8Array): { read: Source; left: () => number } {
  let at = 0;
  return { read: (most) => bytes.subarray(at, (at += Math.min(most, bytes.length - at))), left: () => bytes.length - at };
}

/** Go's bufio.Reader holds so many. */
const BUFFER_BYTES = 4096;

/**
 * Reads the way Go does: behind a buffer that is filled from whatever comes next. So a packet may say that it is longer than it is, or have bytes
 * after its fields: snapd takes both, as long as its buffer swallowed them (x/crypto openpgp/packet/packet.go, Read).
 */
export class Fields {
  private buffer: Uint8Array = new Uint8Array(0);
  constructor(
    private readonly source: Source,
    private readonly kind: PacketKind,
  ) {}

  static of(bytes: Uint8Array, kind: PacketKind): Fields {
    return new Fields(sourceOf(bytes).read, kind);
  }

  /** At most 65,535 bytes, which is all that a field has. */
  take(length: number): Uint8Array {
    const taken = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const straight = this.buffer.length === 0 && length - at >= BUFFER_BYTES;
      if (this.buffer.length === 0) this.buffer = this.source(straight ? length - at : BUFFER_BYTES);
      if (this.buffer.length === 0) throw malformed(this.kind, 'it is cut off');
      const part = this.buffer.subarray(0, length - at);
      taken.set(part, at);
      at += part.length;
      this.buffer = this.buffer.subarray(part.length);
    }
    return taken;
  }
  byte(): number {
    return this.take(1)[0]!;
  }
  /** Big-endian. */
  number(length: number): number {
    return numberIn(this.take(length));
  }
  /** A multi-precision integer's bytes as they stand, leading zeros included. */
  mpi(): Uint8Array {
    return this.take((this.number(2) + 7) >> 3);
  }
}

// ---- packets (RFC 4880, 4.2)

export function writePacket(tag: number, body: Uint8Array): Uint8Array {
  const { length } = body;
  const size = length < 192 ? Uint8Array.of(length) : length < 8384 ? Uint8Array.of(192 + ((length - 192) >> 8), (length - 192) & 255) : concat(Uint8Array.of(255), uint32(length));
  return concat(Uint8Array.of(0xc0 | tag), size, body);
}

type Length = { bytes: number; partial: boolean };

/** Undefined when there is no whole length. */
function readNewLength(read: Source): Length | undefined {
  const octet = read(1)[0];
  if (octet === undefined) return undefined;
  if (octet < 192) return { bytes: octet, partial: false };
  if (octet >= 224 && octet < 255) return { bytes: 2 ** (octet & 0x1f), partial: true };
  const more = octet < 224 ? 1 : 4;
  const rest = read(more);
  if (rest.length < more) return undefined;
  return { bytes: octet < 224 ? ((octet - 192) << 8) + rest[0]! + 192 : numberIn(rest), partial: false };
}

/** What the packet's length lets through, part by part. */
function bodyWithin(read: Source, first: Length): Source {
  let now: Length | undefined = first;
  return (most) => {
    while (now?.bytes === 0) now = now.partial ? readNewLength(read) : undefined;
    if (!now) return new Uint8Array(0);
    const given = read(Math.min(most, now.bytes));
    now = { ...now, bytes: now.bytes - given.length };
    return given;
  };
}

type Head = { tag: number; /** Undefined: everything that follows. */ length?: Length };

/** Undefined when no packet begins here. */
function readHead(read: Source): Head | undefined {
  const first = read(1)[0];
  if (first === undefined || (first & 0x80) === 0) return undefined;
  if ((first & 0x40) !== 0) {
    const length = readNewLength(read);
    return length && { tag: first & 0x3f, length };
  }
  const tag = (first >> 2) & 0x0f;
  if ((first & 3) === 3) return { tag };
  const size = read(1 << (first & 3));
  return size.length === 1 << (first & 3) ? { tag, length: { bytes: numberIn(size), partial: false } } : undefined;
}

/** A series of whole packets of known length, as keys are exported; undefined when the bytes are anything else. */
export function splitPackets(bytes: Uint8Array): { tag: number; body: Uint8Array }[] | undefined {
  const { read, left } = sourceOf(bytes);
  const packets: { tag: number; body: Uint8Array }[] = [];
  while (left() > 0) {
    const head = readHead(read);
    if (!head?.length || head.length.partial || head.length.bytes > left()) return undefined;
    packets.push({ tag: head.tag, body: read(head.length.bytes) });
  }
  return packets;
}

// ---- the v1 envelope: base64 of 01 and one packet, in lines of 76 (snapd asserts/crypto.go)

const ENVELOPE_VERSION = 1;

/** The envelope's bytes, before base64. */
export const envelopeBytes = (packet: Uint8Array): Uint8Array => concat(Uint8Array.of(ENVELOPE_VERSION), packet);

/** No line feed at the end. */
export const encodeEnvelope = (packet: Uint8Array): string => (toBase64(envelopeBytes(packet)).match(/.{1,76}/g) ?? []).join('\n');

/** What `read` makes of the one packet in an envelope, which must have one of the tags. Throws PacketError. */
export function decodeEnvelope<T>(text: Uint8Array | string, kind: PacketKind, tags: readonly number[], read: (fields: Fields) => T): T {
  const flat = (typeof text === 'string' ? text : (fromUtf8(text) ?? '\0')).replace(/[\r\n]/g, '');
  if (flat === '') throw malformed(kind, 'there is no data');
  const bytes = fromBase64(flat);
  if (!bytes) throw malformed(kind, 'it is not base64 with padding');
  if (bytes[0] !== ENVELOPE_VERSION) throw unsupported(kind, `its envelope has version ${bytes[0]}`);
  const all = sourceOf(bytes.subarray(1));
  const head = readHead(all.read);
  if (!head) throw malformed(kind, 'it does not begin with an OpenPGP packet');
  if (!tags.includes(head.tag)) throw malformed(kind, `it holds an OpenPGP packet of tag ${head.tag} where ${tags[0]} belongs`);
  const result = read(new Fields(head.length ? bodyWithin(all.read, head.length) : all.read, kind));
  if (all.left() > 0) throw malformed(kind, 'there are bytes after its packet');
  return result;
}
