import { createCipheriv, createDecipheriv, createHmac, createPrivateKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { concat, toHex, utf8 } from '../bytes';
import { AppError } from '../errors';
import { privateKeyOf, SigningKey } from './signing-key';

export type SealErrorCode = 'master-key-invalid' | 'sealed-key-malformed' | 'sealed-key-other-master' | 'sealed-key-refused';

/** Envelope: version 01 | first 8 bytes of the master key's fingerprint | 12 byte nonce | 16 byte tag | PKCS#8 DER under AES-256-GCM. */
const VERSION = 1;
const MASTER_AT = 1;
const NONCE_AT = 9;
const TAG_AT = 21;
const DATA_AT = 37;

export type Belonging = { brandId: string; keyId: string };

/** The private key, readable only with this master key, for this brand, under this key id. `masterKey` has 32 bytes. */
export function sealPrivateKey({ key, brandId, masterKey }: { key: SigningKey; brandId: string; masterKey: Uint8Array }): Uint8Array {
  const header = concat(Uint8Array.of(VERSION), masterKeyMark(masterKey));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', masterKey, nonce, { authTagLength: 16 });
  cipher.setAAD(associatedData(header, { brandId, keyId: key.keyId }));
  const plain = privateKeyOf(key).export({ format: 'der', type: 'pkcs8' });
  try {
    const data = concat(cipher.update(plain), cipher.final());
    return concat(header, nonce, cipher.getAuthTag(), data);
  } finally {
    plain.fill(0);
  }
}

/**
 * Throws AppError `sealed-key-other-master` when another master key sealed it, `sealed-key-refused` when brand or key id are not those it was
 * sealed for or a bit was changed, `sealed-key-malformed`, `master-key-invalid`.
 */
export function openPrivateKey({ sealed, brandId, keyId, masterKey }: Belonging & { sealed: Uint8Array; masterKey: Uint8Array }): SigningKey {
  if (sealed.length <= DATA_AT || sealed[0] !== VERSION) throw refusal('sealed-key-malformed', 'This is no sealed private key of a version that this program knows');
  if (toHex(masterKeyMark(masterKey)) !== toHex(sealed.subarray(MASTER_AT, NONCE_AT))) {
    throw refusal('sealed-key-other-master', 'The private key was sealed under another master key: start with the master key that was in use when the key was made');
  }
  const decipher = createDecipheriv('aes-256-gcm', masterKey, sealed.subarray(NONCE_AT, TAG_AT), { authTagLength: 16 });
  decipher.setAAD(associatedData(sealed.subarray(0, NONCE_AT), { brandId, keyId }));
  decipher.setAuthTag(sealed.subarray(TAG_AT, DATA_AT));
  const start = decipher.update(sealed.subarray(DATA_AT));
  try {
    decipher.final();
  } catch (error) {
    start.fill(0);
    throw refusal('sealed-key-refused', 'The sealed private key belongs to another brand or another key, or was changed', error);
  }
  const key = SigningKey.of(readPlain(start));
  if (key.keyId !== keyId) throw refusal('sealed-key-refused', 'The sealed private key has another key id than it should have');
  return key;
}

function readPlain(der: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

/** Length before each part, so that no two pairs of brand and key read alike. */
function associatedData(header: Uint8Array, { brandId, keyId }: Belonging): Uint8Array {
  const parts = ['imprint private key', brandId, keyId].map(utf8).flatMap((part) => [Uint8Array.of(part.length >> 8, part.length & 255), part]);
  return concat(header, ...parts);
}

/** Tells master keys apart without telling anything of them. */
function masterKeyMark(masterKey: Uint8Array): Uint8Array {
  if (masterKey.length !== 32) throw refusal('master-key-invalid', `A master key has 32 bytes, this one has ${masterKey.length}`);
  return createHmac('sha256', masterKey).update('imprint master key mark').digest().subarray(0, 8);
}

const refusal = (code: SealErrorCode, message: string, cause?: unknown): AppError<SealErrorCode> => new AppError(code, `${message}.`, { cause });
