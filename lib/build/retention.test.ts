import { describe, expect, it } from 'vitest';
import { keptUntil } from './retention';
import type { Keeping } from './retention';

const day = (iso: string) => new Date(`${iso}T12:00:00Z`);
const plain: Keeping = { builtAt: day('2026-11-14'), keepImagesDays: 90, keepImagesSince: day('2026-01-01'), pinned: false, extendedUntil: null, linkedUntil: null };

describe('images are kept', () => {
  it.each<[string, Partial<Keeping>, string | null, string]>([
    ['as long as the brand says', {}, '2027-02-12', 'brand'],
    ['for good where the brand says so', { keepImagesDays: null, extendedUntil: day('2027-01-01') }, null, 'brand'],
    ['for good while they are pinned', { pinned: true, extendedUntil: day('2027-01-01') }, null, 'pinned'],
    ['longer when somebody extended it', { extendedUntil: day('2027-05-01') }, '2027-05-01', 'extended'],
    ['no shorter when what they were extended to comes first', { extendedUntil: day('2027-01-01') }, '2027-02-12', 'brand'],
    ['until the last link ends', { linkedUntil: day('2027-03-01') }, '2027-03-01', 'link'],
    ['no shorter for a link that ends earlier, or has ended', { linkedUntil: day('2026-11-15') }, '2027-02-12', 'brand'],
    ['until the later of link and extension', { linkedUntil: day('2027-03-01'), extendedUntil: day('2027-03-02') }, '2027-03-02', 'extended'],
    ['for a week at least after the brand said something else', { builtAt: day('2020-01-01'), keepImagesSince: day('2026-12-01') }, '2026-12-08', 'notice'],
  ])('%s', (_, change, until, because) => {
    expect(keptUntil({ ...plain, ...change })).toEqual({ until: until === null ? null : day(until), because });
  });
});
