import { describe, expect, it } from 'vitest';
import type { Headers, HeaderValue } from '../assertion/assertion';
import { allowedByConstraints } from './constraints';

const allowed = (wanted: Headers, headers: Headers): boolean => allowedByConstraints([{ headers: { type: 'model', ...wanted } }], { type: 'model', ...headers });

describe("a key's constraints", () => {
  it('allow everything when there are none, and nothing when they cannot be read', () => {
    expect(allowedByConstraints(undefined, {})).toBe(true);
    for (const odd of ['x', {}, [], ['x'], [{}], [{ headers: 'x' }], [{ headers: { model: 'a' } }], [{ headers: { type: 'model', model: '(' } }], [{ headers: { type: 'm.*' } }]] as HeaderValue[]) expect(allowedByConstraints(odd, { type: 'model' })).toBe(false);
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

  it("read Go's expressions, and allow nothing by one that Go does not know", () => {
    for (const expression of ['a', '(?:a|b)', '\\w', '[a-c]', 'a{1,2}', '.', '(?i)A', '[[:alpha:]]', '\\pL']) expect([expression, allowed({ x: expression }, { x: 'a' })]).toEqual([expression, true]);
    for (const expression of ['(?=a)a', '(a)\\1', '(', 'a{2,1}', 'b']) expect([expression, allowed({ x: expression }, { x: 'a' })]).toEqual([expression, false]);
  });

  it('are compiled once for all that is asked of a key', () => {
    const constraints: HeaderValue = [{ headers: { type: 'model', model: '(a|b)*' } }];
    const asked = Array.from({ length: 20_000 }, (_, i) => allowedByConstraints(constraints, { type: 'model', model: i % 2 === 0 ? 'ab' : 'c' }));
    expect(asked.filter(Boolean)).toHaveLength(10_000);
  });
});
