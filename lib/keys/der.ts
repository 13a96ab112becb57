import { concat, toHex } from '../bytes';

/** The tags of ASN.1 that keys are made of. */
export const INTEGER = 0x02;
export const OCTETS = 0x04;
export const NULL = 0x05;
export const OID = 0x06;
export const SEQUENCE = 0x30;

export type DerValue = { tag: number; body: Uint8Array };

/** One value in DER (X.690): tags of one byte, lengths below 2^24. */
export function der(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const body = concat(...parts);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : length < 65_536 ? [0x82, length >> 8, length & 255] : [0x83, length >> 16, (length >> 8) & 255, length & 255];
  return concat(Uint8Array.of(tag, ...size), body);
}

/** A positive INTEGER that fits into 32 bits. */
export function derInteger(number: number): Uint8Array {
  const bytes = Uint8Array.of(0, number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255);
  const first = bytes.findIndex((byte, at) => byte !== 0 && at > 0);
  return der(INTEGER, bytes.subarray(first === -1 ? 4 : bytes[first]! < 128 ? first : first - 1));
}

/** The values that stand one after the other, all of them; undefined when the bytes are anything else. */
export function readDer(bytes: Uint8Array): DerValue[] | undefined {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const octet = bytes[at + 1];
    if (octet === undefined) return undefined;
    const more = octet < 128 ? 0 : octet - 128;
    const start = at + 2 + more;
    if (octet === 128 || more > 3 || start > bytes.length) return undefined;
    const length = more === 0 ? octet : bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
    if (length > bytes.length - start) return undefined;
    values.push({ tag: bytes[at]!, body: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return values;
}

/** What stands within the value, if it has the tag. */
export const within = (value: DerValue | undefined, tag = SEQUENCE): DerValue[] => (value?.tag === tag ? (readDer(value.body) ?? []) : []);

/** Lower-case hexadecimal of the value's body, if it has the tag. */
export const hexOf = (value: DerValue | undefined, tag: number): string | undefined => (value?.tag === tag ? toHex(value.body) : undefined);

/** Of an INTEGER that is not negative; one beyond 2^48 is infinite. Undefined for anything else. */
export function numberOf(value: DerValue | undefined): number | undefined {
  if (value?.tag !== INTEGER || value.body.length === 0 || value.body[0]! >= 128) return undefined;
  return value.body.length > 7 ? Number.POSITIVE_INFINITY : value.body.reduce((sum, byte) => sum * 256 + byte, 0);
}
