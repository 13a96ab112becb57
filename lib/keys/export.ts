import { encryptPkcs8 } from './pbes2';
import { privateKeyOf } from './signing-key';
import type { SigningKey } from './signing-key';

/**
 * The private key for safe-keeping: PEM, `ENCRYPTED PRIVATE KEY`, under PBKDF2 with HMAC-SHA-256 (a million rounds) and AES-256 in CBC.
 * Not an envelope of our own, though one could also tell damage from a wrong passphrase: this one `openssl pkey -in FILE` opens, and will when
 * nobody remembers Imprint. `importPrivateKey` reads it back. A passphrase is only as good as it is long; how long is the caller's to say.
 */
export async function exportEncrypted(key: SigningKey, passphrase: string): Promise<string> {
  if (passphrase === '') throw new RangeError('a backup needs a passphrase');
  const pkcs8 = privateKeyOf(key).export({ format: 'der', type: 'pkcs8' });
  try {
    return await encryptPkcs8(pkcs8, passphrase);
  } finally {
    pkcs8.fill(0);
  }
}
