import { api, paths } from '@/lib/paths';
import { expect, test } from './people';
import { ask, thingsOfAcme } from './things';

/** The token that scripts/test-token.mjs gives to the console of the tests. */
const LABEL = 'models';

test('a key in a token is enrolled, registered and signs, and never leaves it @token', async ({ contextOf, pageOf, baseURL }) => {
  const call = ask((await contextOf('sam')).request, baseURL!);
  // Another key, so that there is a choice.
  await thingsOfAcme((await contextOf('ada')).request, baseURL!);
  const run = Date.now().toString(36);
  const [name, model] = [`token-${run}`, `in-token-${run}`];
  const page = await pageOf('sam');
  const dialog = page.getByRole('dialog');

  await page.goto(paths.keys('acme'));
  await page.getByRole('button', { name: 'Bring a key' }).click();
  await page.getByRole('menuitem', { name: 'Use a key in a token' }).click();
  await dialog.getByLabel('Label of the key').fill('no-such-key');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Use this key' }).click();
  await expect(dialog.getByRole('alert')).toContainText('no-such-key');
  await dialog.getByLabel('Label of the key').fill(LABEL);
  await dialog.getByRole('button', { name: 'Use this key' }).click();
  await expect(dialog).toBeHidden();

  await page.goto(paths.key('acme', name));
  await expect(page.getByText('models in hsm')).toBeVisible();
  await page.getByRole('button', { name: 'Register key' }).click();
  await expect(page.getByText('it may sign any assertion of the brand')).toBeVisible();
  // What cannot leave the token cannot be backed up here.
  await expect(page.getByRole('button', { name: 'Make a backup' })).toHaveCount(0);

  await call('POST', api.models('acme'), { template: 'amd64-core24', name: model, displayName: 'In a token', grade: 'dangerous' });
  await page.goto(paths.model('acme', model));
  await page.getByRole('button', { name: 'Sign', exact: true }).click();
  await dialog.getByText(name).click();
  await dialog.getByRole('button', { name: 'Sign version 1' }).click();
  await expect(page.getByText('Version 1, signed as revision 1')).toBeVisible();

  await page.goto(paths.key('acme', name));
  await expect(page.getByRole('region', { name: 'Log of uses' })).toContainText(`model ${model} revision 1`);
});
