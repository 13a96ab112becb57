import { paths } from '@/lib/paths';
import { expect, test } from './people';
import { thingsOfAcme } from './things';

const PASSPHRASE = 'correct horse battery';

test('a key is backed up, the backup is proven, and both stand in its log', async ({ contextOf, pageOf, baseURL }, info) => {
  const { key } = await thingsOfAcme((await contextOf('ada')).request, baseURL!);
  const page = await pageOf('ada');
  await page.goto(paths.key('acme', key));
  const dialog = page.getByRole('dialog');

  await page.getByRole('button', { name: 'Make a backup' }).click();
  await dialog.getByLabel('Passphrase', { exact: true }).fill('short');
  await dialog.getByRole('button', { name: 'Download backup' }).click();
  await expect(dialog.getByText('Use at least 12 characters')).toBeVisible();
  await dialog.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
  await dialog.getByLabel('Passphrase again').fill(PASSPHRASE);
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download backup' }).click();
  const file = info.outputPath('backup.pem');
  await (await download).saveAs(file);
  await expect(dialog).toBeHidden();

  await page.getByRole('button', { name: 'Restore drill' }).click();
  await dialog.locator('input[type=file]').setInputFiles(file);
  await dialog.getByLabel('Passphrase').fill('not this one at all');
  await dialog.getByRole('button', { name: 'Prove the backup' }).click();
  await expect(dialog.getByText(/passphrase/i).last()).toBeVisible();
  await expect(dialog).toBeVisible();
  await dialog.getByLabel('Passphrase').fill(PASSPHRASE);
  await dialog.getByRole('button', { name: 'Prove the backup' }).click();
  await expect(dialog).toBeHidden();

  const uses = page.getByRole('region', { name: 'Log of uses' });
  await expect(uses.getByRole('row').filter({ hasText: 'Restore drill' }).first()).toBeVisible();
  await expect(uses.getByRole('row').filter({ hasText: 'Backup' }).first()).toBeVisible();
  await expect(page.getByText('The backup was never proven')).toBeHidden();
});

test('the way to another key says what comes first', async ({ contextOf, pageOf, baseURL }) => {
  const { key } = await thingsOfAcme((await contextOf('ada')).request, baseURL!);
  const page = await pageOf('ada');
  await page.goto(paths.key('acme', key));
  await page.getByRole('link', { name: 'Replace key' }).click();
  await expect(page.getByRole('heading', { name: `Replace ${key}` })).toBeVisible();
  await expect(page.getByText('Until the next key can sign, leave this one as it is.')).toBeVisible();
});

test('a viewer sees the life of a key and can change nothing of it', async ({ contextOf, pageOf, baseURL }) => {
  const { key } = await thingsOfAcme((await contextOf('ada')).request, baseURL!);
  const page = await pageOf('vera');
  await page.goto(paths.key('acme', key));
  await expect(page.getByRole('heading', { name: 'Log of uses' })).toBeVisible();
  for (const name of ['Make a backup', 'Restore drill']) await expect(page.getByRole('button', { name })).toHaveAttribute('aria-disabled', 'true');
});
