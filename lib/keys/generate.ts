import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { MINIMUM_KEY_BITS, SigningKey } from './signing-key';

const generate = promisify(generateKeyPair);

/** A new RSA key with the exponent 65537, made on a thread of its own: seconds for 4096 bits, and the event loop stays free. */
export async function generateSigningKey(bits: number = MINIMUM_KEY_BITS): Promise<SigningKey> {
  const { privateKey } = await generate('rsa', { modulusLength: bits, publicExponent: 0x10001 });
  return SigningKey.of(privateKey);
}
