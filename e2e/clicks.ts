import type { BrowserContext } from '@playwright/test';

/** Counts what a person's hand does in a context from now on, on our pages and on the issuer's. */
export async function countClicks(context: BrowserContext): Promise<() => number> {
  let clicks = 0;
  await context.exposeBinding('countClick', () => {
    clicks += 1;
  });
  await context.addInitScript(() => {
    addEventListener('click', (event) => event.isTrusted && (window as unknown as { countClick(): void }).countClick(), { capture: true });
  });
  return () => clicks;
}
