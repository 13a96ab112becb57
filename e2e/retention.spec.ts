import { api, paths } from '@/lib/paths';
import { visit } from './awake';
import { expect, test } from './people';
import { ask, thingsOfAcme } from './things';

test.beforeEach(() => test.setTimeout(240_000));

test('an owner pins the images of a build, nobody deletes them then, and unpins them again', async ({ contextOf, baseURL }) => {
  const context = await contextOf('ada');
  const things = await thingsOfAcme(context.request, baseURL!);
  const headers = { origin: new URL(baseURL!).origin };
  // Whatever a run before this one left; refused when there is nothing to take back.
  await context.request.post(api.keepImages('acme', things.build), { headers, data: { keep: 'brand' } });
  const page = await context.newPage();
  await visit(page, paths.build('acme', things.build));
  const facts = page.getByRole('complementary', { name: 'Facts and files' });
  await expect(facts.getByText(/^Kept until \d+ \w+ \d{4}/)).toBeVisible();

  await test.step('pins', async () => {
    await facts.getByRole('button', { name: 'Keep' }).click();
    await expect(page.getByRole('radio', { name: 'Pin them' })).toBeChecked();
    await expect(page.getByRole('radio', { name: 'As long as the brand says' })).toBeDisabled();
    await page.getByRole('button', { name: 'Keep images' }).click();
    await expect(facts.getByText('Kept for good')).toBeVisible();
    await expect(facts.getByText('Pinned by Ada Okafor')).toBeVisible();
  });

  await test.step('cannot delete them, and reads why', async () => {
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await expect(page.getByRole('menuitem', { name: 'Delete images' })).toContainText('The images are pinned.');
    await page.keyboard.press('Escape');
    const refused = await context.request.delete(api.buildArtifacts('acme', things.build), { headers });
    expect(refused.status()).toBe(409);
  });

  await test.step('unpins, and asks for a year instead', async () => {
    await page.reload();
    await facts.getByRole('button', { name: 'Unpin' }).click();
    await page.getByRole('radio', { name: 'A year from today' }).check();
    await page.getByRole('button', { name: 'Keep images' }).click();
    await expect(facts.getByText('Longer than others: somebody asked for it.')).toBeVisible();
    await facts.getByRole('button', { name: 'Keep' }).click();
    await page.getByRole('radio', { name: 'As long as the brand says' }).check();
    await page.getByRole('button', { name: 'Keep images' }).click();
    await expect(facts.getByText(/^As (all images of the brand|long as a link to them works)\.$/)).toBeVisible();
  });
  await page.close();
});

test('an owner says how long images are kept, and who may only look sees it and why they cannot', async ({ contextOf, baseURL }) => {
  const context = await contextOf('ada');
  await thingsOfAcme(context.request, baseURL!);
  const page = await context.newPage();
  await visit(page, paths.builds('acme'));
  await expect(page.getByText(/Images are kept for 90 days; those of .+ take .+ of disk/)).toBeVisible();
  await page.getByRole('button', { name: 'Set retention' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Keep images' }).selectOption('for 30 days');
  await expect(dialog.getByText('goes in 7 days: pin what has to stay')).toBeVisible();
  await dialog.getByRole('button', { name: 'Set retention' }).click();
  await expect(page.getByText(/Images are kept for 30 days;/)).toBeVisible();
  await ask(context.request, baseURL!)('POST', api.retention('acme'), { keepImagesDays: 90 });
  await page.close();

  const viewer = await (await contextOf('vera')).newPage();
  await visit(viewer, paths.builds('acme'));
  await expect(viewer.getByText(/Images are kept for 90 days/)).toBeVisible();
  await expect(viewer.getByRole('button', { name: 'Set retention' })).toHaveAccessibleDescription(/Your role is viewer/);
  await viewer.close();
});
