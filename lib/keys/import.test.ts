import { generateKeyPairSync } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { concat, fromBase64Url, fromUtf8, toBase64Url, toHex, utf8 } from '../bytes';
import { importPrivateKey } from './import';
import { KeyImportError } from './import-error';
import { SigningKey } from './signing-key';
import { readFixture, testKey } from './testing';

vi.setConfig({ testTimeout: 30_000 });

/** What `snap keys` lists for the keyring that the fixtures were exported from. */
const RSA4096 = 'kkSqsSZpo0r3VG2wTNywYwA8T5khVj9V8VJV0USu48r8YTW1c0vhVRwWV1onhL3m';
const LOCKED = 'BtTL1iXTOAh7a4-tjpAsMr_GkqT8Hz-zbRhYOaA_W1Xec0aPTAzYkNNA7_lgePRU';
const PASSPHRASE = 'correct horse';
const small = { allowSmall: true };
const gnupg = (name: string): Uint8Array => readFixture(`gnupg/${name}`);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ID = SigningKey.of(privateKey).keyId;
const pem = (type: 'pkcs1' | 'pkcs8', lock: { cipher?: string; passphrase?: string } = {}): Uint8Array => utf8(privateKey.export({ format: 'pem', type, ...lock } as never) as unknown as string);
const jwk = (more: Partial<Record<string, string | undefined>> = {}): Uint8Array => utf8(JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...more }));
const idOf = async (bytes: Uint8Array, options = {}): Promise<string> => (await importPrivateKey(bytes, options)).keyId;

async function refusal(bytes: Uint8Array, options = {}): Promise<KeyImportError> {
  const error: unknown = await importPrivateKey(bytes, options).then(() => new Error('taken'), (reason: unknown) => reason);
  if (error instanceof KeyImportError) return error;
  throw error;
}
const codeOf = async (bytes: Uint8Array, options = {}): Promise<string> => (await refusal(bytes, options)).code;

describe('a key from GnuPG', () => {
  it('is taken in text and binary, without a passphrase and with one', async () => {
    expect(await idOf(gnupg('rsa4096.asc'))).toBe(RSA4096);
    expect(await idOf(gnupg('rsa4096.gpg'))).toBe(RSA4096);
    expect(await idOf(gnupg('rsa4096-locked.asc'), { passphrase: PASSPHRASE })).toBe(LOCKED);
  });

  it('is taken whatever stands around it, and however its lines end', async () => {
    const text = fromUtf8(gnupg('rsa4096.asc'))!;
    expect(await idOf(utf8(`Here it is:\r\n\r\n${text.replaceAll('\n', '\r\n')}\r\nYours`))).toBe(RSA4096);
    expect(await idOf(utf8(text.replace('\n\n', '\nVersion: GnuPG v2\nComment: mine\n\n')))).toBe(RSA4096);
    expect(await idOf(utf8(text.replace(/^=.{4}\n/m, '')))).toBe(RSA4096);
  });

  it('signs', async () => expect((await importPrivateKey(gnupg('rsa4096.asc'))).bits).toBe(4096));

  it('needs its passphrase', async () => {
    expect(await codeOf(gnupg('rsa4096-locked.asc'))).toBe('key-passphrase-needed');
    expect(await codeOf(gnupg('rsa4096-locked.asc'), { passphrase: '' })).toBe('key-passphrase-needed');
    expect(await codeOf(gnupg('rsa4096-locked.asc'), { passphrase: 'Correct horse' })).toBe('key-passphrase-wrong');
  });

  it('is chosen from several, by fingerprint, key id or user ID', async () => {
    const three = gnupg('three.gpg');
    const { code, message, details } = await refusal(three, small);
    expect(code).toBe('key-ambiguous');
    expect(message).toContain('B98B0649F0566A0A0F1F3D1E30DBD5860D0C40D5 (RSA 2048, rsa2048)');
    expect(message).toContain('(ed25519');
    expect(details['keys']).toHaveLength(2);
    const first = await idOf(gnupg('rsa2048.asc'), small);
    const second = await idOf(gnupg('rsa2048-subkey.asc'), small);
    for (const which of ['B98B0649F0566A0A0F1F3D1E30DBD5860D0C40D5', '0x30dbd5860d0c40d5', 'B98B 0649 F056 6A0A 0F1F  3D1E 30DB D586 0D0C 40D5', 'rsa2048']) expect(await idOf(three, { ...small, which })).toBe(first);
    expect(await idOf(three, { ...small, which: 'signer@example.com' })).toBe(second);
    expect(await codeOf(three, { ...small, which: 'nobody' })).toBe('key-none');
    expect(await codeOf(three, { ...small, which: 'ed25519' })).toBe('key-not-rsa');
  });

  it('is the only RSA one where others are of another kind', async () => {
    expect(await idOf(concat(gnupg('rsa4096.gpg'), unarmoured('ed25519.asc')))).toBe(RSA4096);
    expect(await idOf(concat(gnupg('ed25519.asc'), gnupg('rsa4096.asc')))).toBe(RSA4096);
  });
  const unarmoured = (name: string): Uint8Array => new Uint8Array(Buffer.from(fromUtf8(gnupg(name))!.replace(/-----.*-----|^=.*$/gm, ''), 'base64'));

  it('is refused when it is of another kind, too small, or not there', async () => {
    expect((await refusal(gnupg('ed25519.asc'))).message).toBe('This is a key of the kind ed25519; assertions are signed with RSA alone.');
    expect(await codeOf(gnupg('ed25519-rsa-subkey.asc'))).toBe('key-not-rsa');
    expect(await codeOf(gnupg('dsa2048.asc'))).toBe('key-not-rsa');
    expect(await refusal(gnupg('rsa2048.asc'))).toMatchObject({ code: 'key-too-small', message: 'The key has 2048 bits where 4096 are needed.', details: { bits: 2048, minimumBits: 4096 } });
    expect(await codeOf(gnupg('rsa4096-public.asc'))).toBe('key-public-only');
    expect(await codeOf(gnupg('stub.asc'), small)).toBe('key-public-only');
  });

  it('is refused when it is damaged', async () => {
    const whole = gnupg('rsa4096.gpg');
    expect(await codeOf(whole.subarray(0, 900))).toBe('key-malformed');
    const changed = whole.slice();
    changed[700] = changed[700]! ^ 1;
    expect(await codeOf(changed)).toBe('key-malformed');
    expect(await codeOf(utf8(fromUtf8(gnupg('rsa4096.asc'))!.replace('\n\n', '\n\n!')))).toBe('key-malformed');
  });
});

