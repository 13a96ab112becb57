import { describe, expect, it } from 'vitest';
import { subjectHref } from './subject-link';

const href = (type: string, name: string, details = {}) => subjectHref('acme', { subject: { type, name }, details });

describe('the page of what an audit row is about', () => {
  it.each([
    ['key', 'acme-2026', '/acme/keys/acme-2026'],
    ['model', 'kiosk', '/acme/models/kiosk'],
    ['build', '12', '/acme/builds/12'],
    ['build-key', 'ab'.repeat(32), '/acme/keys'],
  ])('a %s', (type, name, expected) => expect(href(type, name)).toBe(expected));
  it('is that of the build for a link', () => expect(href('share', 'some-id', { build: 12 })).toBe('/acme/builds/12'));
  it('is none for a person, an unknown thing, or a build without a number', () => {
    expect(href('person', 'Ann')).toBeUndefined();
    expect(href('volcano', 'Etna')).toBeUndefined();
    expect(href('build', '../..')).toBeUndefined();
    expect(href('share', 'some-id')).toBeUndefined();
  });
});
