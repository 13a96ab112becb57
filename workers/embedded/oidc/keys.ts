import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export type IssuerKeys = { jwks: { keys: (JsonWebKey & { kid: string; use: 'sig'; alg: 'RS256' })[] }; cookieKeys: string[] };

/** The issuer's keys from `file`, made at first start with mode 0600: the same after a restart, so that who is signed in stays so. */
export function readIssuerKeys(file: string): IssuerKeys {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as IssuerKeys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const keys: IssuerKeys = { jwks: { keys: [{ ...jwk, kid: randomUUID(), use: 'sig', alg: 'RS256' }] }, cookieKeys: [randomBytes(32).toString('base64url')] };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const whole = `${file}.${randomUUID()}`;
  writeFileSync(whole, JSON.stringify(keys), { mode: 0o600, flag: 'wx' });
  renameSync(whole, file);
  return keys;
}
