import { describe, expect, it } from 'vitest';
import type { Headers, HeaderValue } from '../assertion/assertion';
import { allowedByConstraints } from './constraints';

const allowed = (wanted: Headers, headers: Headers): boolean => allowedByConstraints([{ headers: wanted }], headers);

describe("a key's constraints", () => {
  it('allow everything when there are none, and nothing when they cannot be read', () => {
    expect(allowedByConstraints(undefined, {})).toBe(true);
    for (const odd of ['x', {}, [], ['x'], [{}], [{ headers: 'x' }]] as HeaderValue[]) expect(allowedByConstraints(odd, { type: 'model' })).toBe(false);
  });

  it('match whole values', () => {
    expect(allowed({ model: 'a|bc' }, { model: 'bc' })).toBe(true);
    expect(allowed({ model: 'a|bc' }, { model: 'abc' })).toBe(false);
    expect(allowed({ model: 'a.*' }, { model: 'a\nb' })).toBe(false);
    expect(allowed({ model: 'box-[0-9]{2}' }, { model: 'box-07' })).toBe(true);
  });

  it('need every header that they name, unless it should be missing', () => {
    expect(allowed({ type: 'model', store: 'x' }, { type: 'model' })).toBe(false);
    expect(allowed({ store: ['x', '$MISSING'] }, {})).toBe(false);
    expect(allowed({ store: '$MISSING' }, {})).toBe(true);
    expect(allowed({ store: '$MISSING' }, { store: '' })).toBe(false);
    expect(allowed({ store: '$OTHER' }, { store: '$OTHER' })).toBe(false);
  });

  it('look into lists and maps', () => {
    expect(allowed({ models: 'a.*' }, { models: ['a1', 'a2'] })).toBe(true);
    expect(allowed({ models: 'a.*' }, { models: ['a1', 'b2'] })).toBe(false);
    expect(allowed({ models: ['a', 'b'] }, { models: ['b', 'a'] })).toBe(true);
    expect(allowed({ snaps: { name: 'pc', components: { wifi: 'x' } } }, { snaps: [{ name: 'pc', components: { wifi: 'x', more: 'y' } }] })).toBe(true);
    expect(allowed({ snaps: { name: 'pc' } }, { snaps: [{ name: 'pc' }, { name: 'app' }] })).toBe(false);
    expect(allowed({ snaps: { name: 'pc' } }, { snaps: 'pc' })).toBe(false);
    expect(allowed({ model: 'a' }, { model: { a: 'a' } })).toBe(false);
  });

  it('refuse expressions that mean something else in Go, or nothing', () => {
    for (const expression of ['(?=a)a', '(?i)a', '(a)\\1', '[[:alpha:]]', '\\pL', '\\s', 'a\\z', '(', 'a{2,1}']) expect(allowed({ x: expression }, { x: 'a' })).toBe(false);
    for (const expression of ['a', '(?:a|b)', '\\w', '[a-c]', 'a{1,2}', '.']) expect(allowed({ x: expression }, { x: 'a' })).toBe(true);
  });
});
