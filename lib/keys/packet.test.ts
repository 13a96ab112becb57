import { describe, expect, it } from 'vitest';
import { concat, fromBase64, fromHex, fromUtf8, toBase64, toHex, utf8 } from '../bytes';
import { keyId } from './key-id';
import { decodePublicKey, decodeSignature, encodePublicKey, hashedPartFor, PacketError, publicKeyBytes } from './packet';
import { readFixture, testKey } from './testing';

const PUBLIC = fromUtf8(readFixture('test-key-1024.pub'))!.trim();
const [, SIGNATURE = ''] = fromUtf8(readFixture('acme-box.model'))!.split('\n\n');
const raw = (text: string): Uint8Array => fromBase64(text.replaceAll('\n', ''))!;
const seal = (...parts: Uint8Array[]): string => toBase64(concat(...parts));
const bytes = (...list: number[]): Uint8Array => Uint8Array.from(list);

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof PacketError) return error.code;
    throw error;
  }
  return 'read';
}
const keyRefused = (text: Uint8Array | string): string => refusal(() => decodePublicKey(text));
const signatureRefused = (text: Uint8Array | string): string => refusal(() => decodeSignature(text));

describe('public keys', () => {
  it('are written as snapd writes them, in lines of 76 without a line feed at the end', () => {
    expect(testKey().encodedPublicKey).toBe(PUBLIC);
    expect(PUBLIC.split('\n').map((line) => line.length)).toEqual([76, 76, 40]);
    expect(toHex(publicKeyBytes(testKey().publicKey.numbers))).toMatch(/^01c68d045685c180010400adcf2008bf/);
    expect(publicKeyBytes(testKey().publicKey.numbers)).toHaveLength(144);
  });

  it('have the id that snapd gives them', () => {
    expect(testKey().keyId).toBe('6w7UriF6ziyc4t-e-vVzERE9uUVVXSXdEmQJ3ZMfNFl4vSq_PG5jcUxh3XI15VRz');
    expect(keyId(decodePublicKey(readFixture('short-signature.pub')))).toBe('9tydnLa6MTJ-jaQTFUXEwHl1yRx7ZS4K5cyFDhYDcPzhS7uyEkDxdUjg9g08BtNn');
  });

  it('read back as they were, however the lines are cut', () => {
    expect(encodePublicKey(decodePublicKey(PUBLIC))).toBe(PUBLIC);
    expect(encodePublicKey(decodePublicKey(PUBLIC.replaceAll('\n', '\r\n')))).toBe(PUBLIC);
    expect(encodePublicKey(decodePublicKey(utf8(PUBLIC.replaceAll('\n', ''))))).toBe(PUBLIC);
    const body = fromUtf8(readFixture('short-signature.pub'))!;
    expect(body).toHaveLength(717);
    expect(encodePublicKey(decodePublicKey(body))).toBe(body);
  });

  it('are rebuilt from their numbers alone: time and algorithm of the packet do not count', () => {
    const other = raw(PUBLIC);
    other.set([1, 2, 3, 4, 3], 4);
    expect(encodePublicKey(decodePublicKey(toBase64(other)))).toBe(PUBLIC);
  });

  it('take old packet lengths as well', () => {
    const body = raw(PUBLIC).subarray(3);
    expect(encodePublicKey(decodePublicKey(seal(bytes(1, 0x98, body.length), body)))).toBe(PUBLIC);
    expect(encodePublicKey(decodePublicKey(seal(bytes(1, 0x99, 0, body.length), body)))).toBe(PUBLIC);
    expect(encodePublicKey(decodePublicKey(seal(bytes(1, 0xc6, 255, 0, 0, 0, body.length), body)))).toBe(PUBLIC);
  });

  it('lose leading zeros of their numbers', () => {
    const { n, e } = testKey().publicKey.numbers;
    expect(encodePublicKey({ n: concat(bytes(0, 0), n), e: concat(bytes(0), e) })).toBe(PUBLIC);
  });

  const body = raw(PUBLIC).subarray(3);
  const packet = (changed: Uint8Array): Uint8Array => concat(bytes(0xc6, changed.length), changed);
  const replaced = (at: number, ...put: number[]): Uint8Array => concat(body.subarray(0, at), bytes(...put), body.subarray(at + put.length));

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'key-malformed'],
    ['line feeds', '\n\n', 'key-malformed'],
    ['spaces', PUBLIC.replace('\n', ' '), 'key-malformed'],
    ['missing padding', PUBLIC.slice(0, -1), 'key-malformed'],
    ['the URL alphabet', PUBLIC.replaceAll('+', '-'), 'key-malformed'],
    ['bytes that are no text', bytes(0xff, 0xfe), 'key-malformed'],
    ['another version of the envelope', seal(bytes(2), raw(PUBLIC).subarray(1)), 'key-unsupported'],
    ['only a version', seal(bytes(1)), 'key-malformed'],
    ['bytes after the packet', seal(raw(PUBLIC), bytes(0)), 'key-malformed'],
    ['bytes after the numbers', seal(bytes(1), packet(concat(body, bytes(0)))), 'key-malformed'],
    ['a packet that is cut off', seal(raw(PUBLIC).subarray(0, -1)), 'key-malformed'],
    ['no packet', seal(bytes(1, 0x06, 1, 1)), 'key-malformed'],
    ['a packet in parts', seal(bytes(1, 0xc6, 0xe1), body), 'key-malformed'],
    ['an old packet without a length', seal(bytes(1, 0x9b), body), 'key-malformed'],
    ['a signature', SIGNATURE, 'key-malformed'],
    ['version 3', seal(bytes(1), packet(replaced(0, 3))), 'key-unsupported'],
    ['an elliptic curve', seal(bytes(1), packet(replaced(5, 22))), 'key-unsupported'],
    ['an exponent of four bytes', seal(bytes(1), packet(concat(body.subarray(0, -5), fromHex('002001000001')))), 'key-unsupported'],
    ['an exponent of 0', seal(bytes(1), packet(concat(body.subarray(0, -5), fromHex('0000')))), 'key-malformed'],
  ])('refuse %s', (_, text, expected) => expect(keyRefused(text)).toBe(expected));
});

