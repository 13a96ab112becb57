import { createHash, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeAssertion, decodeStream } from '../assertion/decode';
import { encodeAssertion } from '../assertion/encode';
import { AssertionFormatError } from '../assertion/format-error';
import { concat, fromUtf8, utf8 } from '../bytes';
import { decodeSignature, encodeSignature, hashedPartFor, PacketError, signedBytes } from './packet';
import { publicKeyFromNumbers, publicKeyWithin, readPublicKey } from './public-key';
import { digestInfo, sha512 } from './signer';
import { privateKeyOf } from './signing-key';
import { ACME_BOX_TIME, readFixture, testKey } from './testing';
import { verifySignature, whySignatureFails } from './verify';

const trusted = (path: string) => decodeStream(readFixture(`../../trust/fixtures/${path}`));
const roots = trusted('canonical-roots.assert');
const generic = trusted('generic.assert');
const store = trusted('production-chain/store-key.assert');
const rootKey = publicKeyWithin(roots[1]!);
const MODEL = readFixture('acme-box.model');

describe('verifying', () => {
  it('takes the signatures of Go, of GnuPG 1 and 2, and of 8192 bits', () => {
    const signed = trusted('production-chain/test-snapd-remodel-pc-22.model')[0]!;
    const signer = publicKeyWithin(trusted('production-chain/test-snapd-account-key-rrP2xy.assert')[0]!);
    const shape = ({ signature }: { signature: Uint8Array }): string => fromUtf8(signature)!.slice(0, 13);
    expect([shape(store[1]!), verifySignature(store[1]!, publicKeyWithin(store[0]!))]).toEqual(['AcLBUgQAAQoAB', true]);
    expect([shape(generic[2]!), verifySignature(generic[2]!, publicKeyWithin(generic[1]!))]).toEqual(['AcLBXAQAAQoAB', true]);
    expect([shape(signed), verifySignature(signed, signer)]).toEqual(['AcLBcwQAAQoAH', true]);
    expect([shape(store[0]!), verifySignature(store[0]!, rootKey)]).toEqual(['AcLDXAQAAQoAB', true]);
    for (const root of roots) expect(verifySignature(root, rootKey)).toBe(true);
  });

  it('pads a number whose leading zero byte GnuPG stripped', () => {
    const short = decodeAssertion(readFixture('short-signature.model'));
    expect(decodeSignature(short.signature).signature).toHaveLength(511);
    expect(verifySignature(short, readPublicKey(readFixture('short-signature.pub')))).toBe(true);
  });

  it('refuses the right signature under another key, of whatever size', () => {
    const signed = decodeAssertion(MODEL);
    expect(verifySignature(signed, testKey().publicKey)).toBe(true);
    expect(whySignatureFails(signed, rootKey)).toMatch(/does not fit/);
    expect(verifySignature(roots[0]!, testKey().publicKey)).toBe(false);
    const { n, e } = testKey().publicKey.numbers;
    const other = n.slice();
    other[100] = other[100]! ^ 1;
    expect(verifySignature(signed, publicKeyFromNumbers({ n: other, e }))).toBe(false);
  });

  it('says what is wrong with a signature that cannot be read', () => {
    expect(whySignatureFails({ ...roots[0]!, signature: utf8('$builtin') }, rootKey)).toMatch(/not base64/);
    expect(whySignatureFails({ ...roots[0]!, signature: utf8(rootKey.encoded) }, rootKey)).toMatch(/tag 6 where 2 belongs/);
  });

  it('refuses a change of any one bit of what was signed and of the signature, anywhere', () => {
    const key = testKey().publicKey;
    const original = decodeAssertion(MODEL);
    const passed: number[] = [];
    for (let at = 0; at < MODEL.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = MODEL.slice();
        changed[at] = changed[at]! ^ (1 << bit);
        if (!holds(changed, key)) continue;
        passed.push(at);
        // The same signature of the same content, spelt otherwise: a longer packet than there is, a bit length that gives as many bytes, spare bits of base64.
        const read = decodeAssertion(changed);
        expect(read.content).toEqual(original.content);
        expect(decodeSignature(read.signature)).toEqual(decodeSignature(original.signature));
      }
    }
    expect(Math.min(...passed)).toBeGreaterThan(original.content.length);
    expect(new Set(passed).size).toBeLessThanOrEqual(8);
    expect(passed).toContain(MODEL.lastIndexOf('='.charCodeAt(0)) - 1);
  }, 30_000);

  function holds(bytes: Uint8Array, key: ReturnType<typeof readPublicKey>): boolean {
    try {
      return verifySignature(decodeAssertion(bytes), key);
    } catch (error) {
      if (error instanceof AssertionFormatError || error instanceof PacketError) return false;
      throw error;
    }
  }

  it('takes every hash that snapd does', () => {
    const { content } = decodeAssertion(MODEL);
    const held = Object.entries({ md5: 1, sha1: 2, sha224: 11, sha256: 8, sha384: 9, sha512: 10 }).map(([name, id]) => {
      const hashedPart = hashedPartFor(ACME_BOX_TIME);
      hashedPart[3] = id;
      const bytes = signedBytes(content, hashedPart);
      const signature = utf8(encodeSignature(hashedPart, createHash(name).update(bytes).digest(), sign(name, bytes, privateKeyOf(testKey()))));
      return verifySignature({ content, signature }, testKey().publicKey);
    });
    expect(held).toEqual([true, true, true, true, true, true]);
  });

  it('takes no signature by numbers that make no key', () => {
    const { n } = testKey().publicKey.numbers;
    const signed = decodeAssertion(MODEL);
    const even = n.slice();
    even[n.length - 1] = even[n.length - 1]! ^ 1;
    for (const numbers of [{ n, e: Uint8Array.of() }, { n, e: Uint8Array.of(1) }, { n: even, e: Uint8Array.of(1, 0, 1) }, { n: Uint8Array.of(), e: Uint8Array.of(1, 0, 1) }, { n: Uint8Array.of(), e: Uint8Array.of() }]) {
      expect(verifySignature(signed, publicKeyFromNumbers(numbers))).toBe(false);
    }
    // The signature is its own padded digest where the exponent is 1, so that anybody could make it.
    const padded = padFor(signed.content, n.length);
    const forged = { content: signed.content, signature: utf8(encodeSignature(hashedPartFor(ACME_BOX_TIME), padded.digest, padded.block)) };
    expect(verifySignature(forged, publicKeyFromNumbers({ n, e: Uint8Array.of(1) }))).toBe(false);
  });

  function padFor(content: Uint8Array, size: number): { digest: Uint8Array; block: Uint8Array } {
    const digest = sha512(signedBytes(content, hashedPartFor(ACME_BOX_TIME)));
    const info = digestInfo(digest);
    return { digest, block: concat(Uint8Array.of(0, 1), new Uint8Array(size - info.length - 3).fill(0xff), Uint8Array.of(0), info) };
  }

  it('is about the bytes received, not about what they mean', () => {
    const reordered = fromUtf8(encodeAssertion(decodeAssertion(MODEL)))!.replace('base: core24\n', '').replace('grade:', 'base: core24\ngrade:');
    expect(decodeAssertion(utf8(reordered)).headers).toEqual(decodeAssertion(MODEL).headers);
    expect(verifySignature(decodeAssertion(utf8(reordered)), testKey().publicKey)).toBe(false);
  });
});

describe('a key within an assertion', () => {
  it('has the id that the assertion says', () => {
    expect(publicKeyWithin(roots[1]!).keyId).toBe('-CvQKAwRQ5h3Ffn10FILJoEZUXOv6km9FwA80-Rcj-f-6jadQ89VRswHNiEB9Lxk');
    expect(publicKeyWithin(roots[1]!).bits).toBe(8192);
    expect(() => publicKeyWithin({ ...roots[1]!, body: utf8(testKey().encodedPublicKey) })).toThrow(/not the one in "public-key-sha3-384"/);
    expect(() => publicKeyWithin({ ...roots[1]!, body: utf8('nonsense') })).toThrow(PacketError);
    expect(() => publicKeyWithin(roots[0]!)).toThrow(/holds no public key/);
  });
});
