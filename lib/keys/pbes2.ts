import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from 'node:crypto';
import { concat, fromHex, toBase64, utf8 } from '../bytes';
import { der, derInteger, hexOf, NULL, numberOf, OCTETS, OID, readDer, SEQUENCE, within } from './der';
import { KeyImportError } from './import-error';

// PKCS#8 under a passphrase: EncryptedPrivateKeyInfo (RFC 5958) with PBES2 and PBKDF2 (RFC 8018). Every openssl since 1.0 opens it.

/** A second or so of one processor: what node and openssl write by themselves are 2,048 rounds, which is nothing. */
const ROUNDS = 1_000_000;
const SALT_BYTES = 16;
/** More, and a file could keep a processor busy for as long as its author likes. */
const MOST_ROUNDS = 10_000_000;

const PBES2 = '2a864886f70d01050d';
const PBKDF2 = '2a864886f70d01050c';
const HMACS: Record<string, string> = { '2a864886f70d0207': 'sha1', '2a864886f70d0208': 'sha224', '2a864886f70d0209': 'sha256', '2a864886f70d020a': 'sha384', '2a864886f70d020b': 'sha512' };
const CIPHERS: Record<string, [name: string, keyBytes: number]> = {
  '60864801650304012a': ['aes-256-cbc', 32],
  '608648016503040116': ['aes-192-cbc', 24],
  '608648016503040102': ['aes-128-cbc', 16],
  '2a864886f70d0307': ['des-ede3-cbc', 24],
};
const HMAC_SHA256 = '2a864886f70d0209';
const AES_256_CBC = '60864801650304012a';

const oid = (hex: string): Uint8Array => der(OID, fromHex(hex));

function derive(passphrase: string, salt: Uint8Array, rounds: number, bytes: number, hash: string): Promise<Buffer> {
  return new Promise((resolve, reject) => pbkdf2(utf8(passphrase), salt, rounds, bytes, hash, (error, key) => (error ? reject(error) : resolve(key))));
}

/** PEM, `ENCRYPTED PRIVATE KEY`, of a PKCS#8 in DER: PBKDF2 with HMAC-SHA-256, AES-256 in CBC. Done off the event loop. */
export async function encryptPkcs8(pkcs8: Uint8Array, passphrase: string, rounds = ROUNDS): Promise<string> {
  const [salt, iv] = [randomBytes(SALT_BYTES), randomBytes(16)];
  const key = await derive(passphrase, salt, rounds, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const data = concat(cipher.update(pkcs8), cipher.final());
  key.fill(0);
  const kdf = der(SEQUENCE, oid(PBKDF2), der(SEQUENCE, der(OCTETS, salt), derInteger(rounds), der(SEQUENCE, oid(HMAC_SHA256), der(NULL))));
  const scheme = der(SEQUENCE, oid(PBES2), der(SEQUENCE, kdf, der(SEQUENCE, oid(AES_256_CBC), der(OCTETS, iv))));
  const lines = toBase64(der(SEQUENCE, scheme, der(OCTETS, data))).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${lines.join('\n')}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
}

type Scheme = { salt: Uint8Array; rounds: number; hash: string; cipher: string; keyBytes: number; iv: Uint8Array; data: Uint8Array };

/** Undefined when it is locked in another way than by PBES2 with PBKDF2. */
function readScheme(encrypted: Uint8Array): Scheme | undefined {
  const [algorithm, data] = within(readDer(encrypted)?.[0]);
  const [scheme, parameters] = within(algorithm);
  const [kdf, encryption] = within(parameters);
  const [kdfName, kdfParameters] = within(kdf);
  if (hexOf(scheme, OID) !== PBES2 || hexOf(kdfName, OID) !== PBKDF2 || data?.tag !== OCTETS) return undefined;
  const [salt, rounds, ...more] = within(kdfParameters);
  const prf = more.find(({ tag }) => tag === SEQUENCE);
  const hash = prf ? HMACS[hexOf(within(prf)[0], OID) ?? ''] : 'sha1';
  const [cipherName, iv] = within(encryption);
  const cipher = CIPHERS[hexOf(cipherName, OID) ?? ''];
  const count = numberOf(rounds);
  if (salt?.tag !== OCTETS || iv?.tag !== OCTETS || count === undefined || hash === undefined || !cipher) return undefined;
  return { salt: salt.body, rounds: count, hash, cipher: cipher[0], keyBytes: cipher[1], iv: iv.body, data: data.body };
}

const tooMuchWork = (): KeyImportError => new KeyImportError('key-unsupported', `The key is locked so that opening it would take more than ${MOST_ROUNDS} rounds. Lock it again with fewer, or take the lock off.`);

/**
 * The PKCS#8 within, in DER; undefined when the passphrase does not open it, `other` when it is locked in a way that node must be asked about.
 * Off the event loop. Throws KeyImportError `key-unsupported` for what would take too long.
 */
export async function decryptPkcs8(encrypted: Uint8Array, passphrase: string): Promise<Uint8Array | 'other' | undefined> {
  const scheme = readScheme(encrypted);
  if (!scheme) {
    if (workOf(encrypted) > MOST_ROUNDS) throw tooMuchWork();
    return 'other';
  }
  if (!(scheme.rounds > 0 && scheme.rounds <= MOST_ROUNDS)) throw tooMuchWork();
  const key = await derive(passphrase, scheme.salt, scheme.rounds, scheme.keyBytes, scheme.hash);
  try {
    const decipher = createDecipheriv(scheme.cipher, key, scheme.iv);
    return concat(decipher.update(scheme.data), decipher.final());
  } catch {
    // Padding that does not fit: another passphrase, or damage. The reason says nothing more.
    return undefined;
  } finally {
    key.fill(0);
  }
}

/** Every number of the lock's parameters multiplied: rounds, or scrypt's cost, block size and parallelism. */
function workOf(encrypted: Uint8Array): number {
  const numbersIn = (bytes: Uint8Array): number[] => (readDer(bytes) ?? []).flatMap((value) => (value.tag === SEQUENCE ? numbersIn(value.body) : [numberOf(value) ?? 1]));
  const algorithm = within(readDer(encrypted)?.[0])[0];
  return algorithm?.tag === SEQUENCE ? numbersIn(algorithm.body).reduce((product, number) => product * Math.max(1, number), 1) : 1;
}