describe('signature packets', () => {
  const packetBody = raw(SIGNATURE).subarray(3);
  const packet = (changed: Uint8Array): string => seal(bytes(1, 0xc2, changed.length), changed);
  const area = (hex: string): Uint8Array => concat(bytes(0, hex.length / 2), fromHex(hex));
  const withAreas = (hashed: string, unhashed: string, head = [4, 0, 1, 10]): string => packet(concat(bytes(...head), area(hashed), area(unhashed), packetBody.subarray(14)));
  const TIME = '05026955b900';

  it('show their time, hash and hashed part', () => {
    const read = decodeSignature(SIGNATURE);
    expect(read).toMatchObject({ hashAlgorithm: 'sha512', createdAtSeconds: 1_767_225_600, hashedPart: hashedPartFor(new Date('2026-01-01T00:00:00Z')) });
    expect(toHex(read.digestStart)).toBe('1309');
    expect(read.signature).toHaveLength(128);
  });

  it('take the issuer in either area, and other things that snapd reads over', () => {
    expect(signatureRefused(withAreas(TIME, ''))).toBe('read');
    expect(signatureRefused(withAreas(TIME, `0910${'00'.repeat(8)}`))).toBe('read');
    expect(signatureRefused(withAreas(`162104${'00'.repeat(20)}${TIME}`, `0910${'00'.repeat(8)}`))).toBe('read');
    expect(signatureRefused(withAreas(`${TIME}0214aa`, ''))).toBe('read');
    expect(signatureRefused(withAreas('05826955b900', ''))).toBe('read');
    expect(signatureRefused(withAreas(`ff0000000502${TIME.slice(4)}`, ''))).toBe('read');
  });

  it.each<[string, string, string]>([
    ['a critical subpacket that nobody knows', withAreas(`${TIME}0294aa`, ''), 'signature-unsupported'],
    ['one in the unhashed area', withAreas(TIME, '02ffaa'), 'signature-unsupported'],
    ['no time', withAreas('', ''), 'signature-malformed'],
    ['a time in the unhashed area', withAreas('', TIME), 'signature-malformed'],
    ['a time of three bytes', withAreas('0402aabbcc', ''), 'signature-malformed'],
    ['an empty subpacket', withAreas(`${TIME}00`, ''), 'signature-malformed'],
    ['a subpacket that is cut off', withAreas(`${TIME}0914`, ''), 'signature-malformed'],
    ['version 3', withAreas(TIME, '', [3, 0, 1, 10]), 'signature-unsupported'],
    ['DSA', withAreas(TIME, '', [4, 0, 17, 10]), 'signature-unsupported'],
    ['SHA-1', withAreas(TIME, '', [4, 0, 1, 2]), 'signature-unsupported'],
    ['bytes after the number', packet(concat(packetBody, bytes(0))), 'signature-malformed'],
    ['a number that is cut off', packet(packetBody.subarray(0, -1)), 'signature-malformed'],
    ['a public key', PUBLIC, 'signature-malformed'],
    ['plain text', 'not signed', 'signature-malformed'],
    ['nothing', '\n', 'signature-malformed'],
  ])('refuse %s', (_, text, expected) => expect(signatureRefused(text)).toBe(expected));

  it('have a time between 1970 and 2106', () => {
    expect(() => hashedPartFor(new Date(-1000))).toThrow(RangeError);
    expect(() => hashedPartFor(new Date('2107-01-01T00:00:00Z'))).toThrow(RangeError);
    expect(() => hashedPartFor(new Date(Number.NaN))).toThrow(RangeError);
  });
});
