import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { SharedBuild } from '@/lib/api/shares';
import { SharedPage } from './shared-page';

const BUILD: SharedBuild = {
  id: 'a',
  brandName: 'Acme',
  model: 'kiosk',
  modelDisplayName: 'Acme Kiosk',
  architecture: 'arm64',
  base: 'core24',
  grade: 'dangerous',
  revision: 3,
  builtAt: '2026-02-03T04:05:06Z',
  expiresAt: '2026-03-03T04:05:06Z',
  note: '',
  production: true,
  warnings: [],
  artifacts: [],
  proof: { state: 'none', keyId: null },
  snaps: [],
};
const pageOf = (build: Partial<SharedBuild>) =>
  renderToStaticMarkup(
    createElement(SharedPage, { build: { ...BUILD, ...build }, token: 't', system: 'linux', base: 'https://a' }),
  );

it('tells whoever flashes the image of every warning, also of two with one code', () => {
  const warnings = ['The volume a needs 6.', 'The volume b needs 7.'].map(
    (message) => ({ code: 'mbr-too-many', message }) as const,
  );
  const page = pageOf({ warnings });
  for (const { message } of warnings) expect(page).toContain(message);
  expect(page.match(/aria-label="Warning"/g)).toHaveLength(3);
  expect(pageOf({}).match(/aria-label="Warning"/g)).toHaveLength(1);
});
