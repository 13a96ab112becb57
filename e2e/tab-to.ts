import type { Locator } from '@playwright/test';
import { expect } from './people';

/** With the Tab key alone, as far as it takes; where one is must be seen. */
export async function tabTo(target: Locator, most = 60): Promise<void> {
  const page = target.page();
  for (let presses = 0; presses < most; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await expect(target).toBeFocused();
  expect(await target.evaluate((element) => element.matches(':focus-visible')), 'the focus is shown').toBe(true);
}
