import { expect, test } from 'vitest';
import { normalizeLinks } from './links';

test('takes an address without a scheme as one of e-mail', () => {
  expect({ ...normalizeLinks({ contact: ['me@x.example', 'mailto:me@x.example', 'https://x.example'] }) }).toEqual({ contact: ['mailto:me@x.example', 'https://x.example'] });
});

test('leaves out what is no link, and kinds that are left with none', () => {
  expect({ ...normalizeLinks({ website: ['ftp://x', 'nobody', '', 'https://x/%zz', 'https://x\n'], '9': ['https://x'], '': ['https://x'], 'a-b': ['HTTPS://x'] }) }).toEqual({ 'a-b': ['HTTPS://x'] });
});

test('joins its sources in order', () => {
  expect({ ...normalizeLinks({ contact: ['a@b'] }, { contact: ['c@d', 'a@b'], website: ['https://x'] }) }).toEqual({ contact: ['mailto:a@b', 'mailto:c@d'], website: ['https://x'] });
});
