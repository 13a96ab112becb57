import fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../errors';
import { openPrivateKey, sealPrivateKey } from './seal';
import { signAssertion } from './sign';
import { ACME_BOX, ACME_BOX_TIME, testKey } from './testing';
import { verifySignature } from './verify';

const key = testKey();
const masterKey = new Uint8Array(32).fill(7);
const belonging = { brandId: 'acme', keyId: key.keyId, masterKey };
const sealed = sealPrivateKey({ key, brandId: 'acme', masterKey });

function refusal(open: () => unknown): string {
  try {
    open();
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  return 'opened';
}

describe('sealing a private key', () => {
  it('gives back a key that signs as before', async () => {
    const opened = openPrivateKey({ sealed, ...belonging });
    const signed = await signAssertion({ headers: ACME_BOX, key: opened, time: ACME_BOX_TIME, minimumBits: 1024 });
    expect(verifySignature(signed, key.publicKey)).toBe(true);
  });

  it('never gives the same bytes twice', () => {
    expect(sealPrivateKey({ key, brandId: 'acme', masterKey })).not.toEqual(sealed);
  });

  it('opens for no other brand, key or master key', () => {
    expect(refusal(() => openPrivateKey({ sealed, ...belonging, brandId: 'globex' }))).toBe('sealed-key-refused');
    expect(refusal(() => openPrivateKey({ sealed, ...belonging, brandId: '' }))).toBe('sealed-key-refused');
    expect(refusal(() => openPrivateKey({ sealed, ...belonging, keyId: 'A'.repeat(64) }))).toBe('sealed-key-refused');
    expect(refusal(() => openPrivateKey({ sealed, ...belonging, masterKey: new Uint8Array(32) }))).toBe('sealed-key-other-master');
  });

  it('does not mistake brand for key where they touch', () => {
    expect(refusal(() => openPrivateKey({ sealed, ...belonging, brandId: `acme${key.keyId.slice(0, 1)}`, keyId: key.keyId.slice(1) }))).toBe('sealed-key-refused');
  });

  it('refuses a change of any bit and any cut', () => {
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const changed = sealed.slice();
        changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7));
        expect(refusal(() => openPrivateKey({ sealed: changed, ...belonging }))).toMatch(/^sealed-key-/);
      }),
    );
    for (const length of [0, 1, 36, 37, 38, sealed.length - 1]) expect(refusal(() => openPrivateKey({ sealed: sealed.subarray(0, length), ...belonging }))).toMatch(/^sealed-key-/);
  });

  it('needs a master key of 32 bytes', () => {
    for (const length of [0, 16, 31, 33]) {
      expect(refusal(() => sealPrivateKey({ key, brandId: 'acme', masterKey: new Uint8Array(length) }))).toBe('master-key-invalid');
      expect(refusal(() => openPrivateKey({ sealed, ...belonging, masterKey: new Uint8Array(length) }))).toBe('master-key-invalid');
    }
  });
});

describe('a signing key', () => {
  it('shows nothing private, however it is printed', () => {
    const secret = /PRIVATE|"d"|\bd:|qi|dp/;
    for (const shown of [JSON.stringify({ key }), inspect(key, { depth: 10, showHidden: true }), String(key), `${key}`, JSON.stringify(structuredClone({ ...key }.publicKey.keyId))]) {
      expect(shown).toContain(key.keyId);
      expect(shown).not.toMatch(secret);
    }
    expect(Object.keys(key)).toEqual(['publicKey']);
  });

  it('does not sign as a copy of its public side', async () => {
    const copy = Object.assign(Object.create(Object.getPrototypeOf(key) as object), key) as typeof key;
    await expect(signAssertion({ headers: ACME_BOX, key: copy, time: ACME_BOX_TIME, minimumBits: 1024 })).rejects.toThrow(/public side/);
  });
});
