const GONE = '[redacted]';

/** Query parameters that are secrets: share tokens, and what an identity provider sends back. */
const SECRET_PARAMETERS = /([?&;](?:t|token|code|state|id_token_hint|id_token|access_token|refresh_token)=)[^&#\s"'<>\\]*/gi;
const BEARER = /\b(Bearer|Basic|Macaroon)\s+[A-Za-z0-9+/=._~-]{8,}/g;
/** As lib/keys/api-token.ts makes them. */
const API_TOKEN = /\bimprint_[\w-]{43}/g;
/** `postgres://user:password@host` */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"]*:)[^\s/@"]+@/gi;
const SESSION_COOKIE = /((?:__(?:Secure|Host)-)?next-auth\.[a-z_.-]+(?:\.\d+)?=)[^;\s"]+/gi;

/** A line of a log without secrets. `secrets` are values that must not show up at all. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) if (secret.length >= 8) clean = clean.replaceAll(secret, GONE);
  return clean.replace(SECRET_PARAMETERS, `$1${GONE}`).replace(BEARER, `$1 ${GONE}`).replace(API_TOKEN, GONE).replace(URL_PASSWORD, `$1${GONE}@`).replace(SESSION_COOKIE, `$1${GONE}`);
}
