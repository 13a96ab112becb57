import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { fromBase64, fromHex, utf8 } from '../bytes';
import { der, derInteger, OCTETS, OID, SEQUENCE } from './der';
import { exportEncrypted } from './export';
import { importPrivateKey } from './import';
import { decryptPkcs8, encryptPkcs8 } from './pbes2';
import { SigningKey } from './signing-key';
import { testKey } from './testing';

// A million rounds take their time.
vi.setConfig({ testTimeout: 60_000 });

const PASSPHRASE = 'correct horse — with a dash';
const derOf = (pem: string): Uint8Array => fromBase64(pem.replace(/-----[^-]+-----|\s/g, ''))!;

describe('a backup of a key', () => {
  it('reads back as the same key, here, in node and with openssl', async () => {
    const backup = await exportEncrypted(testKey(), PASSPHRASE);
    expect(backup).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n(?:[A-Za-z0-9+/=]{1,64}\n)+-----END ENCRYPTED PRIVATE KEY-----\n$/);
    expect((await importPrivateKey(utf8(backup), { passphrase: PASSPHRASE, allowSmall: true })).keyId).toBe(testKey().keyId);
    expect(SigningKey.of(createPrivateKey({ key: backup, passphrase: PASSPHRASE })).keyId).toBe(testKey().keyId);
    const restored = execFileSync('openssl', ['pkey', '-passin', 'env:PASSPHRASE'], { input: backup, env: { PATH: process.env['PATH'] ?? '', PASSPHRASE } as unknown as NodeJS.ProcessEnv, encoding: 'utf8' });
    expect((await importPrivateKey(utf8(restored), { allowSmall: true })).keyId).toBe(testKey().keyId);
    const structure = execFileSync('openssl', ['asn1parse'], { input: backup, encoding: 'utf8' });
    for (const part of ['PBES2', 'PBKDF2', 'hmacWithSHA256', 'aes-256-cbc', ':0F4240']) expect(structure).toContain(part);
  });

  it('is another one each time, and nothing without its passphrase', async () => {
    const [one, two] = [await exportEncrypted(testKey(), PASSPHRASE), await exportEncrypted(testKey(), PASSPHRASE)];
    expect(one).not.toBe(two);
    await expect(importPrivateKey(utf8(one), { passphrase: `${PASSPHRASE} `, allowSmall: true })).rejects.toMatchObject({ code: 'key-passphrase-wrong' });
    await expect(importPrivateKey(utf8(one), { allowSmall: true })).rejects.toMatchObject({ code: 'key-passphrase-needed' });
    await expect(exportEncrypted(testKey(), '')).rejects.toThrow(RangeError);
  });
});

describe('the lock of PKCS#8', () => {
  it('writes any number of rounds so that it is read again', async () => {
    const secret = utf8('a key, as far as this is concerned');
    for (const rounds of [1, 127, 128, 255, 256, 32_767, 32_768, 65_536]) expect(await decryptPkcs8(derOf(await encryptPkcs8(secret, 'x', rounds)), 'x')).toEqual(secret);
  });

  it('is not asked to work for ever, or on nonsense', async () => {
    const locked = derOf(await encryptPkcs8(utf8('x'), 'x', 1));
    for (let at = 0; at < locked.length; at += 1) {
      const changed = locked.slice();
      changed[at] = changed[at]! ^ 0x41;
      const opened = await decryptPkcs8(changed, 'x').catch((error: { code: string }) => error.code);
      expect(opened === undefined || opened === 'other' || opened === 'key-unsupported' || opened instanceof Uint8Array).toBe(true);
    }
  });

  it('may be scrypt, as openssl writes it, but not of any cost', async () => {
    const plain = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    const locked = execFileSync('openssl', ['pkcs8', '-topk8', '-scrypt', '-passout', 'pass:x'], { input: plain, encoding: 'utf8' });
    expect((await importPrivateKey(utf8(locked), { passphrase: 'x', allowSmall: true })).keyId).toBe((await importPrivateKey(utf8(plain), { allowSmall: true })).keyId);
    await expect(importPrivateKey(utf8(locked), { passphrase: 'y', allowSmall: true })).rejects.toMatchObject({ code: 'key-passphrase-wrong' });
    const costly = (cost: number, parallel: number): Uint8Array => {
      const scrypt = der(SEQUENCE, der(OID, fromHex('2b06010401da47040b')), der(SEQUENCE, der(OCTETS, new Uint8Array(8)), derInteger(cost), derInteger(8), derInteger(parallel)));
      return der(SEQUENCE, der(SEQUENCE, der(OID, fromHex('2a864886f70d01050d')), der(SEQUENCE, scrypt)), der(OCTETS, new Uint8Array(16)));
    };
    expect(await decryptPkcs8(costly(16_384, 1), 'x')).toBe('other');
    await expect(decryptPkcs8(costly(16_384, 16_384), 'x')).rejects.toMatchObject({ code: 'key-unsupported' });
    await expect(decryptPkcs8(costly(2 ** 31, 1), 'x')).rejects.toMatchObject({ code: 'key-unsupported' });
  });
});
