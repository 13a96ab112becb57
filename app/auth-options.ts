import { headers } from 'next/headers';
import type { NextAuthOptions } from 'next-auth';
import { z } from 'zod';
import { env, needEnv } from '@/lib/env';
import { log } from '@/lib/log';
import { paths } from '@/lib/paths';
import { database } from '@/db/client';
import { SESSION_HOURS, endSession, recordSignIn } from '@/db/people';
import { whence } from './auth';
import { readClaims } from './claims';

/** The name in the callback address `/api/auth/callback/oidc`, which is registered with the provider. */
export const PROVIDER = 'oidc';

const DISCOVERY = '/.well-known/openid-configuration';
const TIMEOUT_MS = 10_000;
const MAX_HINT = 4000;

/** next-auth against any OpenID Connect provider: authorization code with PKCE, state and nonce. Read from the environment at the first request. */
export function authOptions(): NextAuthOptions {
  const { OIDC_GROUPS_CLAIM: groupsClaim, OIDC_SCOPE: scope, OIDC_NAME: name } = env();
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret, NEXTAUTH_SECRET: secret } = needEnv('OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'NEXTAUTH_SECRET');
  return {
    secret,
    session: { strategy: 'jwt', maxAge: SESSION_HOURS * 3600 },
    pages: { signIn: paths.signIn(), error: paths.signIn(), signOut: paths.signedOut() },
    providers: [
      {
        id: PROVIDER,
        name,
        type: 'oauth',
        idToken: true,
        issuer,
        wellKnown: `${issuer}${DISCOVERY}`,
        clientId,
        clientSecret,
        authorization: { params: { scope } },
        checks: ['pkce', 'state', 'nonce'],
        httpOptions: { timeout: TIMEOUT_MS },
        profile: (claims: Record<string, unknown>) => ({ id: String(claims.sub) }),
      },
    ],
    callbacks: {
      // The cookie names a session in the database and no more: a name, a role or a group in it could not be revoked.
      async jwt({ token, account, profile }) {
        if (!account) return { sessionId: token.sessionId, idToken: token.idToken };
        const asking = await headers();
        const { sessionId } = await recordSignIn(database(), {
          issuer,
          ...readClaims({ ...profile }, groupsClaim),
          ...whence(asking),
          userAgent: (asking.get('user-agent') ?? '').slice(0, 300),
        });
        return { sessionId, idToken: hintOf(account.id_token) };
      },
      // Anybody's own page may ask next-auth for its session: it says that there is one.
      session: ({ session }) => ({ expires: session.expires }),
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sessionId === 'string') await endSession(database(), token.sessionId, whence(await headers()));
      },
    },
    logger: {
      error: (code, metadata) => log().error({ code, err: metadata instanceof Error ? metadata : metadata.error }, 'sign-in failed'),
      warn: (code) => log().warn({ code }, 'next-auth warns'),
      debug: (code) => log().debug({ code }, 'next-auth says'),
    },
  };
}

/** Only a hint for signing out there: one with hundreds of groups would make a cookie that is larger than what servers take. */
const hintOf = (idToken: string | undefined): string | undefined => (idToken !== undefined && idToken.length <= MAX_HINT ? idToken : undefined);

const discovery = z.object({ end_session_endpoint: z.url({ protocol: /^https?$/ }).optional() });

/** Where the provider ends its own session and then sends the browser to our signed-out page; undefined when it has no such place or does not answer. */
export async function issuerSignOutUrl(idToken: string | undefined): Promise<string | undefined> {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId } = needEnv('OIDC_ISSUER', 'OIDC_CLIENT_ID');
  try {
    const answer = await fetch(`${issuer}${DISCOVERY}`, { signal: AbortSignal.timeout(TIMEOUT_MS), cache: 'no-store' });
    const { end_session_endpoint: endpoint } = discovery.parse(await answer.json());
    if (!endpoint) return undefined;
    const url = new URL(endpoint);
    if (idToken) url.searchParams.set('id_token_hint', idToken);
    url.searchParams.set('client_id', clientId);
    url.searchParams.set('post_logout_redirect_uri', `${env().IMPRINT_URL}${paths.signedOut()}`);
    return url.href;
  } catch (error) {
    log().warn({ err: error }, 'the identity provider could not be asked to end its session');
    return undefined;
  }
}
