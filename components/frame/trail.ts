import { paths } from '@/lib/paths';
import type { Crumb } from '../ui/breadcrumbs';
import { SECTIONS } from './sections';

const PARTS: Record<string, string> = { new: 'New model', versions: 'Versions', builds: 'Builds', rotate: 'Replace' };

/** Segments of an address that no browser would send are shown as they stand. */
function readable(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}

/** Where an address of the console stands, as crumbs from the brand down. */
export function trailOf(pathname: string, brand: { slug: string; name: string }): Crumb[] {
  const [section, thing, part] = pathname.split('/').slice(2);
  const crumbs: Crumb[] = [{ label: brand.name, href: paths.overview(brand.slug) }];
  const room = SECTIONS.find((each) => each.name === section);
  if (!room) return section ? crumbs : [...crumbs, { label: 'Overview' }];
  crumbs.push({ label: room.label, href: room.href(brand.slug) });
  if (!thing) return crumbs;
  if (room.name === 'builds') return [...crumbs, { label: `#${readable(thing)}`, href: `${room.href(brand.slug)}/${thing}` }];
  const known = room.name === 'models' ? PARTS[thing] : undefined;
  crumbs.push({ label: known ?? readable(thing), href: `${room.href(brand.slug)}/${thing}`, mono: known === undefined });
  if (part && PARTS[part]) crumbs.push({ label: PARTS[part] });
  return crumbs;
}
