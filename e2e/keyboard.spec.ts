import { paths } from '@/lib/paths';
import { awake } from './awake';
import { expect, PEOPLE, test } from './people';
import { tabTo } from './tab-to';

test('from the sign-in page to a new model without a mouse', async ({ page }) => {
  await test.step('signs in', async () => {
    await page.goto(paths.signIn());
    await tabTo(page.getByRole('button', { name: /^Continue with/ }));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Choose who you are' })).toBeVisible();
    await tabTo(page.getByRole('button', { name: PEOPLE.edda }));
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(paths.overview('acme'));
    await awake(page);
  });

  await test.step('skips to the content', async () => {
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
    await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeInViewport();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main')).toBeFocused();
  });

  await test.step('opens the palette, leaves it, and comes back to where the focus was', async () => {
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Search or go to' });
    await expect(palette.getByRole('combobox')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(palette).toBeHidden();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('new mod');
    await expect(palette.getByRole('option', { name: 'New model' })).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(paths.newModel('acme'));
  });

  await test.step('chooses the board and the grade with the arrows, and makes the model', async () => {
    await awake(page);
    const name = `keyboard-${Date.now().toString(36)}`;
    await expect(page.getByRole('textbox', { name: 'Display name' })).toBeFocused();
    await page.keyboard.press('Control+a');
    await page.keyboard.type(name);
    await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue(name);
    await tabTo(page.getByRole('radio', { name: /^signed/i }));
    await page.keyboard.press('ArrowLeft');
    await expect(page.getByRole('radio', { name: /^dangerous/i })).toBeChecked();
    await tabTo(page.getByRole('button', { name: 'Create model' }));
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(paths.model('acme', name));
    await expect(page.getByText('Version 1, not signed')).toBeVisible();
  });
});

test('the palette finds a page, a model and a theme', async ({ pageOf }) => {
  const page = await pageOf('vera');
  await page.goto(paths.overview('acme'));
  await awake(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('team');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(paths.team('acme'));
  await expect(page.getByRole('heading', { level: 1, name: 'Team' })).toBeVisible();

  await page.keyboard.press('Control+k');
  await page.keyboard.type('theme dark');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveClass(/\bdark\b/);
  await page.reload();
  await expect(page.locator('html')).toHaveClass(/\bdark\b/);

  await page.keyboard.press('Control+k');
  // A viewer cannot begin what a viewer may not do.
  await expect(page.getByRole('option', { name: 'Overview' })).toBeVisible();
  await expect(page.getByRole('option', { name: 'New model' })).toHaveCount(0);
});
