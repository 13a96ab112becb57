import { decode } from 'next-auth/jwt';
import { env, needEnv } from './env';

/** All that the session cookie carries. Who that is, and what they may do, is read from the database at every request. */
export type SessionCookie = { sessionId: string; idToken?: string };

/** Browsers keep `__Secure-` cookies off plain HTTP. */
export const sessionCookieName = (url: string): string => `${url.startsWith('https:') ? '__Secure-' : ''}next-auth.session-token`;

/** The cookies of a `Cookie` header; the first of a name counts. */
export function parseCookies(header: string | null | undefined): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at < 1) continue;
    const name = part.slice(0, at).trim();
    if (!cookies.has(name)) cookies.set(name, part.slice(at + 1).trim().replace(/^"(.*)"$/, '$1'));
  }
  return cookies;
}

/** next-auth cuts a cookie above 4 KB into `name.0`, `name.1` and so on. */
export function joinChunks(cookies: Map<string, string>, name: string): string | undefined {
  const whole = cookies.get(name);
  if (whole !== undefined) return whole;
  const parts: string[] = [];
  for (let part = cookies.get(`${name}.0`); part !== undefined; part = cookies.get(`${name}.${parts.length}`)) parts.push(part);
  return parts.length > 0 ? parts.join('') : undefined;
}

/** Undefined when there is no cookie, or it is not one of ours, or it is too old. */
export async function readSession(cookieHeader: string | null | undefined): Promise<SessionCookie | undefined> {
  const token = joinChunks(parseCookies(cookieHeader), sessionCookieName(env().IMPRINT_URL));
  if (token === undefined) return undefined;
  const { NEXTAUTH_SECRET: secret } = needEnv('NEXTAUTH_SECRET');
  const claims = await decode({ token, secret }).catch(refuseForged);
  if (typeof claims?.sessionId !== 'string') return undefined;
  return { sessionId: claims.sessionId, ...(typeof claims.idToken === 'string' ? { idToken: claims.idToken } : {}) };
}

// Forged, expired or sealed with an older secret: all of them are nobody.
const refuseForged = () => null;
