import NextAuth from 'next-auth';
import { NextRequest } from 'next/server';
import { authOptions } from '@/app/auth-options';
import { env } from '@/lib/env';
import { paths } from '@/lib/paths';

export const dynamic = 'force-dynamic';

/**
 * Gives the browser next-auth's CSRF cookie and sends it on to the sign-in page, whose form then works without scripts:
 * a page cannot set a cookie itself.
 */
export async function GET(request: NextRequest): Promise<Response> {
  const base = env().IMPRINT_URL;
  const csrf = (await NextAuth(new NextRequest(`${base}/api/auth/csrf`), { params: Promise.resolve({ nextauth: ['csrf'] }) }, authOptions())) as Response;
  const to = new URL(paths.signIn(), base);
  for (const name of ['callbackUrl', 'error']) {
    const value = request.nextUrl.searchParams.get(name);
    if (value !== null) to.searchParams.set(name, value);
  }
  to.searchParams.set('prepared', '1');
  const answer = new Response(null, { status: 303, headers: { location: `${to.pathname}${to.search}`, 'cache-control': 'no-store' } });
  for (const cookie of csrf.headers.getSetCookie()) answer.headers.append('set-cookie', cookie);
  return answer;
}
