import { readFile } from 'node:fs/promises';
import type { Download, Page } from '@playwright/test';
import { api, paths } from '@/lib/paths';
import { visit } from './awake';
import { offlineMachine } from './offline-key';
import type { OfflineMachine } from './offline-key';
import { expect, test } from './people';
import { ask, enrol } from './things';

let machine: OfflineMachine;
test.beforeEach(async () => {
  machine = await offlineMachine();
});
test.afterEach(() => machine.leave());

const unique = (name: string): string => `${name}-${Date.now().toString(36)}`;
const textOf = async (download: Promise<Download>): Promise<{ name: string; text: string }> => {
  const file = await download;
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
};
const timestampOf = (json: string): string => (JSON.parse(json) as { timestamp: string }).timestamp;

const button = (page: Page, name: string) => page.getByRole('main').getByRole('button', { name, exact: true });
const preview = (page: Page) => page.getByRole('region', { name: /^Text of/ }).or(page.getByLabel('Assertion text'));
const tab = (page: Page, model: string, name: string) => page.getByRole('navigation', { name: `Parts of ${model}` }).getByRole('link', { name });

/** A model as somebody has it in a file, with headers that no editor knows. */
const brought = (name: string, more: object = {}) => ({
  type: 'model',
  'authority-id': 'another-brand',
  'brand-id': 'another-brand',
  series: '16',
  model: name,
  'display-name': 'From a file',
  architecture: 'amd64',
  base: 'core24',
  grade: 'dangerous',
  'x-factory': { line: ['three', 'four'] },
  revision: '7',
  timestamp: '2025-01-01T00:00:00Z',
  snaps: [
    { name: 'pc', type: 'gadget', 'default-channel': '24/stable', id: 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH' },
    { name: 'pc-kernel', type: 'kernel', 'default-channel': '24/stable', id: 'pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza' },
  ],
  ...more,
});

test('a model goes to a machine that has the key, and its signature comes back', async ({ contextOf, baseURL }) => {
  test.setTimeout(240_000);
  const ada = await contextOf('ada');
  const call = ask(ada.request, baseURL!);
  const [model, key] = [unique('outside'), unique('vault')];
  await call('POST', api.models('acme'), { template: 'amd64-core24', name: model, displayName: 'Outside', grade: 'dangerous' });
  expect(await enrol(call, 'acme', machine, key)).toMatchObject({ name: key, state: 'registered' });
  const page = await ada.newPage();
  await visit(page, paths.model('acme', model));
  let json = '';

  await test.step('asks: the JSON is fixed, with its revision and its time', async () => {
    await button(page, 'Sign').click();
    const dialog = page.getByRole('dialog', { name: 'Sign version 1' });
    await dialog.getByRole('radio', { name: new RegExp(`^${key}`) }).check();
    await expect(dialog.getByText(/Kept offline: you sign with snap sign/).first()).toBeVisible();
    await dialog.getByRole('button', { name: 'Show what to sign' }).click();
    const outside = page.getByRole('dialog', { name: `Sign revision 1 with ${key}` });
    await expect(outside.getByLabel('command', { exact: true })).toHaveText(`snap sign -k ${key} ${model}-r1.json > ${model}-r1.model`);
    await outside.getByRole('switch', { name: /snapd 2\.70 or newer/ }).click();
    await expect(outside.getByLabel('command', { exact: true })).toHaveText(`snap sign -k ${key} --update-timestamp ${model}-r1.json > ${model}-r1.model`);
    const file = textOf(page.waitForEvent('download'));
    await outside.getByRole('link', { name: `${model}-r1.json` }).click();
    const downloaded = await file;
    expect(downloaded.name).toBe(`${model}-r1.json`);
    json = downloaded.text;
    expect(JSON.parse(json)).toMatchObject({ type: 'model', model, revision: '1', grade: 'dangerous' });
    await outside.getByText('Show the JSON').click();
    await expect(outside.getByLabel(`${model}-r1.json`, { exact: true })).toHaveText(json);
    await outside.getByRole('button', { name: 'Later' }).click();
  });

  await test.step('waits under Versions', async () => {
    await tab(page, model, 'Versions').click();
    await expect(page.getByRole('table', { name: 'Waiting for a signature' })).toContainText(key);
    await button(page, 'Sign revision 1').click();
  });
  const dialog = page.getByRole('dialog', { name: `Sign revision 1 with ${key}` });
  const bring = async (text: string) => {
    await dialog.getByRole('textbox', { name: 'Signed model' }).fill(text);
    await dialog.getByRole('button', { name: 'Check and keep' }).click();
  };

  await test.step('refuses what was not asked for, header by header', async () => {
    await bring(await machine.sign(JSON.stringify({ ...(JSON.parse(json) as object), grade: 'signed', store: 'elsewhere' })));
    const alert = dialog.getByRole('alert');
    await expect(alert).toContainText('it does not say what was asked for');
    await expect(alert).toContainText('grade dangerous → signed');
    await expect(alert).toContainText('store elsewhere (was not set)');
  });

  await test.step('refuses what was touched after it was signed, and the JSON itself', async () => {
    await bring((await machine.sign(json)).replace('display-name: Outside', 'display-name: Inside'));
    await expect(dialog.getByRole('alert')).toContainText('The signature does not hold');
    await bring(json);
    await expect(dialog.getByRole('alert')).toContainText('This is the JSON that goes into snap sign');
  });

  await test.step('takes what was asked for, signed later', async () => {
    await bring(await machine.sign(json, { updateTimestamp: true }));
    await expect(dialog).toBeHidden();
    await expect(page.getByText('Version 1 is signed as revision 1.')).toBeVisible();
    await expect(page.getByRole('table', { name: 'Waiting for a signature' })).toBeHidden();
    await expect(page.getByRole('table', { name: 'Signatures' }).getByRole('row').filter({ hasText: key })).toBeVisible();
  });

  await test.step('gives it out as .model, and with its chain, which proves itself', async () => {
    const signed = textOf(page.waitForEvent('download'));
    await page.getByRole('link', { name: 'Download .model, revision 1' }).click();
    expect((await signed).name).toBe(`${model}-r1.model`);
    const chain = textOf(page.waitForEvent('download'));
    await page.getByRole('link', { name: 'Download with chain, revision 1' }).click();
    const { name, text } = await chain;
    expect(name).toBe(`${model}-r1-chain.assert`);
    expect(text.startsWith((await signed).text)).toBe(true);
    const read = await call<{ kind: string; proof: { verdict: string; links: { holds: boolean }[] } }>('POST', api.readModel('acme'), { text });
    expect(read).toMatchObject({ kind: 'chain', proof: { verdict: 'proven' } });
    expect(read.proof.links.length).toBeGreaterThan(1);
    expect(read.proof.links.every(({ holds }) => holds)).toBe(true);
  });

  await test.step('gives up another, whose number is not used again', async () => {
    await call('POST', api.signingRequests('acme', model), { version: 1, key });
    await page.reload();
    await button(page, 'Give up revision 2').click();
    await page.getByRole('alertdialog').or(page.getByRole('dialog')).getByRole('button', { name: 'Give up', exact: true }).click();
    await expect(page.getByRole('table', { name: 'Waiting for a signature' })).toBeHidden();
    expect(await call<{ revision: number }>('POST', api.signingRequests('acme', model), { version: 1, key })).toMatchObject({ revision: 3 });
  });
});

test('a model comes in from a file, as it is, and goes out again', async ({ pageOf }) => {
  const page = await pageOf('edda');
  const model = unique('brought');
  await visit(page, paths.models('acme'));
  await button(page, 'Import').click();
  const dialog = page.getByRole('dialog', { name: 'Import a model' });
  const read = async (text: string) => {
    await dialog.getByRole('textbox', { name: 'Model' }).fill(text);
    await dialog.getByRole('button', { name: 'Read it' }).click();
  };

  await test.step('says what is wrong with it', async () => {
    await read(JSON.stringify(brought(model, { revision: 7 })));
    await expect(dialog.getByRole('alert')).toContainText('revision is the number 7');
    await read(JSON.stringify(brought(model, { grade: 'perfect' })));
    await expect(dialog.getByRole('listitem').filter({ has: page.getByRole('img', { name: 'Must fix' }) }).first()).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Create model' })).toHaveAttribute('aria-disabled', 'true');
    await dialog.getByRole('button', { name: 'Another text' }).click();
  });

  await test.step('says what it proves and what is left out, from a file', async () => {
    await dialog.locator('input[type=file]').setInputFiles({ name: 'model.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(brought(model), undefined, 2)) });
    await dialog.getByRole('button', { name: 'Read it' }).click();
    await expect(dialog.getByRole('status')).toContainText('JSON without a signature');
    await expect(dialog).toContainText('This is a model of the brand “another-brand”');
    await expect(dialog).toContainText(/Set anew by Imprint when it is signed: .*revision, timestamp/);
    await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue(model);
    await dialog.getByRole('button', { name: 'Create model' }).click();
    await expect(page).toHaveURL(new RegExp(`${paths.model('acme', model)}$`));
    await expect(page.getByText('Version 1, not signed')).toBeVisible();
  });

  await test.step('goes out as JSON for snap sign, with what the editor does not know', async () => {
    await button(page, 'More actions').click();
    const file = textOf(page.waitForEvent('download'));
    await page.getByRole('menuitem', { name: 'Version 1 as JSON for snap sign' }).click();
    const { name, text } = await file;
    expect(name).toBe(`${model}-r1.json`);
    expect(JSON.parse(text)).toMatchObject({ type: 'model', model, revision: '1', 'x-factory': { line: ['three', 'four'] }, 'display-name': 'From a file' });
    expect(Math.abs(Date.now() - new Date(timestampOf(text)).getTime())).toBeLessThan(60_000);
  });

  await test.step('another comes into the editor, as a version of this one', async () => {
    await button(page, 'More actions').click();
    await page.getByRole('menuitem', { name: 'Import from a file' }).click();
    const into = page.getByRole('dialog', { name: 'Import from a file' });
    await into.getByRole('textbox', { name: 'Model' }).fill(JSON.stringify(brought('of-another-name', { grade: 'signed', 'x-factory': 'one' })));
    await into.getByRole('button', { name: 'Read it' }).click();
    await expect(into).toContainText('grade dangerous → signed');
    await into.getByRole('button', { name: 'Put into the editor' }).click();
    await expect(preview(page).first()).toContainText('x-factory: one');
    await button(page, 'Save version').click();
    await page.getByRole('dialog', { name: 'Save version 2' }).getByRole('button', { name: 'Save version' }).click();
    await expect(page.getByText('Version 2, not signed')).toBeVisible();
  });

  await test.step('comparing the two says what devices make of it, rule by rule', async () => {
    await tab(page, model, 'Versions').click();
    const remodel = page.getByRole('region', { name: 'Remodel' });
    await expect(remodel.getByRole('heading', { name: 'Devices cannot remodel' })).toBeVisible();
    await expect(remodel.getByRole('listitem').filter({ has: page.getByRole('img', { name: 'Blocked' }) })).toHaveCount(1);
    await expect(remodel).toContainText('grade dangerous → signed');
    await remodel.getByText(/^16 of 17 rules allow it/).click();
    await expect(remodel.getByRole('listitem')).toHaveCount(17);
    await expect(remodel).toContainText('The architecture stays.');
  });
});

test('who may not sign or edit is told so, and finds no way around', async ({ pageOf, contextOf, baseURL }) => {
  const page = await pageOf('vera');
  await visit(page, paths.models('acme'));
  await expect(button(page, 'Import')).toHaveAccessibleDescription(/^Your role is viewer\./);
  const answer = await (await contextOf('vera')).request.fetch(api.readModel('acme'), { method: 'POST', data: { text: '{}' }, headers: { origin: new URL(baseURL!).origin } });
  expect(answer.status()).toBe(403);
});
