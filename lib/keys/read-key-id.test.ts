import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AssertionFormatError } from '../assertion/format-error';
import { encodeAssertion, encodeStream } from '../assertion/encode';
import { decodeStream } from '../assertion/decode';
import { concat, fromUtf8, utf8 } from '../bytes';
import { makeAccountKeyRequest } from './account-key-request';
import { readKeyId } from './read-key-id';
import { SigningKey } from './signing-key';
import { ACME_BOX_TIME, readFixture, testKey } from './testing';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ID = SigningKey.of(privateKey).keyId;
const text = (exported: string | Buffer): Uint8Array => utf8(String(exported));

function codeOf(bytes: Uint8Array): string {
  try {
    return readKeyId(bytes).keyId;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('the id of a key', () => {
  it('is read from PEM and JWK of either half', () => {
    for (const type of ['pkcs1', 'pkcs8'] as const) expect(readKeyId(text(privateKey.export({ format: 'pem', type })))).toEqual({ keyId: ID, bits: 2048, source: 'pem' });
    for (const type of ['pkcs1', 'spki'] as const) expect(readKeyId(text(publicKey.export({ format: 'pem', type })))).toEqual({ keyId: ID, bits: 2048, source: 'pem' });
    for (const half of [privateKey, publicKey]) expect(readKeyId(utf8(JSON.stringify(half.export({ format: 'jwk' }))))).toEqual({ keyId: ID, bits: 2048, source: 'jwk' });
  });

  it('is read from what snapd encodes', () => {
    expect(readKeyId(readFixture('test-key-1024.pub'))).toEqual({ keyId: testKey().keyId, bits: 1024, source: 'public-key' });
    expect(readKeyId(readFixture('snapd-key-2048'))).toEqual({ keyId: 'AVOxeNnabpd87ZFIxumNG0OJ6Xrrp1PmaDtve7qFg_HSPTfKRi3oEtB_2iVfgSnc', bits: 2048, source: 'private-key' });
  });

  it('is read from what GnuPG exports, which stays locked', () => {
    const wanted = { keyId: 'kkSqsSZpo0r3VG2wTNywYwA8T5khVj9V8VJV0USu48r8YTW1c0vhVRwWV1onhL3m', bits: 4096, source: 'gnupg' };
    for (const name of ['rsa4096.asc', 'rsa4096.gpg', 'rsa4096-public.asc']) expect(readKeyId(readFixture(`gnupg/${name}`))).toEqual(wanted);
    expect(readKeyId(readFixture('gnupg/rsa4096-locked.asc')).keyId).toBe('BtTL1iXTOAh7a4-tjpAsMr_GkqT8Hz-zbRhYOaA_W1Xec0aPTAzYkNNA7_lgePRU');
    expect(codeOf(readFixture('gnupg/three.gpg'))).toBe('key-ambiguous');
    for (const name of ['ed25519.asc', 'dsa2048.asc']) expect(codeOf(readFixture(`gnupg/${name}`))).toBe('key-not-rsa');
    expect(codeOf(readFixture('gnupg/rsa4096.gpg').subarray(0, 300))).toBe('key-malformed');
  });

  it('is read from assertions that hold a key, also among others', async () => {
    const chain = readFixture('../../trust/fixtures/production-chain/test-snapd-account-key-rrP2xy.assert');
    const found = readKeyId(chain);
    expect(found.source).toBe('account-key');
    expect(decodeStream(chain).find(({ type }) => type === 'account-key')?.primaryKey).toEqual([found.keyId]);
    const request = encodeAssertion(await makeAccountKeyRequest({ accountId: 'acme', name: 'models', since: ACME_BOX_TIME, key: testKey(), time: ACME_BOX_TIME, minimumBits: 1024 }));
    expect(readKeyId(request)).toEqual({ keyId: testKey().keyId, bits: 1024, source: 'account-key-request' });
    const model = decodeStream(readFixture('acme-box.model'));
    expect(readKeyId(encodeStream([...model, ...decodeStream(request)])).source).toBe('account-key-request');
    expect(codeOf(encodeStream([...decodeStream(chain), ...decodeStream(request)]))).toBe('key-ambiguous');
    expect(codeOf(readFixture('acme-box.model'))).toBe('key-none');
  });

  it('is not what an assertion says, when the key within has another', async () => {
    const request = fromUtf8(encodeAssertion(await makeAccountKeyRequest({ accountId: 'acme', name: 'models', since: ACME_BOX_TIME, key: testKey(), time: ACME_BOX_TIME, minimumBits: 1024 })))!;
    expect(codeOf(utf8(request.replaceAll(testKey().keyId, ID)))).toBe('key-id-mismatch');
    expect(() => readKeyId(utf8('type: account-key\n\nx'))).toThrow(AssertionFormatError);
  });

  it('cannot be read from what is locked, of another kind, damaged, or no key', () => {
    for (const type of ['pkcs1', 'pkcs8'] as const) expect(codeOf(text(privateKey.export({ format: 'pem', type, cipher: 'aes-256-cbc', passphrase: 'x' })))).toBe('key-passphrase-needed');
    const curve = generateKeyPairSync('ed25519');
    expect(codeOf(text(curve.privateKey.export({ format: 'pem', type: 'pkcs8' })))).toBe('key-not-rsa');
    expect(codeOf(text(curve.publicKey.export({ format: 'pem', type: 'spki' })))).toBe('key-not-rsa');
    expect(codeOf(utf8(JSON.stringify(curve.publicKey.export({ format: 'jwk' }))))).toBe('key-not-rsa');
    expect(() => readKeyId(utf8('\r\n {"kty":"RSA",\n"n":"secret}'))).toThrow('is no JSON (line 3, column 13).');
    for (const broken of ['{', '{"kty":"RSA"}', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', 'AcbCUgQ=']) expect(codeOf(utf8(broken))).toBe('key-malformed');
    for (const nothing of ['', 'hello', '{}']) expect(codeOf(utf8(nothing))).toBe('key-none');
    expect(codeOf(concat(readFixture('test-key-1024.pub'), utf8('!')))).toBe('key-none');
  });
});
