import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Page } from '@playwright/test';
import { api, paths } from '@/lib/paths';
import { visit } from './awake';
import { expect, test } from './people';
import { ask } from './things';

const KEYMGR = join(import.meta.dirname, '..', 'scripts', 'imprint-keymgr.mjs');

/** By hand, in the console. */
async function makeToken(page: Page, name: string, scopes: RegExp[], brand = 'acme'): Promise<string> {
  await visit(page, paths.tokens(brand));
  await page.getByRole('button', { name: 'New API token' }).click();
  const dialog = page.getByRole('dialog', { name: 'New API token' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog.getByRole('checkbox', { name: /^Look/ }).uncheck();
  for (const scope of scopes) await dialog.getByRole('checkbox', { name: scope }).check();
  await dialog.getByRole('combobox', { name: 'Stops working' }).selectOption('in a week');
  await dialog.getByRole('button', { name: 'Create token' }).click();
  await expect(dialog.getByText(`${name} is ready`)).toBeVisible();
  const secret = await dialog.getByRole('textbox', { name: 'API token' }).inputValue();
  // Only its own button leaves: there is no second look.
  await page.keyboard.press('Escape');
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog).toBeHidden();
  return secret;
}

const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

/** Stock snap, with nothing in its environment but the way to the console. */
async function snap(args: string[], base: string, token: string, input = '') {
  const child = spawn('snap', args, { env: { NODE_ENV: 'test', PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent', SNAPD_EXT_KEYMGR: KEYMGR, IMPRINT_URL: base, IMPRINT_BRAND: 'acme', IMPRINT_TOKEN: token } });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number, stdout, stderr };
}

test('stock snap signs with a key of the console, by a token that is made and revoked there', async ({ contextOf, baseURL }) => {
  test.setTimeout(240_000);
  const base = new URL(baseURL!).origin;
  const ada = await contextOf('ada');
  const call = ask(ada.request, base);
  const key = await call<{ name: string; keyId: string; state: string }>('POST', api.keys('acme'), { name: `snap-sign-${Date.now().toString(36)}` });
  expect(key.state).toBe('registered');
  const me = await call<{ brands: { slug: string; accountId: string }[] }>('GET', api.me());
  const accountId = me.brands.find(({ slug }) => slug === 'acme')!.accountId;
  const page = await ada.newPage();
  const name = `Laptop ${Date.now().toString(36)}`;
  const secret = await makeToken(page, name, [/^Sign/]);
  await expect(rowOf(page, name)).toContainText('never');

  await test.step('snap lists the key', async () => {
    const listed = await snap(['keys', '--json'], base, secret);
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(listed.stdout)).toContainEqual({ name: key.name, 'sha3-384': key.keyId });
  });

  const timestamp = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString().replace('.000Z', 'Z');
  const snaps = [
    { name: 'pc', type: 'gadget', 'default-channel': '24/stable', id: 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH' },
    { name: 'pc-kernel', type: 'kernel', 'default-channel': '24/stable', id: 'pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza' },
  ];
  const model = { type: 'model', series: '16', 'authority-id': accountId, 'brand-id': accountId, model: 'by-snap-sign', architecture: 'amd64', base: 'core24', grade: 'dangerous', timestamp, snaps };

  await test.step('what snap sign prints holds up to the root', async () => {
    const signed = await snap(['sign', '-k', key.name], base, secret, JSON.stringify(model));
    expect(signed).toMatchObject({ code: 0, stderr: '' });
    const read = await call<{ proof: { verdict: string; signKeyId: string } }>('POST', api.readModel('acme'), { text: signed.stdout });
    expect(read.proof).toMatchObject({ verdict: 'proven', signKeyId: key.keyId });
  });

  await test.step('and so does the request that snap export-key prints', async () => {
    const exported = await snap(['export-key', `--account=${accountId}`, key.name], base, secret);
    expect(exported).toMatchObject({ code: 0, stderr: '' });
    expect(exported.stdout).toContain(`public-key-sha3-384: ${key.keyId}\n`);
  });

  await test.step('the logs say by whose token', async () => {
    const { items } = await call<{ items: { sentence: string; actor: { name: string }; details: { sha512: string } }[] }>('GET', `${api.audit('acme')}?q=${encodeURIComponent(name)}`);
    const signed = items.filter(({ sentence }) => sentence === `signed a digest with key ${key.name}, by API token ${name}`);
    expect(signed).toHaveLength(2);
    expect(signed[0]!.details.sha512).toMatch(/^[0-9a-f]{128}$/);
    const uses = await call<{ items: { purpose: string; digest: string; token: string; actor: { name: string } }[] }>('GET', `${api.keyUses('acme', key.name)}?purpose=digest`);
    expect(uses.items).toMatchObject(signed.map(({ details }) => ({ purpose: 'digest', digest: details.sha512, token: name, actor: { name: 'Ada Okafor' } })));
    await page.reload();
    await expect(rowOf(page, name)).toContainText('just now');
  });

  await test.step('revoked, it stops at once', async () => {
    await rowOf(page, name).getByRole('button', { name: `Revoke ${name}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke token' }).click();
    await expect(rowOf(page, name)).toContainText('Revoked');
    await call('DELETE', api.key('acme', key.name));
    const refused = await snap(['sign', '-k', key.name], base, secret, JSON.stringify(model));
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('This API token is not known, or it was revoked') });
  });
});

test('a token does what its scopes say, in its brand, with no Origin and no cookie', async ({ pageOf, playwright, baseURL }) => {
  const page = await pageOf('edda');
  const name = `Script ${Date.now().toString(36)}`;
  const secret = await makeToken(page, name, [/^Edit/]);
  const request = await playwright.request.newContext({ baseURL, extraHTTPHeaders: { authorization: `Bearer ${secret}`, accept: 'application/json' } });
  const status = async (method: string, address: string, data?: unknown) => (await request.fetch(address, { method, data, maxRedirects: 0 })).status();

  expect(await (await request.get(api.me())).json()).toMatchObject({ name: 'Edda Lindqvist', brands: [{ slug: 'acme', role: 'editor' }] });
  expect(await status('GET', api.models('acme'))).toBe(200);
  expect(await status('POST', api.models('acme'), {})).toBe(422);
  const refused = await request.post(api.builds('acme'), { data: {} });
  expect([refused.status(), await refused.json()]).toMatchObject([403, { error: { code: 'forbidden', message: `The API token ${name} may not build images: that needs the scope build, and it has edit.` } }]);
  for (const [method, address, body] of [['GET', api.tokens('acme')], ['POST', api.tokens('acme'), { name: 'more', scopes: ['read'] }], ['POST', api.keys('acme'), { name: 'another' }]] as const) expect(await status(method, address, body), `${method} ${address}`).toBe(403);
  expect(await status('GET', api.models('globex'))).toBe(404);
  // Pages are for people.
  expect(await status('GET', paths.models('acme'))).toBe(307);
  await request.dispose();
});

test('a token is made by the keyboard alone, and only for what its person may do', async ({ pageOf }) => {
  const page = await pageOf('vera');
  await visit(page, `${paths.tokens('acme')}?new=true`);
  const dialog = page.getByRole('dialog', { name: 'New API token' });
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toBeFocused();
  for (const scope of [/^Edit/, /^Sign/, /^Request/, /^Create/]) await expect(dialog.getByRole('checkbox', { name: scope })).toBeDisabled();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveAccessibleDescription(/Give it a name/);
  const name = `Keys ${Date.now().toString(36)}`;
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('textbox', { name: 'API token' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(dialog.getByRole('button', { name: 'Done' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(rowOf(page, name)).toContainText('Works');
});
