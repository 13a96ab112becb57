import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeAssertion } from '../assertion/decode';
import { AssertionFormatError } from '../assertion/format-error';
import { writeEntry } from '../assertion/headers';
import { utf8 } from '../bytes';
import { SNAPD_CHECKS } from './assertion-checks';
import { der, derInteger, INTEGER, NULL, OID, SEQUENCE } from './der';

const digestOf = (text: string): string => createHash('sha3-384').update(text).digest('base64url');

/** The header that is refused, or `fine`. */
function check(key: string, digest = digestOf(key)): string {
  const head =
    'type: hardware-identity\nauthority-id: acme\nissuer-id: acme\nmanufacturer: M\nhardware-name: board';
  const keys = `${writeEntry('hardware-id-key', key)}\nhardware-id-key-sha3-384: ${digest}`;
  const text = `${head}\nhardware-id: x1${keys}\nsign-key-sha3-384: ${'A'.repeat(64)}\n\nAXNpZw==`;
  try {
    decodeAssertion(utf8(text), { checks: SNAPD_CHECKS });
  } catch (error) {
    if (error instanceof AssertionFormatError) return error.header;
    throw error;
  }
  return 'fine';
}

const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
const ec = (namedCurve: string): Buffer => spki(generateKeyPairSync('ec', { namedCurve }).publicKey);
const RSA = spki(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey);
const P256 = ec('prime256v1');
const ED25519 = spki(generateKeyPairSync('ed25519').publicKey);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const folded = base64(RSA).replace(/.{64}/g, '$&\n');

const oid = (hex: string): Uint8Array => der(OID, Buffer.from(hex, 'hex'));
const RSA_ID = oid('2a864886f70d010101');
const info = (algorithm: Uint8Array[], key: Uint8Array, unused = 0): Uint8Array =>
  der(SEQUENCE, der(SEQUENCE, ...algorithm), der(3, Uint8Array.of(unused), key));
const rsaKey = (...numbers: Uint8Array[]): Uint8Array => info([RSA_ID, der(NULL)], der(SEQUENCE, ...numbers));
const modulus = derInteger(0x7fff_ffff);
const offCurve = Uint8Array.from(P256);
offCurve[offCurve.length - 1]! ^= 1;

describe('the key of a hardware identity', () => {
  it.each<[what: string, key: Uint8Array]>([
    ['RSA', RSA],
    ['ECDSA on P-224', ec('secp224r1')],
    ['ECDSA on P-256', P256],
    ['ECDSA on P-384', ec('secp384r1')],
    ['ECDSA on P-521', ec('secp521r1')],
    ['Ed25519', ED25519],
    ['DSA', spki(generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).publicKey)],
    ['RSA of small numbers', rsaKey(modulus, derInteger(3))],
    ['RSA with more behind its numbers', rsaKey(modulus, derInteger(3), derInteger(9))],
  ])('may be %s', (_, key) => expect(check(base64(key))).toBe('fine'));

  it.each<[what: string, key: Uint8Array]>([
    ['on a curve that is none of NIST', ec('secp256k1')],
    ['X25519', spki(generateKeyPairSync('x25519').publicKey)],
    ['a point beside its curve', offCurve],
    ['cut off', RSA.subarray(0, -1)],
    ['followed by more', Buffer.concat([RSA, Buffer.alloc(1)])],
    [
      'RSA by itself',
      generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'pkcs1', format: 'der' }),
    ],
    ['RSA without NULL', info([RSA_ID], der(SEQUENCE, modulus, derInteger(3)))],
    ['RSA with a modulus of 0', rsaKey(derInteger(0), derInteger(3))],
    ['RSA with an exponent below 0', rsaKey(modulus, der(INTEGER, Uint8Array.of(0xff)))],
    ['RSA with a number that has a byte too many', rsaKey(modulus, der(INTEGER, Uint8Array.of(0, 3)))],
    ['RSA with an exponent of nine bytes', rsaKey(modulus, der(INTEGER, new Uint8Array(9).fill(1)))],
    ['Ed25519 with parameters', info([oid('2b6570'), der(NULL)], new Uint8Array(32))],
    ['Ed25519 of 31 bytes', info([oid('2b6570')], new Uint8Array(31))],
    ['with bits beside its bytes', info([oid('2b6570')], new Uint8Array(32).fill(1), 1)],
    ['of an unknown algorithm', info([oid('2a03')], new Uint8Array(32))],
    ['nothing', new Uint8Array(0)],
  ])('is refused when it is %s', (_, key) => expect(check(base64(key))).toBe('hardware-id-key'));

  it.each([
    ['in lines', folded],
    ['in lines that end in CR', folded.replaceAll('\n', '\r\n')],
    ['with spaces', `  ${folded.replaceAll('\n', ' \t\n')} `],
    ['with headers of PEM', `Proc-Type: 4\nX: y\n\n${folded}`],
    ['ended by its own last line', `${folded}\n-----END PUBLIC KEY-----\njunk`],
    [
      'behind a block that cannot be read',
      `junk!\n-----END PUBLIC KEY-----\n-----BEGIN PUBLIC KEY-----\n${folded}`,
    ],
    ['with its first and last line', `-----BEGIN PUBLIC KEY-----\n${folded}\n-----END PUBLIC KEY-----\nx: y`],
    ['as a block of another name', `junk!\n-----BEGIN X-----\n${folded}\n-----END X-----`],
  ])('may be written %s', (_, key) => expect(check(key)).toBe('fine'));

  it.each([
    ['with other letters', `${folded.slice(0, 40)}*${folded.slice(41)}`],
    ['without its padding', base64(P256.subarray(0, -1)).replace(/=+$/, '') + 'A'],
    ['ended by the last line of another block', `${folded}\n-----END X-----`],
    ['as text', 'something'],
  ])('is refused when it is written %s', (_, key) => expect(check(key)).toBe('hardware-id-key'));

  it.each([digestOf(''), 'random', '~'])('is refused when its digest is %s', (digest) => {
    expect(check(base64(RSA), digest)).toBe('hardware-id-key-sha3-384');
  });

  it.each([
    ['many blocks begin in it and none ends', '-----BEGIN X-----\nAAAA\n'.repeat(200_000)],
    ['it is a long line of spaces', `-----BEGIN${' '.repeat(4_000_000)}x`],
    ['it is a long text', 'A'.repeat(4_000_001)],
  ])('is refused when %s', (_, key) => expect(check(key)).toBe('hardware-id-key'));
});
