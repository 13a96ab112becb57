import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { utf8 } from '../bytes';
import { isAppError } from '../errors';
import { preAuthEncoding, signEnvelope } from '../evidence/dsse';
import { BuildKey, generateBuildKey, importBuildKey, importBuildPublicKey, openBuildKey, sealBuildKey } from './build-key';
import { openPrivateKey } from './seal';

const folder = mkdtempSync(join(tmpdir(), 'imprint-build-key-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fileOf = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const key = generateBuildKey();
const masterKey = new Uint8Array(32).fill(7);
const bytes = utf8('what is signed');

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  return 'done';
}

describe('a build key', () => {
  it('signs what it verifies, and nothing else', () => {
    const signature = key.sign(bytes);
    expect(signature).toHaveLength(64);
    expect(key.sign(bytes)).toEqual(signature);
    expect(key.publicKey.verify(bytes, signature)).toBe(true);
    expect(key.publicKey.verify(utf8('something else'), signature)).toBe(false);
    expect(key.publicKey.verify(bytes, signature.subarray(1))).toBe(false);
    expect(generateBuildKey().publicKey.verify(bytes, signature)).toBe(false);
  });

  it('signs envelopes that openssl verifies', async () => {
    const { payloadType, signatures } = await signEnvelope(bytes, key);
    const pub = fileOf('pub.pem', key.publicKey.pem);
    const sig = fileOf('sig', Buffer.from(signatures[0]!.sig, 'base64'));
    const verify = (body: Uint8Array) => spawnSync('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', pub, '-rawin', '-in', fileOf('signed', preAuthEncoding(payloadType, body)), '-sigfile', sig], { encoding: 'utf8' });
    expect(verify(bytes)).toMatchObject({ status: 0, stdout: 'Signature Verified Successfully\n' });
    expect(verify(utf8('something else')).status).toBe(1);
  });

  it('is named by the SHA-256 of its public half, as openssl writes that', () => {
    const der = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'DER'], { input: key.publicKey.pem });
    const digest = execFileSync('openssl', ['dgst', '-sha256', '-r'], { input: der, encoding: 'utf8' });
    expect(digest.slice(0, 64)).toBe(key.keyId);
    expect(importBuildPublicKey(key.publicKey.pem).keyId).toBe(key.keyId);
  });

  it('may be one that openssl made', () => {
    const pem = execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519'], { encoding: 'utf8' });
    const made = importBuildKey(pem);
    const pub = importBuildPublicKey(execFileSync('openssl', ['pkey', '-pubout'], { input: pem, encoding: 'utf8' }));
    expect(pub).toMatchObject({ keyId: made.keyId, pem: made.publicKey.pem });
    expect(pub.verify(bytes, made.sign(bytes))).toBe(true);
  });

  it('is Ed25519, and a public half is no private one', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const pemOf = (k: typeof rsa.privateKey, type: 'pkcs8' | 'spki'): string => String(k.export({ type, format: 'pem' } as { type: 'spki'; format: 'pem' }));
    expect(refusal(() => importBuildKey(pemOf(rsa.privateKey, 'pkcs8')))).toBe('key-unsupported');
    expect(refusal(() => importBuildPublicKey(pemOf(rsa.publicKey, 'spki')))).toBe('key-unsupported');
    expect(refusal(() => importBuildPublicKey(execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519'], { encoding: 'utf8' })))).toBe('key-unsupported');
    expect(refusal(() => importBuildKey(key.publicKey.pem))).toBe('key-malformed');
    for (const text of ['', 'x', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n']) expect(refusal(() => importBuildPublicKey(text))).toBe('key-malformed');
  });

  it('shows nothing private, however it is printed', () => {
    for (const shown of [JSON.stringify({ key }), inspect(key, { depth: 10, showHidden: true }), String(key)]) {
      expect(shown).toContain(key.keyId);
      expect(shown).not.toMatch(/PRIVATE|"d"|\bd:/);
    }
    const copy = Object.assign(Object.create(BuildKey.prototype) as BuildKey, key);
    expect(refusal(() => copy.sign(bytes))).toBe('key-unsupported');
  });
});

describe('a sealed build key', () => {
  const sealed = sealBuildKey({ key, brandId: 'acme', masterKey });
  const belonging = { sealed, brandId: 'acme', keyId: key.keyId, masterKey };

  it('gives back a key that signs as before', () => expect(openBuildKey(belonging).sign(bytes)).toEqual(key.sign(bytes)));

  it('opens for no other brand, key, master key or purpose', () => {
    expect(refusal(() => openBuildKey({ ...belonging, brandId: 'globex' }))).toBe('sealed-key-refused');
    expect(refusal(() => openBuildKey({ ...belonging, keyId: generateBuildKey().keyId }))).toBe('sealed-key-refused');
    expect(refusal(() => openBuildKey({ ...belonging, masterKey: new Uint8Array(32) }))).toBe('sealed-key-other-master');
    expect(refusal(() => openPrivateKey(belonging))).toBe('sealed-key-refused');
  });

  it('opens only whole and unchanged', () => {
    expect(refusal(() => openBuildKey({ ...belonging, sealed: sealed.subarray(0, sealed.length - 1) }))).toBe('sealed-key-refused');
    expect(refusal(() => openBuildKey({ ...belonging, sealed: sealed.subarray(0, 37) }))).toBe('sealed-key-malformed');
  });
});
