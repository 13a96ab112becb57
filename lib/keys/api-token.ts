import { createHash, randomBytes } from 'node:crypto';
import { toBase64Url, utf8 } from '../bytes';

/** By this, scanners for secrets that were let slip know one, and a person too. */
const PREFIX = 'imprint_';

/** The prefix, 256 random bits in base64url (43 characters), and the hash that is kept in their place. */
export function makeApiToken(): { secret: string; hash: string } {
  const secret = `${PREFIX}${toBase64Url(randomBytes(32))}`;
  return { secret, hash: hashApiToken(secret) };
}

/** SHA-256 in lower-case hexadecimal. Takes any text, so that nonsense costs the same look-up as a token that there is. */
export const hashApiToken = (secret: string): string => createHash('sha256').update(utf8(secret)).digest('hex');

/** What an `Authorization` header bears (RFC 6750), whatever it is; undefined when it is of another kind or there is none. */
export function bearerOf(authorization: string | null | undefined): string | undefined {
  const [kind = '', ...rest] = (authorization ?? '').trim().split(/ +/);
  return kind.toLowerCase() === 'bearer' ? rest.join(' ') : undefined;
}
