import { randomInt } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { api, paths } from '@/lib/paths';
import { visit } from './awake';
import { expect, PEOPLE, signIn, test } from './people';
import { thingsOfAcme } from './things';

test('signing out ends the session here and at the issuer, and old cookies with it', async ({ page, context, browser }) => {
  await page.goto(paths.signIn());
  await signIn(page, 'edda');
  const { cookies } = await context.storageState();
  await visit(page, paths.overview('acme'));

  await page.getByRole('button', { name: PEOPLE.edda }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  await expect(page.getByText('here and at the identity provider')).toBeVisible();

  await test.step('the issuer has forgotten who it was', async () => {
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await page.getByRole('button', { name: /^Continue with/ }).click();
    await expect(page.getByRole('heading', { name: 'Choose who you are' })).toBeVisible();
  });

  await test.step('a copy of the old cookies opens nothing', async () => {
    const thief = await browser.newContext();
    await thief.addCookies(cookies);
    expect((await thief.request.get(api.me())).status()).toBe(401);
    const stolen = await thief.newPage();
    await stolen.goto(paths.overview('acme'));
    await expect(stolen.getByRole('heading', { name: 'Sign in to Imprint' })).toBeVisible();
    await thief.close();
  });
});

test('a link cannot sign anybody out', async ({ pageOf }) => {
  const page = await pageOf('ada');
  await page.goto(paths.signOut());
  await expect(page.getByRole('heading', { name: 'Sign out?' })).toBeVisible();
  expect((await page.request.get(api.me())).status()).toBe(200);
});

test('who came by a link is led back to it', async ({ page }) => {
  const address = `${paths.snaps('acme')}?q=core&type=base`;
  await page.goto(address);
  await expect(page.getByRole('heading', { name: 'Sign in to Imprint' })).toBeVisible();
  await signIn(page, 'vera');
  await expect(page).toHaveURL(address);
  await expect(page.getByRole('searchbox', { name: 'Search the store' })).toHaveValue('core');
});

test('nobody is led to another site', async ({ browser }) => {
  for (const evil of ['https://evil.example/', '//evil.example/', '/\\evil.example', 'javascript:alert(1)']) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(paths.signIn(evil));
    await signIn(page, 'vera');
    await expect(page).toHaveURL(paths.overview('acme'));
    await context.close();
  }
});

test('every answer carries what protects it', async ({ request, pageOf }) => {
  const ada = (await pageOf('ada')).request;
  const nonces = new Set<string>();
  for (const [address, asking] of [[paths.signIn(), request], [paths.overview('acme'), ada], ['/no/such/page', request], [api.me(), ada], [api.me(), request]] as const) {
    const answer = await asking.get(address);
    const headers = answer.headers();
    expect(headers, address).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin', 'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const policy = headers['content-security-policy']!;
    expect(policy, address).toMatch(/default-src 'self'/);
    expect(policy, address).toMatch(/frame-ancestors 'none'/);
    expect(policy, address).toMatch(/object-src 'none'/);
    expect(policy, address).not.toMatch(/script-src[^;]*'unsafe-(?:inline|eval)'/);
    const nonce = /script-src[^;]* 'nonce-([^']+)'/.exec(policy)![1]!;
    nonces.add(nonce);
    if (!headers['content-type']!.startsWith('text/html')) continue;
    const scripts = (await answer.text()).match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length, address).toBeGreaterThan(0);
    for (const script of scripts) expect(script, address).toContain(`nonce="${nonce}"`);
    expect(headers['cache-control'], address).toMatch(/no-store|private|no-cache/);
  }
  expect(nonces.size, 'a nonce is never used twice').toBe(5);
});

test('the console says whether it is well, and no more', async ({ request }) => {
  const answer = await request.get(paths.health());
  expect(answer.status()).toBe(200);
  const health = (await answer.json()) as { status: string; parts: Record<string, string> };
  expect(health.status).toBe('ok');
  expect(new Set(Object.values(health.parts))).toEqual(new Set(['ok']));
});

test('who guesses at links is stopped, and nobody else', async ({ baseURL, request }) => {
  // Addresses that no earlier run has used up.
  const [guesser, visitor] = [2, 3].map((network) => `127.${network}.${randomInt(256)}.${randomInt(1, 255)}`) as [string, string];
  const guess = (from: string, n: number) => ask(baseURL!, paths.share('00000000-0000-4000-8000-000000000000', `guess-${n}`), from);
  let status = 0;
  let guesses = 0;
  for (; status !== 429 && guesses < 100; guesses += 1) ({ status } = await guess(guesser, guesses));
  expect(status).toBe(429);
  expect(guesses).toBeGreaterThan(5);
  const refused = await guess(guesser, guesses);
  expect(Number(refused.retryAfter)).toBeGreaterThan(0);
  expect((await guess(visitor, 0)).status).toBe(404);
  expect((await request.get(paths.signIn())).status()).toBe(200);
});

test('the logs tell what happened and no secrets', { tag: '@logs' }, async ({ contextOf, baseURL, dataDir, browser }) => {
  const ada = await contextOf('ada');
  const { token, link } = await thingsOfAcme(ada.request, baseURL!);
  const stranger = await browser.newPage();
  await stranger.goto(link);
  await stranger.close();
  const folder = join(dataDir!, 'logs');
  const logs = (await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')))).join('\n');
  expect(logs).toContain('"path":"/s/');
  const sessions = (await ada.cookies()).filter(({ name }) => name.includes('session-token')).map(({ value }) => value);
  expect(sessions).toHaveLength(1);
  for (const secret of [token, ...sessions]) expect(logs.includes(secret)).toBe(false);
  expect(logs).not.toMatch(/[?&](?:t|code|state|csrf)=(?!\[)[\w-]{8,}/);
  // API tokens, and the passphrases of the tests that bring keys and back them up.
  expect(logs).not.toMatch(/imprint_[\w-]{43}|correct horse battery/);
  expect(logs).not.toMatch(/BEGIN (?:RSA |ENCRYPTED )?PRIVATE KEY|postgres(?:ql)?:\/\/[^"\s]*:[^"\s]*@/);
  expect(logs.split('\n').filter((line) => /"level":"(?:error|fatal)"|uncaughtException/.test(line))).toEqual([]);
});

/** Asks from another of this machine's own addresses: Playwright has but one, and other tests share it. */
function ask(base: string, address: string, from: string): Promise<{ status: number; retryAfter: string | undefined }> {
  const { host, port } = new URL(base);
  return new Promise((done, fail) => {
    httpRequest({ host: '127.0.0.1', port, path: address, localAddress: from, headers: { host } }, (answer) => {
      answer.resume().on('end', () => done({ status: answer.statusCode!, retryAfter: answer.headers['retry-after'] }));
    })
      .on('error', fail)
      .end();
  });
}
