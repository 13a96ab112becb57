import type { Page } from '@playwright/test';
import { paths } from '@/lib/paths';
import type { Person } from './people';
import type { Things } from './things';

/** Something to look at: a page, or what opens over it. */
export type View = {
  name: string;
  /** Nobody is signed in when absent. */
  person?: Person;
  at: (things: Things) => string;
  status?: 404;
  /** What a hand does there before one looks. */
  then?: (page: Page) => Promise<void>;
  /** Only on a phone. */
  narrow?: true;
};

const click = (name: string | RegExp) => (page: Page) => page.getByRole('main').getByRole('button', { name }).first().click();

const bring = (way: string) => async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Bring a key' }).click();
  await page.getByRole('menuitem', { name: way }).click();
};

async function switchBrand(page: Page): Promise<void> {
  const menu = page.getByRole('button', { name: 'Open the menu' });
  if (await menu.isVisible()) await menu.click();
  await page.getByRole('button', { name: 'switch brand' }).click();
}

const STRANGERS: View[] = [
  { name: 'sign-in', at: () => paths.signIn() },
  { name: 'sign-in-failed', at: () => `${paths.signIn()}?error=OAuthCallback` },
  { name: 'signed-out', at: () => paths.signedOut() },
  { name: 'share', at: ({ link }) => link },
  { name: 'share-not-found', at: () => paths.share('no-such-link', 'x'), status: 404 },
  { name: 'not-found', at: () => '/no/such/page', status: 404 },
];

const PAGES: Omit<View, 'person'>[] = [
  { name: 'overview', at: () => paths.overview('acme') },
  { name: 'models', at: () => paths.models('acme') },
  { name: 'model-new', at: () => paths.newModel('acme') },
  { name: 'model', at: ({ model }) => paths.model('acme', model) },
  { name: 'model-versions', at: ({ model }) => paths.modelVersions('acme', model) },
  { name: 'model-builds', at: ({ model }) => paths.modelBuilds('acme', model) },
  { name: 'keys', at: () => paths.keys('acme') },
  { name: 'key', at: ({ key }) => paths.key('acme', key) },
  { name: 'builds', at: () => paths.builds('acme') },
  { name: 'builds-none-found', at: () => `${paths.builds('acme')}?state=failed&q=no-such-model` },
  { name: 'build', at: ({ build }) => paths.build('acme', build) },
  { name: 'build-cancelled', at: ({ cancelled }) => paths.build('acme', cancelled) },
  { name: 'snaps', at: () => paths.snaps('acme') },
  { name: 'team', at: () => paths.team('acme') },
  { name: 'tokens', at: () => paths.tokens('acme') },
  { name: 'token-dialog', at: () => `${paths.tokens('acme')}?new=true` },
  { name: 'token-revoke-dialog', at: () => paths.tokens('acme'), then: click(/^Revoke /) },
  { name: 'audit', at: () => paths.audit('acme') },
  { name: 'brand-not-found', at: () => paths.model('acme', 'no-such-model'), status: 404 },
  { name: 'key-dialog', at: () => `${paths.keys('acme')}?new=true` },
  { name: 'build-key-dialog', at: () => paths.keys('acme'), then: click('New build key') },
  { name: 'key-retire-dialog', at: ({ key }) => paths.key('acme', key), then: click('Retire') },
  { name: 'key-rotate', at: ({ key }) => paths.rotateKey('acme', key) },
  { name: 'key-backup-dialog', at: ({ key }) => paths.key('acme', key), then: click('Make a backup') },
  { name: 'key-drill-dialog', at: ({ key }) => paths.key('acme', key), then: click('Restore drill') },
  { name: 'key-import-dialog', at: () => paths.keys('acme'), then: bring('Import from a file') },
  { name: 'key-offline-dialog', at: () => paths.keys('acme'), then: bring('Enrol a key that stays offline') },
  { name: 'key-external-dialog', at: () => paths.keys('acme'), then: bring('Use a key in a token') },
  { name: 'snap-dialog', at: () => `${paths.snaps('acme')}?snap=pc`, then: (page) => page.getByRole('dialog').getByRole('table').waitFor() },
  { name: 'snap-add-dialog', at: ({ model }) => paths.model('acme', model), then: click('Add snap') },
  {
    name: 'save-dialog',
    at: ({ model }) => paths.model('acme', model),
    then: async (page) => {
      await page.getByRole('textbox', { name: 'Display name' }).fill('Another name');
      await click('Save version')(page);
    },
  },
  { name: 'import-dialog', at: () => paths.models('acme'), then: click('Import') },
  { name: 'model-menu', at: ({ model }) => paths.model('acme', model), then: click('More actions') },
  { name: 'sign-outside-dialog', at: ({ model }) => paths.modelVersions('acme', model), then: click(/^Sign revision /) },
  { name: 'sign-dialog', at: ({ model }) => paths.model('acme', model), then: click('Sign again') },
  { name: 'share-dialog', at: ({ build }) => `${paths.build('acme', build)}?share=true` },
  { name: 'keep-dialog', at: ({ build }) => paths.build('acme', build), then: click('Keep') },
  { name: 'retention-dialog', at: () => paths.builds('acme'), then: click('Set retention') },
  { name: 'palette', at: () => paths.overview('acme'), then: (page) => page.keyboard.press('Control+k') },
  { name: 'menu', at: () => paths.overview('acme'), narrow: true, then: (page) => page.getByRole('button', { name: 'Open the menu' }).click() },
];

export const VIEWS: View[] = [
  ...STRANGERS,
  ...PAGES.map((page) => ({ ...page, person: 'ada' as const })),
  // Another brand, which has nothing yet.
  { name: 'empty-overview', person: 'gloria', at: () => paths.overview('globex') },
  { name: 'empty-models', person: 'gloria', at: () => paths.models('globex') },
  { name: 'empty-keys', person: 'gloria', at: () => paths.keys('globex') },
  { name: 'empty-builds', person: 'gloria', at: () => paths.builds('globex') },
  { name: 'empty-tokens', person: 'gloria', at: () => paths.tokens('globex') },
  // Who may only look.
  { name: 'token-dialog-of-a-viewer', person: 'vera', at: () => `${paths.tokens('acme')}?new=true` },
  { name: 'model-of-a-viewer', person: 'vera', at: ({ model }) => paths.model('acme', model) },
  { name: 'build-of-an-auditor', person: 'aron', at: ({ build }) => paths.build('acme', build) },
  { name: 'audit-of-a-viewer', person: 'vera', at: () => paths.audit('acme') },
  { name: 'two-brands', person: 'bianca', at: () => paths.overview('acme'), then: switchBrand },
];
