import type { ComponentProps } from 'react';

/** Marks where the header at `path` is edited, so that a problem can lead there. */
export const At = ({ path, ...rest }: ComponentProps<'div'> & { path: string }) => <div data-header={path} {...rest} />;

/** Brings the place of a header into sight and its control into focus; the nearest place that contains it when it has none of its own. */
export function goTo(path: string): void {
  const places = [...document.querySelectorAll<HTMLElement>('[data-header]')].filter(({ dataset }) => covers(dataset.header!, path));
  const place = places.sort((a, b) => b.dataset.header!.length - a.dataset.header!.length)[0];
  if (!place) return;
  const details = place.closest('details');
  if (details) details.open = true;
  place.scrollIntoView({ block: 'center' });
  place.querySelector<HTMLElement>('input:not([type=hidden]):not(:disabled), select, textarea, button')?.focus({ preventScroll: true });
}

const covers = (place: string, path: string): boolean => path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`);
