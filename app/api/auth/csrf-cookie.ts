import { parseCookies } from '@/lib/session-cookie';

/** next-auth's CSRF token out of its cookie `token|hash`; undefined without one. */
export function readCsrfToken(cookieHeader: string | null, secure: boolean): string | undefined {
  const value = parseCookies(cookieHeader).get(`${secure ? '__Host-' : ''}next-auth.csrf-token`);
  return value === undefined ? undefined : /^([0-9a-f]{64})(?:\||%7C)[0-9a-f]{64}$/i.exec(value)?.[1];
}
