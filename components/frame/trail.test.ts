import { describe, expect, it } from 'vitest';
import { sectionOf } from './sections';
import { trailOf } from './trail';

const acme = { slug: 'acme', name: 'Acme' };
const labels = (pathname: string) => trailOf(pathname, acme).map((crumb) => crumb.label);

describe('the trail of an address', () => {
  it.each([
    ['/acme', ['Acme', 'Overview']],
    ['/acme/keys', ['Acme', 'Keys']],
    ['/acme/keys/acme-2026', ['Acme', 'Keys', 'acme-2026']],
    ['/acme/builds/12', ['Acme', 'Builds', '#12']],
    ['/acme/models/new', ['Acme', 'Models', 'New model']],
    ['/acme/models/kiosk/versions', ['Acme', 'Models', 'kiosk', 'Versions']],
    ['/acme/models/kiosk/builds', ['Acme', 'Models', 'kiosk', 'Builds']],
  ])('%s', (pathname, expected) => expect(labels(pathname)).toEqual(expected));

  it('leads back to each step but the last', () => {
    const [brand, section] = trailOf('/acme/keys/acme-2026', acme);
    expect(brand?.href).toBe('/acme');
    expect(section?.href).toBe('/acme/keys');
  });
  it('shows a segment that cannot be decoded as it stands', () => expect(labels('/acme/snaps/%E0%A4%A')).toEqual(['Acme', 'Snaps', '%E0%A4%A']));
  it('says nothing of a section that it does not know', () => expect(labels('/acme/nowhere/at-all')).toEqual(['Acme']));
});

describe('the section of an address', () => {
  it.each([
    ['/acme', 'overview'],
    ['/acme/', 'overview'],
    ['/acme/builds/3', 'builds'],
    ['/acme/nowhere', undefined],
  ])('%s is %s', (pathname, section) => expect(sectionOf(pathname)).toBe(section));
});
