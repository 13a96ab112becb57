import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';
import type { ConsoleOptions } from './e2e/people';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Browser tests run against the console at IMPRINT_URL, which `npm test` starts. `newcomer` wants its data fresh, so it comes first;
 * `screenshots` is for looking at: `npx playwright test --project screenshots`.
 */
export default defineConfig<ConsoleOptions>({
  testDir: './e2e',
  timeout: 90_000,
  expect: { timeout: 10_000 },
  // One console, two processors: journeys one after the other.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  outputDir: 'test-results/browser',
  reporter: [['list']],
  projects: [
    { name: 'newcomer', testMatch: 'journey.spec.ts' },
    // Only `npm test` knows where its console keeps its logs, and gives it a token.
    { name: 'console', testMatch: '*.spec.ts', testIgnore: ['journey.spec.ts', 'screenshots.spec.ts'], grepInvert: process.env.IMPRINT_TEST_DATA ? undefined : /@logs|@token/ },
    { name: 'screenshots', testMatch: 'screenshots.spec.ts' },
  ],
  use: {
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    baseURL: process.env.IMPRINT_URL ?? 'http://localhost:3000',
    dataDir: process.env.IMPRINT_TEST_DATA,
    locale: 'en-GB',
    timezoneId: 'UTC',
    // Dialogs that fade in would be measured half-way.
    contextOptions: { reducedMotion: 'reduce' },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? CHROMIUM.find((path) => existsSync(path)) ?? CHROMIUM[0],
      args: ['--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
});
