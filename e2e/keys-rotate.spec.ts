import { generateKeyPair } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { api, paths } from '@/lib/paths';
import { expect, test } from './people';
import { ask, thingsOfAcme } from './things';

const PASSPHRASE = 'correct horse battery';

/** A key that somebody brings, in PEM under a passphrase. */
async function writeKey(file: string): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 4096,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE },
  });
  await writeFile(file, privateKey);
  return file;
}

test('a key is imported, registered, and replaced step by step, whoever leaves in between', async ({ contextOf, pageOf, baseURL }, info) => {
  test.setTimeout(180_000);
  const { request } = await contextOf('sam');
  const call = ask(request, baseURL!);
  const { key: next } = await thingsOfAcme((await contextOf('ada')).request, baseURL!);
  const run = Date.now().toString(36);
  const [old, model] = [`brought-${run}`, `moved-${run}`];
  const page = await pageOf('sam');
  const dialog = page.getByRole('dialog');

  await page.goto(paths.keys('acme'));
  await page.getByRole('button', { name: 'Bring a key' }).click();
  await page.getByRole('menuitem', { name: 'Import from a file' }).click();
  await dialog.locator('input[type=file]').setInputFiles(await writeKey(info.outputPath('brought.pem')));
  await dialog.getByLabel('Name').fill(old);
  await dialog.getByRole('button', { name: 'Import key' }).click();
  await expect(dialog.getByLabel('Passphrase')).toHaveAccessibleDescription(/locked with a passphrase/);
  await dialog.getByLabel('Passphrase').fill(PASSPHRASE);
  await dialog.getByRole('button', { name: 'Import key' }).click();
  await expect(dialog).toBeHidden();

  await page.goto(paths.key('acme', old));
  await page.getByRole('button', { name: 'Register key' }).click();
  await expect(page.getByRole('heading', { level: 1 }).locator('..').getByText('Registered', { exact: true })).toBeVisible();
  await expect(page.getByText('it may sign any assertion of the brand')).toBeVisible();
  await call('POST', api.models('acme'), { template: 'amd64-core24', name: model, displayName: 'Moved', grade: 'dangerous' });
  await call('POST', api.signatures('acme', model), { version: 1, key: old });

  await page.reload();
  await expect(page.getByRole('region', { name: 'Signed models' }).getByRole('link', { name: model })).toBeVisible();
  await page.getByRole('link', { name: 'Replace key' }).click();
  await expect(page.getByText('0 of 1')).toBeVisible();
  await page.getByLabel('Key', { exact: true }).selectOption(next);
  await page.getByRole('button', { name: 'Use it' }).click();
  await expect(page.getByRole('button', { name: 'Choose another' })).toBeVisible();

  await page.goto(paths.key('acme', old));
  await page.getByRole('link', { name: 'Go on with that' }).click();
  await expect(page.getByText('1 model still has its newest signature from it.')).toBeVisible();
  await page.getByRole('button', { name: 'Sign version 1 again' }).click();
  await expect(page.getByText('1 of 1')).toBeVisible();
  await expect(page.getByText(`version 1, revision 2 by ${next}`)).toBeVisible();

  await page.getByRole('button', { name: 'Retire key' }).click();
  await dialog.getByRole('button', { name: 'Retire key' }).click();
  await expect(page.getByText('It is retired. What it has signed stays valid.')).toBeVisible();
  await page.reload();
  await expect(page.getByText('It is retired. What it has signed stays valid.')).toBeVisible();
  await expect(page.getByText('Signed again')).toBeVisible();
});

test('a key that stays offline is enrolled only by its own request', async ({ pageOf }) => {
  const page = await pageOf('sam');
  await page.goto(paths.keys('acme'));
  await page.getByRole('button', { name: 'Bring a key' }).click();
  await page.getByRole('menuitem', { name: 'Enrol a key that stays offline' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What it printed').fill('ssh-rsa AAAA');
  await dialog.getByRole('button', { name: 'Enrol key' }).click();
  await expect(dialog.getByText('This is not what snap export-key prints')).toBeVisible();
});
