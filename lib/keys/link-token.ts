import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { toBase64Url, utf8 } from '../bytes';

/** 256 random bits in base64url, 43 characters, and the hash that is kept in their place. */
export function makeLinkToken(): { token: string; hash: string } {
  const token = toBase64Url(randomBytes(32));
  return { token, hash: hashLinkToken(token) };
}

/** SHA-256 in lower-case hexadecimal. Takes any text, so that nonsense is looked up, and not found, like an unknown token. */
export const hashLinkToken = (token: string): string => createHash('sha256').update(utf8(token)).digest('hex');

/** In the same time whether they differ early, late or not. */
export function sameTokenHash(a: string, b: string): boolean {
  const [x, y] = [utf8(a), utf8(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
