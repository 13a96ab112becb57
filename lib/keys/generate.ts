import { generateKeyPair } from 'node:crypto';
import { MINIMUM_KEY_BITS, SigningKey } from './signing-key';

/** A new RSA key with the exponent 65537, made on a thread of its own: seconds for 4096 bits, and the event loop stays free. */
export function generateSigningKey(bits: number = MINIMUM_KEY_BITS): Promise<SigningKey> {
  return new Promise((resolve, reject) => {
    generateKeyPair('rsa', { modulusLength: bits, publicExponent: 0x10001 }, (error, _publicKey, privateKey) => {
      if (error) reject(error);
      else resolve(SigningKey.of(privateKey));
    });
  });
}
