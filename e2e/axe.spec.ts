import type { Page } from '@playwright/test';
import axe from 'axe-core';
import { awake } from './awake';
import { expect, test } from './people';
import { thingsOfAcme } from './things';
import { VIEWS } from './views';

const LOOKS = [
  { colorScheme: 'light', width: 1280, height: 800 },
  { colorScheme: 'dark', width: 390, height: 844 },
] as const;

for (const view of VIEWS) {
  test(`${view.name}: nothing stands in anybody’s way, and nothing fails`, async ({ contextOf, browser, baseURL }) => {
    test.setTimeout(240_000);
    const things = await thingsOfAcme((await contextOf('ada')).request, baseURL!);
    const context = view.person ? await contextOf(view.person) : await browser.newContext();
    const page = await context.newPage();
    const failures = watch(page, view.status);
    const looks = LOOKS.filter(({ width }) => !view.narrow || width < 700);
    await page.setViewportSize(looks[0]!);
    await page.goto(view.at(things));
    await awake(page);
    await view.then?.(page);
    for (const { colorScheme, width, height } of looks) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      expect(await findings(page), `${colorScheme}, ${width} px`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), 'width of the content').toBeLessThanOrEqual(width);
    }
    expect(failures).toEqual([]);
    await page.close();
  });
}

/** What a page says to the console, throws, or fails to load. Loads that a click has made needless do not count. */
function watch(page: Page, status: number | undefined): string[] {
  const failures: string[] = [];
  page.on('console', (message) => {
    const expected = status !== undefined && message.text().includes(`status of ${status}`);
    if (message.type() === 'error' && !expected) failures.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => failures.push(`thrown: ${error.message}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    if (why !== 'net::ERR_ABORTED') failures.push(`${request.url()}: ${why}`);
  });
  page.on('response', (response) => {
    const own = response.request().isNavigationRequest() && response.status() === status;
    if (response.status() >= 400 && !own) failures.push(`${response.url()}: ${response.status()}`);
  });
  return failures;
}

/** What axe finds of weight, each with the first elements it is about. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => axe.run({ resultTypes: ['violations'] }));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.slice(0, 5).map(({ html, failureSummary }) => `  ${html.slice(0, 200)}\n  ${failureSummary}`).join('\n')}`);
}
