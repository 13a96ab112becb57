import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromBase64, fromHex, fromUtf8, toBase64, toHex, utf8 } from '../bytes';
import { keyId } from './key-id';
import { decodePublicKey, decodeSignature, encodePublicKey, hashedPartFor, PacketError, publicKeyBytes } from './packet';
import { readPublicKey } from './public-key';
import { readFixture, testKey } from './testing';
import { verifySignature } from './verify';

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

  const part = (power: number, of: Uint8Array): Uint8Array => concat(bytes(0xe0 | power), of);
  const longBody = concat(body, new Uint8Array(4096 - body.length));

  // Go reads a packet through a buffer of 4096 bytes and asks for no more than its fields: all of these are keys to snapd.
  it.each<[string, string]>([
    ['bytes after the numbers', seal(bytes(1), packet(concat(body, bytes(0))))],
    ['as many of them as the buffer holds', seal(bytes(1, 0x9a), bytes(0, 0, 16, 0), longBody)],
    ['fewer bytes than the packet says', seal(bytes(1, 0xc6, body.length + 1), body)],
    ['a length of four gigabytes', seal(bytes(1, 0xc6, 0xff, 0xff, 0xff, 0xff, 0xff), body)],
    ['an old packet without a length', seal(bytes(1, 0x9b), body)],
    ['a packet in parts', seal(bytes(1, 0xc6), part(7, body.subarray(0, 128)), bytes(body.length - 128), body.subarray(128))],
    ['parts that never end', seal(bytes(1, 0xc6), part(3, body.subarray(0, 8)), part(8, body.subarray(8)))],
    ['a subkey', seal(bytes(1, 0xce, body.length), body)],
    ['RSA that may only sign', seal(bytes(1), packet(replaced(5, 3)))],
    ['a bit length that is too short by a few', seal(bytes(1), packet(replaced(6, 3, 0xf9)))],
  ])('are taken with %s', (_, text) => expect(encodePublicKey(decodePublicKey(text))).toBe(PUBLIC));

  it('are taken when a number is 0, and have an id', () => {
    expect(decodePublicKey(seal(bytes(1), packet(concat(body.subarray(0, -5), fromHex('0000')))))).toEqual({ n: testKey().publicKey.numbers.n, e: bytes() });
    const nothing = decodePublicKey(seal(bytes(1), packet(concat(body.subarray(0, 6), fromHex('00000000')))));
    expect(nothing).toEqual({ n: bytes(), e: bytes() });
    // From snapd.
    expect(keyId(nothing)).toBe('NUo0capTLXVXTs5Kd7lfP3bjcBgRlWsOcPG_F2Ns1GzmKDV0kSA8c7QV74KWZiy0');
  });

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
    ['more bytes after the numbers than the buffer holds', seal(bytes(1, 0x9a), bytes(0, 0, 16, 1), longBody, bytes(0)), 'key-malformed'],
    ['parts of which the last is not read', seal(bytes(1, 0xc6), part(8, concat(body, new Uint8Array(256 - body.length))), bytes(0)), 'key-malformed'],
    ['a part that is cut off', seal(bytes(1, 0xc6), part(7, body.subarray(0, 128))), 'key-malformed'],
    ['a length that is cut off', seal(bytes(1, 0xc6, 0xff, 0, 0)), 'key-malformed'],
    ['an old length that is cut off', seal(bytes(1, 0x99, 0)), 'key-malformed'],
    ['an empty packet', seal(bytes(1, 0xc6, 0)), 'key-malformed'],
    ['a private key', seal(bytes(1, 0xc5, body.length), body), 'key-malformed'],
    ['a packet that is cut off', seal(raw(PUBLIC).subarray(0, -1)), 'key-malformed'],
    ['no packet', seal(bytes(1, 0x06, 1, 1)), 'key-malformed'],
    ['a signature', SIGNATURE, 'key-malformed'],
    ['version 3', seal(bytes(1), packet(replaced(0, 3))), 'key-unsupported'],
    ['an elliptic curve', seal(bytes(1), packet(replaced(5, 22))), 'key-unsupported'],
    ['an exponent of four bytes, the first of them 0', seal(bytes(1), packet(concat(body.subarray(0, -5), fromHex('002000010001')))), 'key-unsupported'],
    ['an exponent of four bytes', seal(bytes(1), packet(concat(body.subarray(0, -5), fromHex('002001000001')))), 'key-unsupported'],
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

  const within = (hex: string): string => `${(hex.length / 2 + 1).toString(16).padStart(2, '0')}20${hex}`;
  const crossed = (algorithm: string, numbers: string, type = '19', hash = '0a'): string => within(`04${type}${algorithm}${hash}0006${TIME}0000abcd${numbers}`);

  // As with keys: each of these is a signature to snapd, which reads over what it does not need.
  it.each<[string, string]>([
    ['bytes after the number', packet(concat(packetBody, bytes(0)))],
    ['fewer bytes than the packet says', seal(bytes(1, 0xc2, packetBody.length + 1), packetBody)],
    ['a time twice', withAreas(`${TIME}${TIME}`, '')],
    ['SHA-1', withAreas(TIME, '', [4, 0, 1, 2])],
    ['MD5', withAreas(TIME, '', [4, 0, 1, 1])],
    ['SHA-224', withAreas(TIME, '', [4, 0, 1, 11])],
    ['another type', withAreas(TIME, '', [4, 0x13, 1, 10])],
    ['times of expiry, flags and preferences', withAreas(`${TIME}050300000001050900000001021901021b03041d00414202150a021601020b09021e01`, '')],
    ['lengths that only count where they are signed', withAreas(TIME, '010301090119011b011d')],
    ['a signature of a subkey within', withAreas(TIME + crossed('01', '0008ff'), '')],
    ['one where it is not signed', withAreas(TIME, crossed('03', '0008ff'))],
    ['one of DSA, with bytes after it', withAreas(TIME, crossed('11', '0008ff0008ff99'))],
    ['one of an elliptic curve and RIPEMD', withAreas(TIME, crossed('13', '0008ff0008ff', '19', '03'))],
  ])('are taken with %s', (_, text) => expect(signatureRefused(text)).toBe('read'));

  it('may hold one another, as deep as their bytes reach', () => {
    const sizeOf = (length: number): Uint8Array => (length < 192 ? bytes(length) : length < 16_320 ? bytes(192 + ((length - 192) >> 8), (length - 192) & 255) : bytes(255, 0, 0, length >> 8, length & 255));
    let nested = new Uint8Array(0);
    let depth = 0;
    for (let next = nested; next.length < 65_500; depth += 1) {
      nested = next;
      const hashed = concat(fromHex(TIME), nested);
      const inner = concat(bytes(4, 0x19, 1, 10, hashed.length >> 8, hashed.length & 255), hashed, fromHex('0000abcd0000'));
      next = concat(sizeOf(inner.length + 1), bytes(32), inner) as typeof nested;
    }
    expect(depth).toBeGreaterThan(2000);
    const hashed = concat(fromHex(TIME), nested);
    const body = concat(bytes(4, 0, 1, 10, hashed.length >> 8, hashed.length & 255), hashed, fromHex('0000abcd0008ff'));
    expect(signatureRefused(seal(bytes(1, 0xc2, 255, 0, 0, body.length >> 8, body.length & 255), body))).toBe('read');
  });

  it.each<[string, string, string]>([
    ['two of them within', withAreas(TIME + crossed('01', '0008ff'), crossed('01', '0008ff')), 'signature-malformed'],
    ['one of another type within', withAreas(TIME + crossed('01', '0008ff', '18'), ''), 'signature-malformed'],
    ['one of another algorithm within', withAreas(TIME + crossed('16', '0008ff'), ''), 'signature-unsupported'],
    ['one that is cut off within', withAreas(TIME + crossed('11', '0008ff'), ''), 'signature-malformed'],
    ['RSA that may only sign', withAreas(TIME, '', [4, 0, 3, 10]), 'signature-unsupported'],
    ['DSA', packet(concat(bytes(4, 0, 17, 10), area(TIME), area(''), bytes(0, 0), fromHex('0008ff0008ff'))), 'signature-unsupported'],
    ['RIPEMD', withAreas(TIME, '', [4, 0, 1, 3]), 'signature-unsupported'],
    ['an unknown hash', withAreas(TIME, '', [4, 0, 1, 12]), 'signature-unsupported'],
    ['an issuer of 7 bytes', withAreas(TIME, '0810aabbccddeeff00'), 'signature-malformed'],
    ['an expiry of 3 bytes', withAreas(`${TIME}0403000001`, ''), 'signature-malformed'],
    ['no flags', withAreas(`${TIME}011b`, ''), 'signature-malformed'],
    ['a critical subpacket that nobody knows', withAreas(`${TIME}0294aa`, ''), 'signature-unsupported'],
    ['one in the unhashed area', withAreas(TIME, '02ffaa'), 'signature-unsupported'],
    ['no time', withAreas('', ''), 'signature-malformed'],
    ['a time in the unhashed area', withAreas('', TIME), 'signature-malformed'],
    ['a time of three bytes', withAreas('0402aabbcc', ''), 'signature-malformed'],
    ['an empty subpacket', withAreas(`${TIME}00`, ''), 'signature-malformed'],
    ['a subpacket that is cut off', withAreas(`${TIME}0914`, ''), 'signature-malformed'],
    ['version 3', withAreas(TIME, '', [3, 0, 1, 10]), 'signature-unsupported'],
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

describe('any input at all', () => {
  const shaken = (text: Uint8Array) =>
    fc.array(fc.record({ at: fc.nat(text.length), remove: fc.nat(3), put: fc.uint8Array({ maxLength: 5 }) }), { maxLength: 4 }).map((changes) =>
      changes.reduce((bytes, { at, remove, put }) => concat(bytes.subarray(0, at), put, bytes.subarray(at + remove)), text));
  const armoured = (text: string) => fc.oneof(shaken(raw(text)).map(toBase64), shaken(utf8(text)), fc.string(), fc.base64String(), fc.uint8Array({ maxLength: 300 }));

  it('is read or refused, as a key', () => fc.assert(fc.property(armoured(PUBLIC), (text) => ['read', 'key-malformed', 'key-unsupported'].includes(keyRefused(text))), { numRuns: 2000 }));
  it('is read or refused, as a signature', () => fc.assert(fc.property(armoured(SIGNATURE), (text) => ['read', 'signature-malformed', 'signature-unsupported'].includes(signatureRefused(text))), { numRuns: 2000 }));
  it('gives a key that can be asked, or a refusal', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.uint8Array({ maxLength: 3 }), (n, e) => {
        const key = readPublicKey(encodePublicKey({ n, e }));
        return key.keyId.length === 64 && !verifySignature({ content: utf8('x'), signature: utf8(SIGNATURE) }, key);
      }),
      { numRuns: 300 },
    ));
});
