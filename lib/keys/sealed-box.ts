import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { concat, toHex, utf8 } from '../bytes';
import { AppError } from '../errors';

export type SealErrorCode = 'master-key-invalid' | 'sealed-key-malformed' | 'sealed-key-other-master' | 'sealed-key-refused';

/** Envelope: version 01 | first 8 bytes of the master key's fingerprint | 12 byte nonce | 16 byte tag | PKCS#8 DER under AES-256-GCM. */
const VERSION = 1;
const MASTER_AT = 1;
const NONCE_AT = 9;
const TAG_AT = 21;
const DATA_AT = 37;

/** Whom and what it is sealed for: it opens for no other. `purpose` tells kinds of keys apart. */
export type Sealing = { purpose: string; brandId: string; keyId: string; masterKey: Uint8Array };

/** Bytes that are readable only with this master key, for this purpose, brand and key id. `masterKey` has 32 bytes. */
export function sealBytes(plain: Uint8Array, { masterKey, ...belonging }: Sealing): Uint8Array {
  const header = concat(Uint8Array.of(VERSION), masterKeyMark(masterKey));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', masterKey, nonce, { authTagLength: 16 });
  cipher.setAAD(associatedData(header, belonging));
  const data = concat(cipher.update(plain), cipher.final());
  return concat(header, nonce, cipher.getAuthTag(), data);
}

/** What was sealed; whoever takes it overwrites it. Throws AppError with a SealErrorCode. */
export function openBytes(sealed: Uint8Array, { masterKey, ...belonging }: Sealing): Buffer {
  if (sealed.length <= DATA_AT || sealed[0] !== VERSION) throw sealRefusal('sealed-key-malformed', 'This is no sealed private key of a version that this program knows');
  if (toHex(masterKeyMark(masterKey)) !== toHex(sealedUnder(sealed))) {
    throw sealRefusal('sealed-key-other-master', 'The private key was sealed under another master key: start with the master key that was in use when the key was made');
  }
  const decipher = createDecipheriv('aes-256-gcm', masterKey, sealed.subarray(NONCE_AT, TAG_AT), { authTagLength: 16 });
  decipher.setAAD(associatedData(sealed.subarray(0, NONCE_AT), belonging));
  decipher.setAuthTag(sealed.subarray(TAG_AT, DATA_AT));
  const start = decipher.update(sealed.subarray(DATA_AT));
  try {
    decipher.final();
  } catch (error) {
    start.fill(0);
    throw sealRefusal('sealed-key-refused', 'The sealed private key belongs to another brand or another key, or was changed', error);
  }
  return start;
}

/** The mark of the master key that something was sealed under. */
export const sealedUnder = (sealed: Uint8Array): Uint8Array => sealed.subarray(MASTER_AT, NONCE_AT);

/** Length before each part, so that no two of them read alike. */
function associatedData(header: Uint8Array, { purpose, brandId, keyId }: Omit<Sealing, 'masterKey'>): Uint8Array {
  const parts = [purpose, brandId, keyId].map(utf8).flatMap((part) => [Uint8Array.of(part.length >> 8, part.length & 255), part]);
  return concat(header, ...parts);
}

/** Tells master keys apart without telling anything of them: 8 bytes. */
export function masterKeyMark(masterKey: Uint8Array): Uint8Array {
  if (masterKey.length !== 32) throw sealRefusal('master-key-invalid', `A master key has 32 bytes, this one has ${masterKey.length}`);
  return createHmac('sha256', masterKey).update('imprint master key mark').digest().subarray(0, 8);
}

export const sealRefusal = (code: SealErrorCode, message: string, cause?: unknown): AppError<SealErrorCode> => new AppError(code, `${message}.`, { cause });
