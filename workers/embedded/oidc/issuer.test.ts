import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../listen';
import type { Listening } from '../../listen';
import { HttpSession, readForm } from '../../../scripts/http-session.mjs';
import { claim } from '../first-start';
import { makeIssuerHandler } from './handle';
import { readIssuerKeys } from './keys';
import { makeProvider } from './provider';

const home = 'http://localhost:9';
const clientId = 'imprint';
const clientSecret = 'a-client-secret-of-many-characters';
let dir: string;
let issuer: string;
let server: Listening;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'imprint-oidc-'));
  const port = (await claim(0))!;
  issuer = `http://localhost:${port}`;
  const settings = { issuer, home, clientId, clientSecret, keys: readIssuerKeys(join(dir, 'oidc', 'keys.json')) };
  server = await listen(makeIssuerHandler(makeProvider(settings), settings), '127.0.0.1', port);
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

const verifier = randomBytes(32).toString('base64url');
const pkce = { code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' };
const authorize = (more: Record<string, string>) =>
  `/auth?${new URLSearchParams({ client_id: clientId, response_type: 'code', redirect_uri: `${home}/api/auth/callback/oidc`, scope: 'openid profile email groups', state: 'st', nonce: 'no', ...more })}`;

/** Follows redirects on the issuer, and returns the first address that is not its own. */
async function leave(session: HttpSession, response: Response): Promise<URL> {
  for (let at = new URL(issuer); ; ) {
    at = new URL(response.headers.get('location')!, at);
    if (at.origin !== issuer) return at;
    response = await session.fetch(at);
  }
}

async function signIn(person: string) {
  const session = new HttpSession(issuer);
  const page = await session.visit(authorize(pkce));
  const { action } = readForm(page);
  const chosen = await session.fetch(action, { method: 'POST', body: new URLSearchParams({ person }), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  return { session, page, action, chosen };
}

const redeem = (code: string, more: Record<string, string>) =>
  fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: `${home}/api/auth/callback/oidc`, ...more }),
  });

describe('the embedded issuer', () => {
  it('signs somebody in with one click, and says their groups in the ID token', async () => {
    const { session, page, chosen } = await signIn('bianca');
    expect(page.html).toMatch(/Demo sign-in\..*no passwords/s);
    const back = await leave(session, chosen);
    expect([back.origin, back.pathname, back.searchParams.get('state')]).toEqual([home, '/api/auth/callback/oidc', 'st']);
    const tokens = (await (await redeem(back.searchParams.get('code')!, { code_verifier: verifier })).json()) as { id_token: string };
    const claims = JSON.parse(Buffer.from(tokens.id_token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
    expect(claims).toMatchObject({ iss: issuer, aud: clientId, sub: 'bianca', name: 'Bianca Rossi', email_verified: true, groups: ['acme-builders', 'globex-editors'], nonce: 'no' });
  });

  it('gives no tokens without the verifier of the one who asked', async () => {
    const { session, chosen } = await signIn('ada');
    const code = (await leave(session, chosen)).searchParams.get('code')!;
    expect((await redeem(code, { code_verifier: 'x'.repeat(43) })).status).toBe(400);
  });

  it('wants PKCE', async () => {
    const response = await new HttpSession(issuer).fetch(authorize({}));
    expect(new URL(response.headers.get('location')!).searchParams.get('error')).toBe('invalid_request');
  });

  it('sends nobody to an address that is not the console’s', async () => {
    const { status, html } = await new HttpSession(issuer).visit(authorize({ ...pkce, redirect_uri: 'http://evil.example/' }));
    expect(status).toBe(400);
    expect(html).toContain('This sign-in cannot go on');
  });

  it('lets no other site choose for somebody', async () => {
    const session = new HttpSession(issuer);
    const { action } = readForm(await session.visit(authorize(pkce)));
    for (const origin of ['http://evil.example', 'null']) expect((await session.fetch(action, { method: 'POST', body: new URLSearchParams({ person: 'ada' }), headers: { origin } })).status).toBe(403);
    expect((await session.fetch(action, { method: 'POST', body: new URLSearchParams({ person: 'nobody' }) })).status).toBe(400);
    expect((await new HttpSession(issuer).fetch(action)).status).toBe(400);
  });

  it('answers under its own name only', async () => {
    const asked = request({ host: '127.0.0.1', port: server.port, path: '/.well-known/openid-configuration', headers: { host: `evil.example:${server.port}` } }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(421);
  });

  it('ends its session when the console signs out', async () => {
    const { session, chosen } = await signIn('ada');
    await leave(session, chosen);
    // Signed in: it does not ask again.
    expect(await leave(session, await session.fetch(authorize(pkce)))).toMatchObject({ origin: home });
    const page = await session.visit(`/session/end?${new URLSearchParams({ client_id: clientId, post_logout_redirect_uri: `${home}/signed-out` })}`);
    const form = readForm(page);
    const ended = await session.fetch(form.action, { method: 'POST', body: new URLSearchParams({ ...form.fields, logout: 'yes' }) });
    expect(ended.headers.get('location')).toBe(`${home}/signed-out`);
    expect((await session.visit(authorize(pkce))).url.pathname).toMatch(/^\/interaction\//);
  });

  it('keeps its keys, for itself alone', async () => {
    const file = join(dir, 'oidc', 'keys.json');
    const keys = readIssuerKeys(file);
    expect(readIssuerKeys(file)).toEqual(keys);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});
