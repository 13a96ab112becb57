import { createHash } from 'node:crypto';
import { toBase64Url } from '../bytes';
import { publicKeyBytes } from './packet';
import type { RsaNumbers } from './packet';

/** SHA3-384 of the version byte and the key's packet, in base64url: 64 characters. Depends on n and e alone. */
export const keyId = (key: RsaNumbers): string => toBase64Url(createHash('sha3-384').update(publicKeyBytes(key)).digest());
