import { awake } from './awake';
import { test } from './people';
import { thingsOfAcme } from './things';
import { VIEWS } from './views';

/** For looking at: not part of the tests. */
const SIZES = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

for (const view of VIEWS) {
  test(view.name, async ({ contextOf, browser, baseURL }) => {
    test.setTimeout(300_000);
    const things = await thingsOfAcme((await contextOf('ada')).request, baseURL!);
    const page = await (view.person ? await contextOf(view.person) : await browser.newContext()).newPage();
    for (const size of SIZES) {
      if (view.narrow && size.width > 700) continue;
      await page.setViewportSize(size);
      await page.goto(view.at(things));
      await awake(page);
      await view.then?.(page);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `test-results/screenshots/${view.name}-${size.width}-${colorScheme}.png`, fullPage: view.then === undefined, animations: 'disabled' });
      }
    }
    await page.close();
  });
}
