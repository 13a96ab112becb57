import { test as base } from '@playwright/test';
import type { BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import { paths } from '@/lib/paths';

/** The demo people of the embedded issuer, by the names on its buttons. */
export const PEOPLE = {
  ada: 'Ada Okafor',
  sam: 'Sam Rivera',
  edda: 'Edda Lindqvist',
  ben: 'Ben Tanaka',
  vera: 'Vera Novak',
  aron: 'Aron Haddad',
  gloria: 'Gloria Meyer',
  viktor: 'Viktor Silva',
  bianca: 'Bianca Rossi',
} as const;
export type Person = keyof typeof PEOPLE;

/** From the sign-in page to where it leads, as a person does it: two clicks. */
export async function signIn(page: Page, person: Person): Promise<void> {
  await page.getByRole('button', { name: /^Continue with/ }).click();
  await page.getByRole('button', { name: PEOPLE[person] }).click();
  await page.getByRole('navigation', { name: 'Sections' }).waitFor();
}

type Session = Awaited<ReturnType<BrowserContext['storageState']>>;
type Options = Omit<BrowserContextOptions, 'storageState'>;

/** Where the console keeps its data, when it is a console of the tests' own. */
export type ConsoleOptions = { dataDir: string | undefined };

type Fixtures = {
  /** A browser of its own in which the person is signed in. */
  contextOf: (person: Person, options?: Options) => Promise<BrowserContext>;
  pageOf: (person: Person, options?: Options) => Promise<Page>;
};

/** Everybody signs in once and keeps the session for the tests that follow. */
export const test = base.extend<Fixtures & ConsoleOptions, { sessions: Map<Person, Session> }>({
  dataDir: [undefined, { option: true }],
  sessions: [
    async ({}, provide) => {
      await provide(new Map());
    },
    { scope: 'worker' },
  ],
  contextOf: async ({ browser, sessions }, provide) => {
    const open: BrowserContext[] = [];
    const start = async (options: BrowserContextOptions = {}) => {
      const context = await browser.newContext(options);
      open.push(context);
      return context;
    };
    await provide(async (person, options) => {
      if (!sessions.has(person)) {
        const context = await start();
        const page = await context.newPage();
        await page.goto(paths.signIn());
        await signIn(page, person);
        sessions.set(person, await context.storageState());
      }
      return start({ ...options, storageState: sessions.get(person) });
    });
    for (const context of open) await context.close();
  },
  pageOf: async ({ contextOf }, provide) => {
    await provide(async (person, options) => (await contextOf(person, options)).newPage());
  },
});

export { expect } from '@playwright/test';
