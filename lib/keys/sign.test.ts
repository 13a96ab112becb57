import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeAssertion } from '../assertion/decode';
import { encodeAssertion } from '../assertion/encode';
import { Fault } from '../assertion/format-error';
import { fromUtf8, utf8 } from '../bytes';
import { makeAccountKeyRequest } from './account-key-request';
import { generateSigningKey } from './generate';
import { publicKeyWithin } from './public-key';
import { signAssertion } from './sign';
import { importSigningKey, SigningKey } from './signing-key';
import { ACME_BOX, ACME_BOX_TIME, readFixture, testKey } from './testing';
import { verifySignature } from './verify';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const request = () => ({ headers: ACME_BOX, key: testKey(), time: ACME_BOX_TIME, minimumBits: 1024 });

describe('signing', () => {
  it('makes the very bytes that snapd makes of the same headers, key and time', async () => {
    const signed = await signAssertion(request());
    expect(fromUtf8(encodeAssertion(signed))).toBe(fromUtf8(readFixture('acme-box.model')));
    expect(encodeAssertion(signed)).toHaveLength(667);
    expect(signed.content).toHaveLength(462);
    expect(sha256(encodeAssertion(signed))).toMatch(/^e1e5ecd9.*c14937$/);
    expect(sha256(signed.content)).toMatch(/^65a754a1.*fbdf7d$/);
  });

  it('gives what its bytes read back as', async () => {
    const signed = await signAssertion(request());
    expect(decodeAssertion(encodeAssertion(signed))).toEqual(signed);
    expect(signed.signKeyId).toBe(testKey().keyId);
  });

  it('gives the same bytes within one second and others in the next', async () => {
    const at = async (time: string) => fromUtf8((await signAssertion({ ...request(), time: new Date(time) })).signature);
    expect(await at('2026-01-01T00:00:00.999Z')).toBe(await at('2026-01-01T00:00:00Z'));
    expect(await at('2026-01-01T00:00:01Z')).not.toBe(await at('2026-01-01T00:00:00Z'));
  });

  it('sets the key id and the body length itself', async () => {
    const signed = await signAssertion({ ...request(), headers: { ...ACME_BOX, 'sign-key-sha3-384': 'x', 'body-length': '99' }, body: utf8('note') });
    expect(signed.headers).toMatchObject({ 'sign-key-sha3-384': testKey().keyId, 'body-length': '4' });
    expect(verifySignature(signed, testKey().publicKey)).toBe(true);
  });

  it('refuses keys under 4096 bits unless told otherwise', async () => {
    await expect(signAssertion({ headers: ACME_BOX, key: testKey(), time: ACME_BOX_TIME })).rejects.toMatchObject({ code: 'key-too-small', details: { bits: 1024, minimumBits: 4096 } });
    await expect(signAssertion({ ...request(), minimumBits: 1025 })).rejects.toMatchObject({ code: 'key-too-small' });
  });

  it('signs nothing that is no assertion of its type', async () => {
    await expect(signAssertion({ ...request(), headers: { ...ACME_BOX, 'brand-id': 'globex' } })).rejects.toMatchObject({ code: 'assertion-rule', header: 'authority-id' });
    await expect(signAssertion({ ...request(), headers: { ...ACME_BOX, 'Bad Name': 'x' } })).rejects.toMatchObject({ code: 'assertion-header-unwritable' });
    const checks = { model: () => { throw new Fault('assertion-rule', '"grade" is too low', { header: 'grade' }); } };
    await expect(signAssertion({ ...request(), checks })).rejects.toMatchObject({ code: 'assertion-rule', header: 'grade' });
  });

  it('leaves the event loop free', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const key = await generateSigningKey(2048);
    await signAssertion({ ...request(), key });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    expect(key.bits).toBe(2048);
  });
});

describe('asking for a key to be registered', () => {
  const ask = (more = {}) => makeAccountKeyRequest({ accountId: 'acme', name: 'models-2026', since: new Date('2026-01-01T12:30:00.5Z'), key: testKey(), time: ACME_BOX_TIME, minimumBits: 1024, ...more });

  it('proves by its own signature that the key is held', async () => {
    const asked = await ask();
    expect(asked).toMatchObject({ type: 'account-key-request', authorityId: undefined, primaryKey: [testKey().keyId], signKeyId: testKey().keyId });
    expect(asked.headers).toMatchObject({ 'account-id': 'acme', name: 'models-2026', since: '2026-01-01T12:30:00Z', 'body-length': String(testKey().encodedPublicKey.length) });
    expect(fromUtf8(asked.body)).toBe(testKey().encodedPublicKey);
    expect(verifySignature(asked, publicKeyWithin(asked))).toBe(true);
  });

  it('carries an end when there is one', async () => {
    expect((await ask({ until: new Date('2027-01-01T00:00:00Z') })).headers['until']).toBe('2027-01-01T00:00:00Z');
    await expect(ask({ until: new Date('2025-01-01T00:00:00Z') })).rejects.toMatchObject({ code: 'assertion-rule', header: 'until' });
  });

  it('refuses names that snapd does not take', async () => {
    for (const name of ['Models', '2026', 'a--b', '-a', 'a-', 'a b', 'a_b']) await expect(ask({ name })).rejects.toMatchObject({ code: 'assertion-rule', header: 'name' });
    await expect(ask({ name: '' })).rejects.toMatchObject({ code: 'assertion-header-missing' });
  });

  it('refuses small keys by itself', async () => {
    await expect(ask({ minimumBits: undefined })).rejects.toMatchObject({ code: 'key-too-small' });
  });
});

describe('bringing a key', () => {
  it('takes RSA in PEM and as JWK, and gives the same id', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const id = SigningKey.of(privateKey).keyId;
    expect(importSigningKey(privateKey.export({ format: 'pem', type: 'pkcs8' }) as string).keyId).toBe(id);
    expect(importSigningKey(privateKey.export({ format: 'pem', type: 'pkcs1' }) as string).keyId).toBe(id);
    expect(importSigningKey(privateKey.export({ format: 'jwk' })).keyId).toBe(id);
  });

  it('refuses other kinds, public halves and nonsense', () => {
    const curve = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    expect(() => importSigningKey(curve)).toThrow(/no RSA key/);
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    expect(() => importSigningKey(publicKey.export({ format: 'pem', type: 'spki' }) as string)).toThrow(/cannot be read/);
    expect(() => SigningKey.of(publicKey)).toThrow(/private key is needed/);
    expect(() => importSigningKey('nonsense')).toThrow(/cannot be read/);
  });
});
