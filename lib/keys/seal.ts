import { createPrivateKey } from 'node:crypto';
import { openBytes, sealBytes, sealRefusal } from './sealed-box';
import { privateKeyOf, SigningKey } from './signing-key';

const PURPOSE = 'imprint private key';

export type Belonging = { brandId: string; keyId: string };

/** The private key, readable only with this master key, for this brand, under this key id. `masterKey` has 32 bytes. */
export function sealPrivateKey({ key, brandId, masterKey }: { key: SigningKey; brandId: string; masterKey: Uint8Array }): Uint8Array {
  const plain = privateKeyOf(key).export({ format: 'der', type: 'pkcs8' });
  try {
    return sealBytes(plain, { purpose: PURPOSE, brandId, keyId: key.keyId, masterKey });
  } finally {
    plain.fill(0);
  }
}

/**
 * Throws AppError `sealed-key-other-master` when another master key sealed it, `sealed-key-refused` when brand or key id are not those it was
 * sealed for or a bit was changed, `sealed-key-malformed`, `master-key-invalid`.
 */
export function openPrivateKey({ sealed, brandId, keyId, masterKey }: Belonging & { sealed: Uint8Array; masterKey: Uint8Array }): SigningKey {
  const der = openBytes(sealed, { purpose: PURPOSE, brandId, keyId, masterKey });
  try {
    const key = SigningKey.of(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
    if (key.keyId !== keyId) throw sealRefusal('sealed-key-refused', 'The sealed private key has another key id than it should have');
    return key;
  } finally {
    der.fill(0);
  }
}
