import { env } from '@/lib/env';
import { paths } from '@/lib/paths';
import { parseCookies, sessionCookieName } from '@/lib/session-cookie';
import { database } from '@/db/client';
import { endSession } from '@/db/people';
import { issuerSignOutUrl } from '@/app/auth-options';
import { personOf, whence } from '@/app/auth';

export const dynamic = 'force-dynamic';

/** A link cannot sign anybody out: it leads to the page that asks. */
export const GET = () => new Response(null, { status: 303, headers: { location: paths.signedOut() } });

/** Ends the session in the database, the cookie, and the provider's session. */
export async function POST(request: Request): Promise<Response> {
  const person = await personOf(request);
  if (person) await endSession(database(), person.sessionId, whence(request.headers));
  const issuer = person && (await issuerSignOutUrl(person.idToken));
  const answer = onward(issuer ?? (person ? `${paths.signedOut()}?here=1` : paths.signedOut()));
  for (const cookie of expiredCookies(request.headers.get('cookie'))) answer.headers.append('set-cookie', cookie);
  return answer;
}

/**
 * A page that goes on by itself instead of a redirect: browsers hold the redirects of a form to the page's `form-action`,
 * and where a provider sends people next cannot be known.
 */
function onward(to: string): Response {
  const href = to.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Signing out…</title><meta http-equiv="refresh" content="0;url=${href}"><p><a href="${href}">Go on</a></p></html>`;
  return new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } });
}

function expiredCookies(header: string | null): string[] {
  const name = sessionCookieName(env().IMPRINT_URL);
  const ours = [...parseCookies(header).keys()].filter((each) => each === name || each.startsWith(`${name}.`));
  return ours.map((each) => `${each}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${name.startsWith('__Secure-') ? '; Secure' : ''}`);
}