describe('a key file of snapd', () => {
  it('is taken', async () => expect(await idOf(readFixture('snapd-key-2048'), small)).toBe('AVOxeNnabpd87ZFIxumNG0OJ6Xrrp1PmaDtve7qFg_HSPTfKRi3oEtB_2iVfgSnc'));
  it('is refused when it is public, or small', async () => {
    expect(await codeOf(readFixture('test-key-1024.pub'), small)).toBe('key-public-only');
    expect(await codeOf(readFixture('acme-box.model'), small)).toBe('key-public-only');
    expect(await codeOf(readFixture('snapd-key-2048'))).toBe('key-too-small');
  });
});

describe('a key in PEM or as JWK', () => {
  it('is taken in every form that node and openssl write', async () => {
    for (const bytes of [pem('pkcs1'), pem('pkcs8'), jwk(), concat(utf8('\ufeff'), jwk()), utf8(`Bag Attributes\n  localKeyID: 01\n${fromUtf8(pem('pkcs8'))}\n`)]) expect(await idOf(bytes, small)).toBe(ID);
    const locks = [
      ['pkcs8', 'aes-256-cbc'], ['pkcs8', 'aes-128-cbc'], ['pkcs8', 'des-ede3-cbc'], ['pkcs8', 'camellia-256-cbc'], ['pkcs1', 'aes-256-cbc'], ['pkcs1', 'des-ede3-cbc'],
    ] as const;
    for (const [type, cipher] of locks) expect(await idOf(pem(type, { cipher, passphrase: PASSPHRASE }), { ...small, passphrase: PASSPHRASE })).toBe(ID);
    expect(await idOf(pem('pkcs8'), { ...small, passphrase: 'not asked for' })).toBe(ID);
  });

  it('needs its passphrase', async () => {
    for (const [type, cipher] of [['pkcs8', 'aes-256-cbc'], ['pkcs8', 'camellia-256-cbc'], ['pkcs1', 'aes-256-cbc']] as const) {
      const locked = pem(type, { cipher, passphrase: PASSPHRASE });
      expect(await codeOf(locked, small)).toBe('key-passphrase-needed');
      expect(await codeOf(locked, { ...small, passphrase: 'wrong' })).toBe('key-passphrase-wrong');
    }
  });

  it('is refused when opening it would take for ever', async () => {
    const rounds = utf8(fromUtf8(readFixture('pbkdf2-2147483647-rounds.pem'))!);
    expect(await codeOf(rounds, { passphrase: PASSPHRASE })).toBe('key-unsupported');
  });

  it('is refused when it is of another kind, public, or not there', async () => {
    const made = (object: KeyObject, type: 'pkcs8' | 'spki' = 'pkcs8') => utf8(object.export({ format: 'pem', type } as never) as unknown as string);
    expect((await refusal(made(generateKeyPairSync('ed25519').privateKey))).message).toContain('Ed25519');
    expect(await codeOf(made(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey))).toBe('key-not-rsa');
    expect(await codeOf(made(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey))).toBe('key-not-rsa');
    expect(await codeOf(utf8(JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }))))).toBe('key-not-rsa');
    expect(await codeOf(made(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey, 'spki'))).toBe('key-public-only');
    const { kty, n, e } = privateKey.export({ format: 'jwk' });
    expect(await codeOf(utf8(JSON.stringify({ kty, n, e })))).toBe('key-public-only');
    expect(await codeOf(utf8('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n'))).toBe('key-unsupported');
    expect(await codeOf(concat(pem('pkcs8'), pem('pkcs1')))).toBe('key-ambiguous');
    for (const nothing of ['', 'hello', '{}', '[]', '{"keys":[]}', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----', 'AQ==']) expect(await codeOf(utf8(nothing))).toBe('key-none');
    expect(await codeOf(new Uint8Array(2 ** 20 + 1))).toBe('key-none');
    for (const broken of ['{', '{"kty":"RSA","d":"x y"}', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----']) expect(await codeOf(utf8(broken))).toBe('key-malformed');
  });

  it('is refused under 4096 bits, and under 1024 whatever is allowed', async () => {
    expect(await refusal(pem('pkcs8'))).toMatchObject({ code: 'key-too-small', details: { bits: 2048 } });
    expect((await importPrivateKey(utf8(JSON.stringify(testKeyJwk())), small)).keyId).toBe(testKey().keyId);
    const tiny = generateKeyPairSync('rsa', { modulusLength: 1016 }).privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    expect(await codeOf(utf8(tiny), small)).toBe('key-too-small');
  });
  const testKeyJwk = (): JsonWebKey => JSON.parse(fromUtf8(readFixture('test-key-1024.jwk.json'))!) as JsonWebKey;

  it('is refused with an exponent that snapd does not take', async () => {
    const { privateKey: odd } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 0x1000001 });
    expect(await codeOf(utf8(odd.export({ format: 'pem', type: 'pkcs8' }) as string), small)).toBe('key-exponent-too-big');
    const { privateKey: three } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
    expect(await idOf(utf8(three.export({ format: 'pem', type: 'pkcs8' }) as string), small)).toBe(SigningKey.of(three).keyId);
  });

  it('is refused when its numbers do not belong together', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const one = privateKey.export({ format: 'jwk' });
    const plusTwo = (number = ''): string => toBase64Url(Uint8Array.from(hexPairs((BigInt(`0x${toHex(fromBase64Url(number)!)}`) + 2n).toString(16))));
    const hexPairs = (hex: string) => (hex.padStart(hex.length + (hex.length % 2), '0').match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
    for (const wrong of [{ p: other.p }, { q: other.q }, { n: other.n }, { d: other.d }, { p: one.n, q: 'AQ' }, { p: plusTwo(one.p) }, { d: plusTwo(one.d) }, { d: 'Aw' }, { e: 'Aw' }, { e: 'AQ' }, { e: 'AgAA' }]) {
      expect(await codeOf(jwk(wrong), small)).toBe('key-inconsistent');
    }
    for (const wrong of [{ p: undefined }, { q: '' }, { n: '=' }]) expect(await codeOf(jwk(wrong), small)).toBe('key-malformed');
  });

  it('is made from its primes alone, whatever else the file says', async () => {
    const key = await importPrivateKey(jwk({ dp: 'AQ', dq: 'AQ', qi: 'AQ' }), small);
    expect(key.keyId).toBe(ID);
    const swapped = privateKey.export({ format: 'jwk' });
    expect(await idOf(jwk({ p: swapped.q, q: swapped.p }), small)).toBe(ID);
  });
});

