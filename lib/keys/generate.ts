import { generateKeyPair } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { MINIMUM_KEY_BITS, SigningKey } from './signing-key';

/** A new RSA key with the exponent 65537, made on a thread of its own: seconds for 4096 bits, and the event loop stays free. */
export async function generateSigningKey(bits: number = MINIMUM_KEY_BITS): Promise<SigningKey> {
  const made = await new Promise<KeyObject>((resolve, reject) => {
    generateKeyPair('rsa', { modulusLength: bits, publicExponent: 0x10001 }, (error, _publicKey, privateKey) => (error ? reject(error) : resolve(privateKey)));
  });
  return SigningKey.of(made);
}
