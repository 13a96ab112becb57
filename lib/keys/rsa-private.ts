import { constants, createPrivateKey, sign, verify } from 'node:crypto';
import { toBase64Url, toHex, utf8 } from '../bytes';
import { KeyImportError } from './import-error';
import { bitLength, stripZeros } from './packet';
import { MINIMUM_KEY_BITS, SigningKey } from './signing-key';

/** The numbers that a private RSA key of two primes comes down to, big-endian. */
export type RsaPrivateNumbers = { n: Uint8Array; e: Uint8Array; d: Uint8Array; p: Uint8Array; q: Uint8Array };

/** Below this a SHA-512 is hardly covered, and above what node's RSA takes. */
const SMALLEST_BITS = 1024;
const LARGEST_BITS = 16_384;
/** snapd refuses longer ones (x/crypto openpgp/packet/public_key.go). */
const LONGEST_EXPONENT = 3;

const big = (bytes: Uint8Array): bigint => BigInt(`0x0${toHex(bytes)}`);

function base64Url(number: bigint): string {
  const hex = number.toString(16);
  return toBase64Url(Uint8Array.from({ length: Math.ceil(hex.length / 2) }, (_, i) => Number.parseInt(hex.padStart(Math.ceil(hex.length / 2) * 2, '0').slice(i * 2, i * 2 + 2), 16)));
}

/** Of `a` modulo `m`; undefined when they share a factor. */
function inverse(a: bigint, m: bigint): bigint | undefined {
  let [r, next, t, nextT] = [m, a % m, 0n, 1n];
  while (next !== 0n) {
    const times = r / next;
    [r, next] = [next, r - times * next];
    [t, nextT] = [nextT, t - times * nextT];
  }
  return r === 1n ? ((t % m) + m) % m : undefined;
}

const inconsistent = (what: string): KeyImportError => new KeyImportError('key-inconsistent', `The numbers of this key do not belong together: ${what}. It was damaged or made up; nothing is taken from it.`);

/**
 * A signing key of these numbers; what can be derived from them is, whatever the file says. Nothing is believed: the factors must be the modulus's,
 * the exponents must undo each other, and a trial signature must verify. Throws KeyImportError `key-exponent-too-big`, `key-too-small`,
 * `key-unsupported`, `key-inconsistent`.
 */
export function signingKeyOf({ n, e, d, p, q }: RsaPrivateNumbers, { allowSmall = false }: { allowSmall?: boolean } = {}): SigningKey {
  checkPublicNumbers(n, e, allowSmall);
  const jwk = jwkOf({ n: big(n), e: big(e), d: big(d), p: big(p), q: big(q) });
  const object = createPrivateKey({ key: jwk, format: 'jwk' });
  const trial = utf8('imprint: is this a key?');
  const signature = sign('sha512', trial, { key: object, padding: constants.RSA_PKCS1_PADDING });
  const key = SigningKey.of(object);
  if (!verify('sha512', trial, { key: key.publicKey.object, padding: constants.RSA_PKCS1_PADDING }, signature)) throw inconsistent('what it signs does not verify');
  return key;
}

function checkPublicNumbers(n: Uint8Array, e: Uint8Array, allowSmall: boolean): void {
  const bits = bitLength(stripZeros(n));
  if (stripZeros(e).length > LONGEST_EXPONENT) throw new KeyImportError('key-exponent-too-big', 'The public exponent of this key is longer than 3 bytes, which snapd does not take. Keys are usually made with 65537.');
  const least = allowSmall ? SMALLEST_BITS : MINIMUM_KEY_BITS;
  if (bits < least) throw new KeyImportError('key-too-small', `The key has ${bits} bits where ${least} are needed.`, { bits, minimumBits: least });
  if (bits > LARGEST_BITS) throw new KeyImportError('key-unsupported', `The key has ${bits} bits; at most ${LARGEST_BITS} are taken.`, { bits });
}

function jwkOf({ n, e, d, p, q }: Record<keyof RsaPrivateNumbers, bigint>): Record<string, string> {
  if (p < 2n || q < 2n || p * q !== n) throw inconsistent('the modulus is not the product of the primes');
  if (n % 2n === 0n || e % 2n === 0n || e < 3n) throw inconsistent('its modulus or its public exponent cannot be those of RSA');
  if (d < 2n || d >= n || (d * e) % (p - 1n) !== 1n || (d * e) % (q - 1n) !== 1n) throw inconsistent('the private exponent does not undo the public one');
  const qi = inverse(q, p);
  if (qi === undefined) throw inconsistent('its primes are none');
  const numbers = { n, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi };
  return { kty: 'RSA', ...Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, base64Url(number)])) };
}
