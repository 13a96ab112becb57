import type { Page } from '@playwright/test';
import { api, paths } from '@/lib/paths';
import { awake, visit } from './awake';
import { expect, test } from './people';
import { tabTo } from './tab-to';
import { ask } from './things';

let model: string;

test.beforeEach(async ({ contextOf, baseURL }, { testId, repeatEachIndex }) => {
  const call = ask((await contextOf('ada')).request, baseURL!);
  model = `edited-${testId.slice(-8)}-${repeatEachIndex}-${Date.now().toString(36)}`;
  await call('POST', api.models('acme'), { template: 'amd64-core24', name: model, displayName: 'Kiosk', grade: 'dangerous' });
});

test('problems stand beside their fields while one types, and are put right by a click', async ({ pageOf }) => {
  const page = await pageOf('edda');
  await visit(page, paths.model('acme', model));
  await expect(checks(page)).toContainText('Nothing to fix');

  await test.step('a snap that is missing', async () => {
    await button(page, 'Remove pc').click();
    await expect(checks(page).getByRole('heading', { name: 'Must fix' })).toBeVisible();
    await expect(snaps(page).locator('..')).toContainText('A model lists a gadget');
    await expect(button(page, 'Save version')).toHaveAttribute('aria-disabled', 'true');
    await expect(button(page, 'Save version')).toHaveAccessibleDescription(/must be put right first/);
    await checks(page).getByRole('button', { name: /^Fix it: / }).first().click();
    await expect(checks(page).getByRole('heading', { name: 'Must fix' })).toBeHidden();
    await expect(snaps(page).getByRole('listitem').filter({ hasText: 'Knows the board' })).toContainText('pc');
  });

  await test.step('a channel that does not fit, beside its snap', async () => {
    await page.getByRole('combobox', { name: 'Track of pc-kernel' }).selectOption('22');
    const row = snaps(page).getByRole('listitem').filter({ has: page.getByRole('combobox', { name: 'Track of pc-kernel' }) });
    await expect(row.getByRole('img', { name: 'Should fix' })).toBeVisible();
    await row.getByRole('button', { name: /24/ }).first().click();
    await expect(row.getByRole('img', { name: 'Should fix' })).toBeHidden();
    await expect(page.getByRole('combobox', { name: 'Track of pc-kernel' })).toHaveValue('24');
  });

  await test.step('text, with every letter', async () => {
    await page.getByText('Trust and store').click();
    const field = page.getByRole('textbox', { name: 'Who may give serials' });
    await field.fill('generic');
    await expect(field).not.toHaveAttribute('aria-invalid');
    await field.press('End');
    await field.press('!');
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(field).toHaveAccessibleDescription(/is no account id/);
    await field.press('Backspace');
    await expect(field).not.toHaveAttribute('aria-invalid');
    await expect(text(page)).toContainText('serial-authority:');
  });

  await test.step('what is not saved outlives a reload, and can be thrown away', async () => {
    page.on('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await awake(page);
    await expect(page.getByText('Version 1, changed')).toBeVisible();
    await button(page, 'Discard changes').click();
    await expect(page.getByText('Version 1, not signed')).toBeVisible();
    await expect(text(page)).not.toContainText('serial-authority:');
  });
});

test('snaps are found, added and put in order; versions are saved with a note, compared and restored', async ({ pageOf }) => {
  const page = await pageOf('edda');
  await visit(page, paths.model('acme', model));
  const before = await text(page).innerText();

  await test.step('finds and adds snaps; id, type and channel are filled in', async () => {
    await button(page, 'Add snap').click();
    for (const [typed, name] of [['hello', 'hello-imprint'], ['core22', 'core22']] as const) {
      await page.getByRole('searchbox', { name: 'Search the store' }).fill(typed);
      await button(page, `Add ${name}`).click();
      await expect(page.getByRole('list', { name: 'Snaps found' }).getByRole('listitem').filter({ hasText: name })).toContainText('In the model');
    }
    await page.getByRole('searchbox', { name: 'Search the store' }).fill('no-such-snap');
    await expect(page.getByText('Nothing found')).toBeVisible();
    await button(page, 'Done').click();
    await expect(text(page)).toContainText(/id: \w{32}/);
    await expect(page.getByRole('combobox', { name: 'Track of hello-imprint' })).toHaveValue('latest');
  });

  await test.step('puts them in order', async () => {
    await expect.poll(() => orderOf(page)).toEqual(['snapd', 'pc-kernel', 'core24', 'pc', 'hello-imprint', 'core22']);
    await button(page, 'Move core22 up').click();
    await expect.poll(() => orderOf(page)).toEqual(['snapd', 'pc-kernel', 'core24', 'pc', 'core22', 'hello-imprint']);
    await expect(button(page, 'Move core22 up')).toHaveAttribute('aria-disabled', 'true');
    await page.getByRole('combobox', { name: 'Presence of hello-imprint' }).selectOption('optional');
    await expect(text(page)).toContainText('presence: optional');
  });

  await test.step('saves with a note', async () => {
    await page.keyboard.press('Control+s');
    const dialog = page.getByRole('dialog', { name: 'Save version 2' });
    await expect(dialog).toContainText('hello-imprint');
    await dialog.getByRole('textbox', { name: 'Note' }).fill('Says hello');
    await dialog.getByRole('button', { name: 'Save version' }).click();
    await expect(page.getByText('Version 2, not signed')).toBeVisible();
    await expect(button(page, 'Save version')).toHaveAccessibleDescription('Nothing has changed since version 2.');
  });

  await test.step('compares the two', async () => {
    await page.getByRole('navigation', { name: `Parts of ${model}` }).getByRole('link', { name: 'Versions' }).click();
    const row = page.getByRole('row').filter({ hasText: 'Says hello' });
    await expect(row).toContainText('Edda Lindqvist');
    await expect(page.getByRole('heading', { name: 'From version 1 to 2' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('hello-imprint');
    const compared = page.getByRole('region', { name: 'Text of version 1 and 2, compared' });
    await expect(compared).toContainText(/added:\s+name: core22/);
    await button(page, 'Swap').click();
    await expect(page.getByRole('heading', { name: 'From version 2 to 1' })).toBeVisible();
    await expect(page).toHaveURL(/[?&]from=2&to=1/);
  });

  await test.step('restores the first as the third', async () => {
    await button(page, 'Restore version 1').click();
    await button(page, 'Restore as version 3').click();
    const row = page.getByRole('row').filter({ hasText: 'Restored from version 1' });
    await expect(row).toBeVisible();
    await page.getByRole('navigation', { name: `Parts of ${model}` }).getByRole('link', { name: 'Editor' }).click();
    await expect(page.getByText('Version 3, not signed')).toBeVisible();
    expect(await text(page).innerText()).toBe(before);
  });

  await test.step('may not sign: it says who may', async () => {
    await expect(page.getByRole('main').getByRole('button', { name: 'Sign', exact: true })).toHaveAccessibleDescription(/^Your role is editor\. To sign models one needs to be owner or signer\.$/);
  });
});

test('who saves second sees both sides, and loses nothing', async ({ pageOf }) => {
  const [hers, mine] = [await pageOf('edda'), await pageOf('ada')];
  for (const page of [hers, mine]) await visit(page, paths.model('acme', model));
  await name(hers).fill('Kiosk of Edda');
  await save(hers, 'Hers');
  await expect(hers.getByText('Version 2, not signed')).toBeVisible();

  await name(mine).fill('Kiosk of Ada');
  await mine.getByRole('combobox', { name: 'Storage on the device' }).selectOption('prefer-unencrypted');
  await save(mine, 'Mine');
  const dialog = mine.getByRole('dialog', { name: 'Edda Lindqvist was quicker' });
  await expect(dialog).toContainText('Hers');
  await expect(dialog.getByRole('region', { name: 'Their changes' })).toContainText('Kiosk → Kiosk of Edda');
  await expect(dialog.getByRole('region', { name: 'Your changes' })).toContainText('Kiosk → Kiosk of Ada');
  await expect(dialog.getByRole('region', { name: 'Their version and yours, compared' })).toContainText(/removed:\s+display-name: Kiosk of Edda/);
  await dialog.getByRole('button', { name: 'Keep mine as version 3' }).click();
  await expect(mine.getByText('Version 3, not signed')).toBeVisible();
  await mine.getByRole('navigation', { name: `Parts of ${model}` }).getByRole('link', { name: 'Versions' }).click();
  await expect(mine.getByRole('row').filter({ hasText: 'Hers' })).toBeVisible();
  await expect(mine.getByRole('row').filter({ hasText: 'Mine' })).toBeVisible();

  await test.step('and may take theirs instead', async () => {
    await name(hers).fill('Kiosk once more');
    await save(hers, '');
    await hers.getByRole('dialog', { name: 'Ada Okafor was quicker' }).getByRole('button', { name: 'Take theirs' }).click();
    await expect(hers.getByText('Version 3, not signed')).toBeVisible();
    await expect(name(hers)).toHaveValue('Kiosk of Ada');
  });
});

test('a snap is added with the keyboard alone', async ({ pageOf }) => {
  const page = await pageOf('edda');
  await visit(page, paths.model('acme', model));
  await tabTo(button(page, 'Add snap'));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('searchbox', { name: 'Search the store' })).toBeFocused();
  await page.keyboard.type('hello');
  await expect(button(page, 'Add hello-imprint')).toBeVisible();
  await tabTo(button(page, 'Add hello-imprint'));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Snaps found' }).getByRole('listitem').filter({ hasText: 'hello-imprint' })).toContainText('In the model');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(button(page, 'Add snap')).toBeFocused();
  await expect.poll(() => orderOf(page)).toContain('hello-imprint');
  await page.keyboard.press('Control+s');
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Version 2, not signed')).toBeVisible();
});

test('who may only look is told so, and can change nothing', async ({ pageOf }) => {
  const page = await pageOf('vera');
  await visit(page, paths.model('acme', model));
  await expect(page.getByText('Your role is viewer.').filter({ visible: true }).first()).toContainText('To edit models one needs to be owner, signer or editor.');
  await expect(name(page)).not.toBeEditable();
  await expect(page.getByRole('combobox', { name: 'Base' })).toBeDisabled();
  await expect(page.getByRole('button', { name: /^(?:Remove|Move) / })).toHaveCount(0);
  for (const action of ['Save version', 'Sign', 'Build', 'Add snap']) await expect(page.getByRole('main').getByRole('button', { name: action, exact: true })).toHaveAttribute('aria-disabled', 'true');
});

const checks = (page: Page) => page.getByRole('region', { name: 'Checks' });
const text = (page: Page) => page.getByRole('region', { name: 'Text of the assertion' });
const snaps = (page: Page) => page.getByRole('list').filter({ hasText: 'Starts and updates every snap.' });
const button = (page: Page, label: string) => page.getByRole('button', { name: label, exact: true });
const name = (page: Page) => page.getByRole('textbox', { name: 'Display name' });

/** The names of the snaps as the form has them, by the labels of their channels. */
const orderOf = (page: Page): Promise<string[]> => snaps(page).getByRole('combobox', { name: /^Track of / }).evaluateAll((selects) => selects.map((select) => select.getAttribute('aria-label')!.replace('Track of ', '')));

async function save(page: Page, note: string): Promise<void> {
  await button(page, 'Save version').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Note' }).fill(note);
  await dialog.getByRole('button', { name: 'Save version' }).click();
}
