import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { decodeStream } from '../assertion/decode';
import { fromBase64Url, fromUtf8 } from '../bytes';
import { packetsWithin } from './armour';
import { damagedExport, KeyImportError, notRsa, passphraseNeeded } from './import-error';
import { parseJwk } from './jwk';
import { PacketError, stripZeros } from './packet';
import type { RsaNumbers } from './packet';
import { Fields, splitPackets } from './packet-reader';
import { holdsPublicKey, numbersOf, publicKeyFromNumbers, publicKeyWithin, readPublicKey } from './public-key';
import type { PublicKey } from './public-key';

/** `public-key` and `private-key` are snapd's own: base64 of 01 and one packet. `gnupg` is an export, `pem` and `jwk` either half. */
export type KeySource = 'pem' | 'jwk' | 'public-key' | 'private-key' | 'gnupg' | 'account-key' | 'account-key-request' | 'serial' | 'serial-request';

export type KeyIdentity = { keyId: string; bits: number; source: KeySource };

/**
 * The id of the key in a file, of whatever size: PEM and JWK of either half, a public or private key as snapd encodes them, a GnuPG export, an
 * assertion that holds a key (alone or with others that hold none). Where an assertion claims an id, it must be that of the key within.
 * Throws KeyImportError, PacketError, AssertionFormatError, AppError `key-id-mismatch`.
 */
export function readKeyId(bytes: Uint8Array): KeyIdentity {
  const whole = fromUtf8(bytes) ?? '';
  const text = whole.trim();
  if (text.startsWith('{')) return identify(publicKeyFromNumbers(numbersOfJwk(parseJwk(whole))), 'jwk');
  if (/^type: /.test(text)) return fromAssertions(bytes);
  const packets = packetsWithin(bytes);
  if (packets) return fromPackets(packets, text);
  if (text.includes('-----BEGIN ')) return identify(publicKeyFromNumbers(numbersOfPem(text)), 'pem');
  throw new KeyImportError('key-none', 'There is no key in this file that is known here: PEM, JWK, a public key or key file of snapd, a GnuPG export, an account-key or account-key-request.');
}

const identify = ({ keyId, bits }: PublicKey, source: KeySource): KeyIdentity => ({ keyId, bits, source });

function fromAssertions(bytes: Uint8Array): KeyIdentity {
  const all = decodeStream(bytes);
  const [assertion, ...others] = all.filter(({ type }) => holdsPublicKey(type));
  if (!assertion) throw new KeyImportError('key-none', `There is no key in a ${all.map(({ type }) => type).join(' or ')} assertion; an account-key has one.`);
  const key = publicKeyWithin(assertion);
  if (others.length > 0) throw new KeyImportError('key-ambiguous', `There are ${others.length + 1} assertions with keys in this file. Give a file with one.`);
  return identify(key, assertion.type as KeySource);
}

const TAG_SECRET_KEY = 5;
const TAG_PUBLIC_KEY = 6;

function fromPackets(packets: Uint8Array, text: string): KeyIdentity {
  const [armoured, binary] = [text.includes('-----BEGIN '), text === ''];
  // An envelope of a public key is read as snapd reads it, which takes more than exports have.
  if (!armoured && !binary && !isSecret(packets)) return identify(readPublicKey(text), 'public-key');
  const keys = splitPackets(packets)?.filter(({ tag }) => tag === TAG_SECRET_KEY || tag === TAG_PUBLIC_KEY);
  if (!keys) throw damagedExport();
  const [first, ...others] = keys;
  if (!first) throw new KeyImportError('key-none', 'There is no key in this GnuPG export.');
  if (others.length > 0) throw new KeyImportError('key-ambiguous', `There are ${keys.length} keys in this GnuPG export. Export one: gpg --export --armor FINGERPRINT.`);
  return identify(publicKeyFromNumbers(numbersOfPacket(first.body)), armoured || binary ? 'gnupg' : 'private-key');
}

const isSecret = (packets: Uint8Array): boolean => splitPackets(packets)?.[0]?.tag === TAG_SECRET_KEY;

/** The start of a key's packet, public or secret (RFC 4880, 5.5.2). */
function numbersOfPacket(body: Uint8Array): RsaNumbers {
  try {
    const fields = Fields.of(body, 'key');
    const [version, algorithm] = [fields.byte(), fields.take(5)[4]!];
    if (version !== 4) throw new KeyImportError('key-unsupported', `This is an OpenPGP key of version ${version}; only version 4 is known here.`);
    if (algorithm < 1 || algorithm > 3) throw notRsa('that OpenPGP numbers ' + algorithm);
    return { n: stripZeros(fields.mpi()), e: stripZeros(fields.mpi()) };
  } catch (error) {
    if (error instanceof PacketError) throw damagedExport();
    throw error;
  }
}

function numbersOfPem(text: string): RsaNumbers {
  const secret = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/.test(text);
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: *4, *ENCRYPTED/m.test(text)) throw passphraseNeeded();
  return rsaNumbers(read(() => (secret ? createPrivateKey(text) : createPublicKey(text)), 'The key in this PEM file cannot be read: it is damaged, or of a kind that is not known here.'));
}

/** Of a private JWK the public half says all. */
function numbersOfJwk({ kty, n, e }: JsonWebKey): RsaNumbers {
  if (kty === undefined) throw new KeyImportError('key-none', 'This is JSON, and no JWK: it has no "kty".');
  if (kty !== 'RSA') throw notRsa(String(kty).slice(0, 20));
  const [modulus, exponent] = [n, e].map((number) => (typeof number === 'string' && number !== '' ? fromBase64Url(number) : undefined));
  if (!modulus || !exponent) throw new KeyImportError('key-malformed', 'The numbers of this JWK are missing, or not base64url.');
  return { n: stripZeros(modulus), e: stripZeros(exponent) };
}

function rsaNumbers(object: KeyObject): RsaNumbers {
  if (object.asymmetricKeyType !== 'rsa') throw notRsa(object.asymmetricKeyType ?? 'other than RSA');
  return numbersOf(object);
}

/** What a parser says may quote a secret, so only `otherwise` is said. */
function read<T>(work: () => T, otherwise: string): T {
  try {
    return work();
  } catch {
    throw new KeyImportError('key-malformed', otherwise);
  }
}
