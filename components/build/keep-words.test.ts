import { expect, test } from 'vitest';
import { forDays, keptWords } from './keep-words';

test('says for how long', () => {
  expect([1, 90, 365, null].map(forDays)).toEqual(['for a day', 'for 90 days', 'for a year', 'for good']);
});

test('says until when, and why', () => {
  const kept = { state: 'kept', until: '2027-02-12T10:00:00Z', because: 'brand', pinned: null } as const;
  expect(keptWords(kept)).toEqual({ fact: 'Kept until 12 Feb 2027', why: 'As all images of the brand.' });
  expect(keptWords({ ...kept, until: null, because: 'pinned', pinned: { at: '2026-11-28T10:00:00Z', by: { name: 'Ada Okafor', email: null } } })).toEqual({ fact: 'Kept for good', why: 'Pinned by Ada Okafor on 28 Nov 2026.' });
  expect(keptWords({ state: 'gone', at: '2027-02-12T10:00:00Z', because: 'expired' }).fact).toBe('Gone since 12 Feb 2027');
});
