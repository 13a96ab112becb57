import { expect, it } from 'vitest';
import { suggestDisplayName } from './suggest-display-name';

it('suggests the brand and its board', () => {
  expect(suggestDisplayName('Acme', 'PC', [])).toBe('Acme PC');
});

it('counts on until the name is free', () => {
  expect(suggestDisplayName('Acme', 'PC', ['acme-pc', 'acme-pc-2'])).toBe('Acme PC 3');
});

it('suggests something for a brand that no name can be made of', () => {
  expect(suggestDisplayName('Ж', 'PC', ['pc'])).toBe('Ж PC 2');
});
