import type { ImagesKept } from '@/lib/api/retention';
import { formatDay } from '../ui/format';

/** `for 90 days`, `for a year`, `for good`. */
export function forDays(days: number | null): string {
  if (days === null) return 'for good';
  if (days === 1) return 'for a day';
  return days === 365 ? 'for a year' : `for ${days} days`;
}

/** `Kept until 12 Feb 2027`, and what decides that. */
export function keptWords(kept: ImagesKept): { fact: string; why: string } {
  if (kept.state === 'gone') return { fact: `Gone since ${formatDay(kept.at)}`, why: kept.because === 'expired' ? 'Their time had come. Build again to have them back.' : 'Somebody deleted them. Build again to have them back.' };
  const fact = kept.until === null ? 'Kept for good' : `Kept until ${formatDay(kept.until)}`;
  const why = {
    brand: 'As all images of the brand.',
    notice: 'The brand’s rule was changed; nothing goes within a week of that.',
    extended: 'Longer than others: somebody asked for it.',
    link: 'As long as a link to them works.',
    pinned: kept.pinned ? `Pinned by ${kept.pinned.by.name} on ${formatDay(kept.pinned.at)}.` : 'Pinned.',
  } satisfies Record<typeof kept.because, string>;
  return { fact, why: why[kept.because] };
}
