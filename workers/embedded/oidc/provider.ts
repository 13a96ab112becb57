import { randomBytes } from 'node:crypto';
import { Provider } from 'oidc-provider';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { IssuerKeys } from './keys';
import { problemPage, signedOutPage, signOutPage } from './pages';
import { DEMO_PEOPLE } from './people';

export type IssuerSettings = { issuer: string; home: string; clientId: string; clientSecret: string; keys: IssuerKeys };

const SCOPES = ['openid', 'profile', 'email', 'groups'];

/** A real OpenID Connect provider with one client, the console, and people without passwords. Its sessions live in memory: a restart signs all out of it. */
export function makeProvider({ issuer, home, clientId, clientSecret, keys }: IssuerSettings): Provider {
  const configuration: Configuration = {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${home}/api/auth/callback/oidc`],
        post_logout_redirect_uris: [`${home}/signed-out`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    jwks: keys.jwks as Configuration['jwks'],
    cookies: { keys: keys.cookieKeys, long: { httpOnly: true, sameSite: 'lax' }, short: { httpOnly: true, sameSite: 'lax' } },
    scopes: SCOPES,
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
    // The console reads the ID token and never asks the userinfo endpoint.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    findAccount: (_, id) => {
      const person = DEMO_PEOPLE.find((each) => each.id === id);
      return person && { accountId: id, claims: () => ({ sub: id, name: person.name, email: person.email, email_verified: true, groups: person.groups }) };
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: grantEverything,
    ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 86_400, IdToken: 3600, Interaction: 3600, Session: 86_400 },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          const nonce = randomBytes(16).toString('base64');
          send(ctx, signOutPage(form, nonce), `script-src 'nonce-${nonce}'; form-action 'self' ${new URL(home).origin}`);
        },
        postLogoutSuccessSource: (ctx) => send(ctx, signedOutPage(home), "form-action 'none'"),
      },
    },
    renderError: (ctx, out) => send(ctx, problemPage(out.error_description ?? out.error, home), "form-action 'none'"),
  };
  return new Provider(issuer, configuration);
}

/** No consent page: there is one client, and it is ours. */
async function grantEverything(ctx: KoaContextWithOIDC) {
  const { provider, client, session } = ctx.oidc;
  const grant = new provider.Grant({ clientId: client!.clientId, accountId: session!.accountId! });
  grant.addOIDCScope(SCOPES.join(' '));
  await grant.save();
  return grant;
}

export const pageHeaders = (more: string): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; ${more}`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
});

function send(ctx: KoaContextWithOIDC, html: string, policy: string): void {
  ctx.set(pageHeaders(policy));
  ctx.body = html;
}
