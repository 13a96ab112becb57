import { createPrivateKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { fromBase64, fromBase64Url, fromUtf8 } from '../bytes';
import { packetsWithin } from './armour';
import { KeyImportError, notRsa, passphraseNeeded, passphraseWrong } from './import-error';
import { parseJwk } from './jwk';
import { decryptPkcs8 } from './pbes2';
import { signingKeyOf } from './rsa-private';
import type { RsaPrivateNumbers } from './rsa-private';
import type { SigningKey } from './signing-key';

export type ImportOptions = {
  /** For a key that is locked; read over for one that is not. */
  passphrase?: string | undefined;
  /** Takes RSA from 1024 bits on, where 4096 are needed otherwise. */
  allowSmall?: boolean | undefined;
  /** Which of several keys in a GnuPG export: its fingerprint, the end of it, or part of a user ID. */
  which?: string | undefined;
};

/** More is no key. */
const MOST_BYTES = 1 << 20;

/**
 * A signing key from what people keep keys in: PEM (PKCS#1, PKCS#8, locked or not, the traditional lock too), a private JWK, a key file of snapd
 * (snapd asserts/fskeypairmgr.go), a GnuPG export in text or binary. Throws KeyImportError, which never says anything of the secret.
 */
export async function importPrivateKey(bytes: Uint8Array, { passphrase, allowSmall = false, which }: ImportOptions = {}): Promise<SigningKey> {
  return signingKeyOf(await readNumbers(bytes, passphrase, which), { allowSmall });
}

async function readNumbers(bytes: Uint8Array, passphrase: string | undefined, which: string | undefined): Promise<RsaPrivateNumbers> {
  if (bytes.length > MOST_BYTES) throw none();
  const packets = packetsWithin(bytes);
  if (packets) return numbersOfExport(packets, passphrase, which);
  const whole = fromUtf8(bytes) ?? '';
  const text = whole.trim();
  if (text.startsWith('{')) return numbersOfJwk(parseJwk(whole));
  if (text.includes('-----BEGIN ')) return numbersOfPem(text, passphrase);
  if (/^type: /.test(text)) throw publicOnly();
  throw none();
}

async function numbersOfExport(packets: Uint8Array, passphrase: string | undefined, which: string | undefined): Promise<RsaPrivateNumbers> {
  // A library of its own weight, that most who import a key do without.
  const { chooseKey, readExport, unlock } = await import('./gnupg');
  return unlock(chooseKey(await readExport(packets), which), passphrase);
}

const publicOnly = (): KeyImportError => new KeyImportError('key-public-only', 'This is only the public half of a key; signing needs the private one.');
const none = (): KeyImportError => new KeyImportError('key-none', 'There is no private key in this file. Give one in PEM, as JWK, a key file of snapd, or what gpg --export-secret-keys writes.');

// ---- PEM

const PRIVATE_BLOCK = /-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----[\s\S]*?-----END \1-----/g;
const KINDS: Record<string, string> = { rsa: 'RSA', 'rsa-pss': 'RSA-PSS', dsa: 'DSA', ec: 'elliptic curve', ed25519: 'Ed25519', ed448: 'Ed448', x25519: 'X25519', x448: 'X448', dh: 'Diffie-Hellman' };

async function numbersOfPem(text: string, passphrase: string | undefined): Promise<RsaPrivateNumbers> {
  const [first, ...others] = [...text.matchAll(PRIVATE_BLOCK)];
  if (!first) throw /-----BEGIN (?:[A-Z0-9]+ )*(?:PUBLIC KEY|CERTIFICATE)-----/.test(text) ? publicOnly() : none();
  if (others.length > 0) throw new KeyImportError('key-ambiguous', `There are ${others.length + 1} private keys in this file. Give a file with one.`);
  const [pem, label = ''] = first;
  if (label.startsWith('OPENSSH')) throw new KeyImportError('key-unsupported', 'This is a key file of OpenSSH. Turn a copy of it into PEM: ssh-keygen -p -m PEM -f COPY.');
  const object = await openPem(pem, label, passphrase);
  if (object.asymmetricKeyType !== 'rsa') throw notRsa(KINDS[object.asymmetricKeyType ?? ''] ?? 'other than RSA');
  return numbersOf(exportJwk(object));
}

async function openPem(pem: string, label: string, passphrase: string | undefined): Promise<KeyObject> {
  const locked = label.startsWith('ENCRYPTED') || /^Proc-Type: *4, *ENCRYPTED/m.test(pem);
  if (!locked) return readPem(pem, undefined, new KeyImportError('key-malformed', 'The private key in this PEM file cannot be read: it is damaged or cut off.'));
  if (passphrase === undefined || passphrase === '') throw passphraseNeeded();
  if (!label.startsWith('ENCRYPTED')) return readPem(pem, passphrase, passphraseWrong());
  const encrypted = fromBase64(pem.replace(/-----[^-]+-----|\s/g, ''));
  if (!encrypted) throw new KeyImportError('key-malformed', 'The private key in this PEM file cannot be read: it is damaged or cut off.');
  const opened = await decryptPkcs8(encrypted, passphrase);
  if (opened === 'other') return readPem(pem, passphrase, passphraseWrong());
  if (opened === undefined) throw passphraseWrong();
  try {
    return createPrivateKey({ key: Buffer.from(opened), format: 'der', type: 'pkcs8' });
  } catch {
    throw passphraseWrong();
  } finally {
    opened.fill(0);
  }
}

function readPem(pem: string, passphrase: string | undefined, failure: KeyImportError): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(passphrase !== undefined && { passphrase }) });
  } catch {
    throw failure;
  }
}

function exportJwk(object: KeyObject): JsonWebKey {
  try {
    return object.export({ format: 'jwk' });
  } catch {
    // Of more than two primes, for one.
    throw new KeyImportError('key-unsupported', 'This RSA key is of a kind that is not known here. Keys have two primes.');
  }
}

// ---- JWK

function numbersOfJwk(jwk: JsonWebKey): RsaPrivateNumbers {
  if (jwk.kty === undefined) throw none();
  if (jwk.kty !== 'RSA') throw notRsa(String(jwk.kty).slice(0, 20));
  if (jwk.d === undefined) throw publicOnly();
  return numbersOf(jwk);
}

function numbersOf(jwk: JsonWebKey): RsaPrivateNumbers {
  const read = (name: keyof RsaPrivateNumbers): Uint8Array => {
    const value: unknown = jwk[name];
    const bytes = typeof value === 'string' && value !== '' ? fromBase64Url(value) : undefined;
    if (!bytes) throw new KeyImportError('key-malformed', `The number "${name}" of this key is missing or not base64url.`);
    return bytes;
  };
  return { n: read('n'), e: read('e'), d: read('d'), p: read('p'), q: read('q') };
}
