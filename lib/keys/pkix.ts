import { ECDH } from 'node:crypto';
import { toHex } from '../bytes';
import { INTEGER, NULL, OID, SEQUENCE } from './der';

const BITS = 0x03;
/** Contents of object identifiers, in hexadecimal. */
const RSA = '2a864886f70d010101';
const DSA = '2a8648ce380401';
const ECDSA = '2a8648ce3d0201';
const ED25519 = '2b6570';
const CURVES = new Map([
  ['2b81040021', 'secp224r1'],
  ['2a8648ce3d030107', 'prime256v1'],
  ['2b81040022', 'secp384r1'],
  ['2b81040023', 'secp521r1'],
]);
const COORDINATE_BYTES = new Map([
  ['secp224r1', 28],
  ['prime256v1', 32],
  ['secp384r1', 48],
  ['secp521r1', 66],
]);

/**
 * Whether Go reads these bytes as a public key (crypto/x509 ParsePKIXPublicKey, as of 1.19): RSA, DSA, ECDSA on a
 * curve of NIST, or Ed25519, with the parameters of its algorithm. What follows within a SEQUENCE is passed over.
 */
export function isPublicKeyInfo(bytes: Uint8Array): boolean {
  const whole = new Der(bytes);
  const info = whole.take(SEQUENCE);
  const algorithm = info?.take(SEQUENCE);
  const id = algorithm?.take(OID);
  const bits = info?.take(BITS);
  if (!algorithm || !id || !bits || !whole.isEmpty) return false;
  const key = alignBits(bits.rest);
  return key !== undefined && fits(toHex(id.rest), algorithm.rest, key);
}

function fits(algorithm: string, parameters: Uint8Array, key: Uint8Array): boolean {
  switch (algorithm) {
    case RSA: {
      const numbers = new Der(key).take(SEQUENCE);
      const isNull = new Der(parameters).take(NULL)?.isEmpty ?? false;
      return isNull && (numbers?.takePositive() ?? false) && (numbers?.takePositive(8) ?? false);
    }
    case DSA: {
      const numbers = new Der(parameters).take(SEQUENCE);
      const hasThree = numbers !== undefined && [1, 2, 3].every(() => numbers.takePositive());
      return hasThree && new Der(key).takePositive();
    }
    case ECDSA: {
      const curve = new Der(parameters).take(OID);
      return curve !== undefined && isPoint(CURVES.get(toHex(curve.rest)), key);
    }
    case ED25519:
      return parameters.length === 0 && key.length === 32;
    default:
      return false;
  }
}

/** Uncompressed and on its curve. */
function isPoint(curve: string | undefined, point: Uint8Array): boolean {
  if (curve === undefined || point[0] !== 4 || point.length !== 1 + 2 * COORDINATE_BYTES.get(curve)!)
    return false;
  try {
    ECDH.convertKey(point, curve);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

/** The content of a BIT STRING, moved to the end of its bytes where it fills none. Undefined when it is none. */
function alignBits(content: Uint8Array): Uint8Array | undefined {
  const unused = content[0] ?? 8;
  const bytes = content.subarray(1);
  const last = content.at(-1) ?? 0;
  if (unused > 7 || (bytes.length === 0 && unused > 0) || (last & ((1 << unused) - 1)) !== 0)
    return undefined;
  return bytes.map((byte, i) => (((bytes[i - 1] ?? 0) << 8) | byte) >> unused);
}

/** Values one after the other in DER (X.690), with lengths in their shortest form. */
class Der {
  constructor(public rest: Uint8Array) {}

  get isEmpty(): boolean {
    return this.rest.length === 0;
  }

  /** What the next value holds; undefined when it has another tag, or there is none. */
  take(tag: number): Der | undefined {
    const [first, octet] = this.rest;
    if (first !== tag || octet === undefined) return undefined;
    const size = octet < 128 ? 0 : octet - 128;
    const digits = this.rest.subarray(2, 2 + size);
    if (octet === 128 || size > 4 || digits.length < size || digits[0] === 0) return undefined;
    const length = size === 0 ? octet : digits.reduce((sum, digit) => sum * 256 + digit, 0);
    const end = 2 + size + length;
    if ((size > 0 && length < 128) || end > this.rest.length) return undefined;
    const content = new Der(this.rest.subarray(2 + size, end));
    this.rest = this.rest.subarray(end);
    return content;
  }

  /** Whether the next value is an INTEGER above 0, in its shortest form and of so many bytes at most. */
  takePositive(maxBytes = Infinity): boolean {
    const bytes = this.take(INTEGER)?.rest;
    if (!bytes || bytes.length === 0 || bytes.length > maxBytes || bytes[0]! >= 128) return false;
    if (bytes.length === 1) return bytes[0] !== 0;
    return bytes[0] !== 0 || bytes[1]! >= 128;
  }
}
