import { statSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { api, paths } from '@/lib/paths';
import { layCable } from './cable';
import { countClicks } from './clicks';
import { sha256OfFile } from './digest';
import { expect, signIn, test } from './people';

/** Nine stages on a machine that tests other things beside. */
const BUILD_MS = 120_000;
const STAGES = 9;
const SHA256 = /^[0-9a-f]{64}$/;

test.describe.configure({ mode: 'serial' });

test('a newcomer comes from the sign-in page to a running build with seven clicks, downloads the image and shares it', async ({ page, context, browser }) => {
  test.setTimeout(300_000);
  const clicks = await countClicks(context);

  await test.step('signs in', async () => {
    await page.goto(paths.home());
    await expect(page.getByRole('heading', { name: 'Sign in to Imprint' })).toBeVisible();
    await signIn(page, 'ada');
    await expect(page.getByText('0 of 4 done'), 'this journey wants a console with fresh data').toBeVisible();
  });

  await test.step('creates and registers a key', async () => {
    await page.getByRole('link', { name: 'New key' }).click();
    await page.getByRole('button', { name: 'Create and register key' }).click();
    await expect(page.getByText('is generated and sealed')).toBeVisible({ timeout: 60_000 });
    await expect(page.getByText(/^acme-\d{4} is registered$/)).toBeVisible({ timeout: 30_000 });
  });

  await test.step('makes a model from the template that is chosen already', async () => {
    await page.getByRole('dialog').getByRole('link', { name: 'New model' }).click();
    await expect(page.getByRole('radio', { name: /^PC, amd64, Ubuntu Core 24/ })).toBeChecked();
    await page.getByRole('button', { name: 'Create model' }).click();
    await expect(page.getByText('Version 1, not signed')).toBeVisible();
    await expect(page.getByText('Nothing to fix: it can be signed.')).toBeVisible();
  });

  await test.step('signs it and asks for an image', async () => {
    await page.getByRole('button', { name: 'Sign and build' }).click();
    await expect(page.getByRole('heading', { name: 'Build #1' })).toBeVisible({ timeout: 30_000 });
    expect(clicks(), 'clicks from the sign-in page to a running build').toBeLessThanOrEqual(7);
    expect(clicks(), 'clicks that were counted').toBeGreaterThan(2);
  });

  await test.step('watches the stages; a reload in the middle forgets nothing', async () => {
    await expect(stages(page)).toHaveCount(STAGES);
    await expect(doneStages(page)).not.toHaveCount(0, { timeout: BUILD_MS });
    const before = await doneStages(page).count();
    await page.reload();
    await expect(stages(page)).toHaveCount(STAGES);
    expect(await doneStages(page).count()).toBeGreaterThanOrEqual(before);
    await expect(doneStages(page)).toHaveCount(STAGES, { timeout: BUILD_MS });
    await expect(state(page, 'Built')).toBeVisible();
    await expect(log(page)).toContainText('Model acme-pc revision 1 is signed by acme');
    await expect(log(page)).toContainText('Published as acme-pc-r1-build1');
    await expect(page.getByText('Not valid for production')).toBeVisible();
  });

  const file = page.getByRole('listitem').filter({ hasText: 'Compressed image' });
  const fileName = (await file.getByText(/\.img\.zst$/).textContent())!;
  const sha256 = await shownDigest(file);

  await test.step('downloads the image, and it is the one whose checksum is shown', async () => {
    const downloading = page.waitForEvent('download');
    await file.getByRole('link', { name: `Download ${fileName}` }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(fileName);
    expect(await sha256OfFile(await download.path())).toBe(sha256);
  });

  await test.step('sees the checksum of the raw image as soon as it is known', async () => {
    const raw = page.getByRole('listitem').filter({ hasText: 'Raw image' });
    await expect(raw.getByTitle(SHA256)).toBeVisible({ timeout: BUILD_MS });
    expect(await shownDigest(raw)).not.toBe(sha256);
  });

  const rawSha256 = await shownDigest(page.getByRole('listitem').filter({ hasText: 'Raw image' }));
  const keyId = await test.step('sees the signed provenance as soon as every checksum is known, and by which key', async () => {
    await expect(page.getByRole('link', { name: 'Download acme-pc-r1-build1.provenance.json' })).toBeVisible({ timeout: BUILD_MS });
    for (const name of ['SHA256SUMS', ...['build-key.pem', 'lock.json', 'manifest.json', 'seed.manifest', 'spdx.json', 'cdx.json', 'model', 'assertions'].map((ending) => `acme-pc-r1-build1.${ending}`)]) await expect(page.getByRole('link', { name: `Download ${name}`, exact: true })).toBeVisible();
    await expect(page.getByLabel('command that checks the evidence', { exact: true })).toContainText('evidence verify --build-key downloads/acme-pc-r1-build1.build-key.pem');
    const [key] = ((await (await page.request.get(api.buildKeys('acme'))).json()) as { items: { keyId: string }[] }).items;
    await expect(page.getByTitle(key!.keyId)).toBeVisible();
    return key!.keyId;
  });

  const link = await test.step('creates a link', async () => {
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('textbox', { name: 'Note' }).fill('For the bench in Brno');
    await page.getByRole('button', { name: 'Create link' }).click();
    await expect(page.getByText('The link is ready')).toBeVisible();
    return page.getByRole('textbox', { name: 'Link' }).inputValue();
  });
  await page.getByRole('button', { name: 'Done' }).click();

  const stranger = await browser.newContext();
  const visit = await stranger.newPage();
  await test.step('a stranger with the link sees what it is, and what it is not for', async () => {
    await visit.goto(link);
    await expect(visit.getByRole('heading', { level: 1, name: 'Acme PC' })).toBeVisible();
    await expect(visit.getByText('For the bench in Brno')).toBeVisible();
    await expect(visit.getByText('Not valid for production')).toBeVisible();
    await expect(visit.getByText(sha256, { exact: true })).toBeVisible();
    const inside = visit.getByRole('region', { name: 'Snaps in the image' });
    for (const snap of ['snapd', 'pc-kernel', 'core24', 'pc']) await expect(inside.getByText(snap, { exact: true })).toBeVisible();
  });

  await test.step('the stranger gets the evidence too, and a list for Raspberry Pi Imager', async () => {
    await expect(visit.getByTitle(keyId)).toBeVisible();
    const sums = (await visit.getByRole('link', { name: 'Download SHA256SUMS' }).getAttribute('href'))!;
    expect(await (await stranger.request.get(sums)).text()).toContain(`${sha256}  ${fileName}\n`);
    await visit.getByText('Raspberry Pi Imager, on any system').click();
    const open = new URL((await visit.getByRole('link', { name: 'Open in Raspberry Pi Imager' }).getAttribute('href'))!);
    const answer = await stranger.request.get(open.searchParams.get('repo')!);
    expect([answer.status(), answer.headers()['content-disposition']]).toEqual([200, 'attachment; filename="acme-pc-r1-build1.rpi-imager-manifest"']);
    const { os_list } = (await answer.json()) as { os_list: { url: string; extract_sha256: string; image_download_size: number }[] };
    expect(os_list).toMatchObject([{ extract_sha256: rawSha256 }]);
    expect((await stranger.request.head(os_list[0]!.url)).headers()['content-length']).toBe(String(os_list[0]!.image_download_size));
  });

  const address = (await visit.getByRole('link', { name: /^Download image/ }).getAttribute('href'))!;
  await test.step('the stranger downloads it, whole and in parts', async () => {
    const downloading = visit.waitForEvent('download');
    await visit.getByRole('link', { name: /^Download image/ }).click();
    const path = await (await downloading).path();
    expect(await sha256OfFile(path)).toBe(sha256);

    const size = statSync(path).size;
    const part = await stranger.request.get(address, { headers: { range: `bytes=${size - 1000}-` } });
    expect(part.status()).toBe(206);
    expect(part.headers()).toMatchObject({ 'content-range': `bytes ${size - 1000}-${size - 1}/${size}`, 'content-length': '1000', 'accept-ranges': 'bytes' });
    expect((await part.body()).byteLength).toBe(1000);
    const head = await stranger.request.head(address);
    expect(head.headers()).toMatchObject({ 'content-length': String(size) });
    const same = await stranger.request.get(address, { headers: { 'if-none-match': head.headers().etag! } });
    expect(same.status()).toBe(304);
    const beyond = await stranger.request.get(address, { headers: { range: `bytes=${size}-` } });
    expect(beyond.status()).toBe(416);
  });

  await test.step('the brand sees who opened it, and takes the link back', async () => {
    await page.reload();
    const shared = page.getByRole('listitem').filter({ hasText: 'For the bench in Brno' });
    await shared.getByText(/^Opened \d+ times/).click();
    await expect(shared.getByText('page', { exact: true }).first()).toBeVisible();
    await expect(shared.getByText(fileName).first()).toBeVisible();
    await shared.getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('button', { name: 'Revoke link' }).click();
    await expect(shared.getByText('Revoked', { exact: true })).toBeVisible();
  });

  await test.step('the link no longer opens and tells nothing; an unknown one answers alike', async () => {
    const answer = await visit.goto(link);
    expect(answer!.status()).toBe(404);
    await expect(visit.getByRole('heading', { name: 'This link does not work' })).toBeVisible();
    const words = await visit.getByRole('main').innerText();
    const html = await answer!.text();
    for (const secret of ['Acme', 'acme-pc', 'Brno', sha256, fileName, 'pc-kernel']) expect(html).not.toContain(secret);

    const list = await stranger.request.get(paths.shareImager(new URL(link).pathname.split('/').at(-1)!, new URL(link).searchParams.get('t')!));
    expect([list.status(), ((await list.json()) as { error: { code: string } }).error.code]).toEqual([404, 'not-found']);
    const download = await stranger.request.get(address, { headers: { accept: 'application/json' } });
    expect(download.status()).toBe(404);
    expect(await download.text()).not.toContain(fileName);

    const unknown = new URL(link);
    unknown.searchParams.set('t', 'A'.repeat(unknown.searchParams.get('t')!.length));
    expect((await visit.goto(unknown.href))!.status()).toBe(404);
    expect(await visit.getByRole('main').innerText()).toBe(words);
  });
  await stranger.close();

  await test.step('every step is ticked', async () => {
    await page.goto(paths.overview('acme'));
    await expect(page.getByRole('heading', { level: 1, name: 'Acme' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'First steps' })).toBeHidden();
    await expect(page.getByRole('region', { name: 'Latest builds', exact: true }).first()).toContainText('Built');
  });
});

test('a page that has lost its connection catches up by itself', async ({ contextOf, baseURL }) => {
  test.setTimeout(300_000);
  const cable = await layCable();
  const page = await (await contextOf('ada', { proxy: cable.proxy })).newPage();
  const { request } = await contextOf('ada');
  const ask = async () => {
    const answer = await request.post(api.builds('acme'), { headers: { origin: baseURL! }, data: { model: 'acme-pc' } });
    expect(answer.status()).toBe(201);
    return ((await answer.json()) as { number: number }).number;
  };
  const stateOf = async (number: number) => ((await (await request.get(api.build('acme', number))).json()) as { state: string }).state;

  await page.goto(paths.builds('acme'));
  // Those before it keep the worker busy until its page is there.
  for (let ahead = 0; ahead < 3; ahead += 1) await ask();
  const number = await ask();
  await page.goto(paths.build('acme', number));
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await expect(state(page, 'Queued')).toBeVisible();

  cable.pull();
  await expect(page.getByText('Connection lost, trying again')).toBeVisible();
  await expect.poll(() => stateOf(number), { timeout: BUILD_MS }).toBe('succeeded');
  await expect(state(page, 'Queued')).toBeVisible();

  cable.plug();
  await expect(state(page, 'Built')).toBeVisible({ timeout: 60_000 });
  await expect(doneStages(page)).toHaveCount(STAGES);
  await expect(log(page)).toContainText('Model acme-pc revision 1 is signed by acme');
  await expect(log(page)).toContainText(`Published as acme-pc-r1-build${number}`);
  await page.close();
  await cable.close();
});

const state = (page: Page, word: string): Locator => page.getByRole('main').getByText(word, { exact: true });
const stages = (page: Page, word = /^(?:Waiting|Running|Done|Failed|Cancelled)$/): Locator => page.getByRole('listitem').filter({ has: page.getByRole('img', { name: word }) });
const doneStages = (page: Page): Locator => stages(page, /^Done$/);
const log = (page: Page): Locator => page.getByRole('list', { name: /^Build log, \d+ lines/ });
const shownDigest = async (file: Locator): Promise<string> => (await file.getByTitle(SHA256).getAttribute('title'))!;
