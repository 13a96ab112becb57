import type { Page } from '@playwright/test';
import { expect } from './people';

/** Waits until a page has all its data and its buttons answer: a click before that would be lost. */
export async function awake(page: Page): Promise<void> {
  await expect(page.locator('h1').first()).toBeVisible();
  await expect(page.locator('[class*="animate-pulse"]')).toHaveCount(0);
  // React notes its own fibre on each element that it has taken over.
  await page.waitForFunction(() => [...document.querySelectorAll('main :is(a, button, input)')].every((element) => Object.keys(element).some((key) => key.startsWith('__react'))));
}

export async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await awake(page);
}