describe('refusing', () => {
  it('says nothing of the secret, and drags nothing along', async () => {
    const secret = privateKey.export({ format: 'jwk' });
    const whole = fromUtf8(jwk())!;
    const broken = [whole.slice(0, -2), whole.replace('"kty":"RSA"', '"kty":"RSA'), whole.replace(secret.p!, `${secret.p}!`), fromUtf8(pem('pkcs8'))!.replace('MII', 'MIJ'), fromUtf8(pem('pkcs1'))!.replace('\n', '\n#')];
    for (const text of broken) {
      const error = await refusal(utf8(text), { ...small, passphrase: 'a secret of its own' });
      const said = JSON.stringify([error.message, error.details, String(error.stack), error.cause ?? null]);
      expect(error.cause).toBeUndefined();
      expect(said).not.toContain('a secret of its own');
      for (const part of [secret.d!, secret.p!, secret.q!]) for (let at = 0; at + 8 <= part.length; at += 8) expect(said).not.toContain(part.slice(at, at + 8));
    }
  });

  it('is all that happens to any other input', async () => {
    const seeds = [gnupg('rsa2048.asc'), readFixture('gnupg/three.gpg'), readFixture('snapd-key-2048'), pem('pkcs8'), pem('pkcs8', { cipher: 'aes-256-cbc', passphrase: 'x' }), pem('pkcs1', { cipher: 'aes-256-cbc', passphrase: 'x' }), jwk()];
    const shaken = fc.constantFrom(...seeds).chain((seed) =>
      fc.array(fc.tuple(fc.nat(seed.length), fc.nat(3), fc.uint8Array({ maxLength: 3 })), { minLength: 1, maxLength: 3 }).map((changes) => changes.reduce((bytes, [at, gone, put]) => concat(bytes.subarray(0, at), put, bytes.subarray(at + gone)), seed)));
    await fc.assert(
      fc.asyncProperty(fc.oneof(shaken, fc.uint8Array({ maxLength: 200 })), async (bytes) => {
        const taken = await importPrivateKey(bytes, { ...small, passphrase: 'x' }).catch((error: unknown) => error);
        return taken instanceof SigningKey || taken instanceof KeyImportError;
      }),
      { numRuns: 300 },
    );
  });

});
