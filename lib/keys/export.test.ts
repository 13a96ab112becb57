import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromBase64, utf8 } from '../bytes';
import { exportEncrypted } from './export';
import { importPrivateKey } from './import';
import { decryptPkcs8, encryptPkcs8 } from './pbes2';
import { SigningKey } from './signing-key';
import { testKey } from './testing';

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

  it('of another kind is told from one that would take for ever', async () => {
    // scrypt with N, r and p of a gigabyte's work, as openssl would write it.
    const scrypt = (cost: string): Uint8Array => fromBase64(cost)!;
    expect(await decryptPkcs8(scrypt('MAA='), 'x')).toBe('other');
  });
});
