import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeaderMap, HeaderValue } from '../assertion';
import { Fault } from '../format-error';
import { checkViews } from './confdb-views';

type Rule = { [name: string]: HeaderValue };

/** One view of these rules, with what else it has. */
const view = (rules: HeaderValue, more: HeaderMap = {}): HeaderMap => ({ v: { rules, ...more } });
const rule = (storage: string, request?: string, more: Rule = {}): Rule => ({ storage, ...(request === undefined ? {} : { request }), ...more });
const P: HeaderMap = { parameters: { p: { presence: 'optional' }, q: { presence: 'required' } } };

const ANY = { schema: { a: 'any', b: 'any', c: 'any', wifi: 'any' } };

/** The path that is refused, or `fine`. */
function check(views: HeaderMap, storage: unknown = ANY): string {
  try {
    checkViews(views, storage);
  } catch (error) {
    if (error instanceof Fault) return error.header;
    throw error;
  }
  return 'fine';
}

describe('the views of a confdb schema', () => {
  it.each<[string, HeaderMap]>([
    ['a plain rule', view([rule('wifi.ssid', 'ssid')])],
    ['a rule without a request', view([rule('wifi.ssid')])],
    ['names with digits and hyphens', { 'a-1-b2': { rules: [rule('a.x-1.y2', 'z-9')] } }],
    ['a summary', view([rule('a')], { summary: '' })],
    ['parameters that nothing uses', view([rule('a')], { parameters: { 'Any Name': {}, p: { presence: '' } } })],
    ['every presence', view([rule('a')], { parameters: { a: { presence: 'optional' }, b: { presence: 'required-on-write' }, c: { presence: 'required-on-read' }, d: { presence: 'required' } } })],
    ['what else is written in views and rules', view([rule('a', 'a', { other: ['x'] })], { other: { x: 'y' } })],
    ['every access', view(['', 'read', 'write', 'read-write'].map((access, i) => rule('a', `r${i}`, { access })))],
    ['one request for a rule that reads and others that write', view([rule('a', 'r', { access: 'write' }), rule('b', 'r'), rule('c', 'r', { access: 'write' })])],
    ['the same request in two views', { v: { rules: [rule('a')] }, w: { rules: [rule('a')] } }],
    ['placeholders in another order', view([rule('a.{x}[{n}].{y}', '{y}.{x}[{n}]')])],
    ['a placeholder twice in the storage path', view([rule('a.{x}.{x}', '{x}')])],
    ['a key and an index placeholder of one name in the storage path of two rules', view([rule('a.{x}', 'r.{x}'), rule('a[{x}]', 'r[{x}]')])],
    ['a number in brackets in the storage path', view([rule('a[0][007][99999999999999999999]', 'r')])],
    ['filters', view([rule('a[.kind={p}][.state={q}].b.{x}[.kind={p}]', 'r.{x}')], P)],
    ['a filter of a placeholder for an index', view([rule('a[{n}][.kind={p}]', 'r[{n}]')], P)],
    ['filters in a request, of undeclared parameters too', view([rule('a', 'r[.kind={other}]')])],
    ['content', view([rule('a', 'r', { content: [rule('b', 'x', { content: [rule('c')] }), rule('[{n}].x', '[{n}]'), rule('{k}', 'y.{k}')] })])],
    ['content beneath placeholders', view([rule('a.{k}', 'r.{k}', { content: [rule('b'), rule('{l}'), rule('x.{k}', 'x')] })])],
    ['the placeholder of one rule in the next', view([rule('a.{k}', 'r', { content: [] as HeaderValue })].slice(1).concat([rule('a.{k}', 'r.{k}', { content: [rule('x[{n}]'), rule('y[{n}]')] }), rule('b.{n}', 's.{n}')]))],
    ['content that filters what is around it', view([rule('a', 'r', { content: [rule('[.kind={p}].x', 'x'), rule('[.kind={q}].y', 'y')] })], P)],
    ['content that adds to a filter, each rule for itself', view([rule('a[.kind={p}]', 'r', { content: [rule('[.state={p}].x', 'x'), rule('[.state={q}].y', 'y')] })], P)],
    ['a name that every object has', { constructor: { rules: [rule('a[.constructor={constructor}]', 'constructor')], parameters: { constructor: { presence: 'required' } } } }],
  ])('take %s', (_, views) => expect(check(views)).toBe('fine'));

  it.each<[string, string, HeaderMap]>([
    ['no view', 'views', {}],
    ['a view whose name begins with a digit', 'views', { '1a': { rules: [rule('a')] } }],
    ['a view whose name ends with a hyphen', 'views', { 'a-': { rules: [rule('a')] } }],
    ['a view with capitals', 'views', { A: { rules: [rule('a')] } }],
    ['a view that is text', 'views.v', { v: 'x' }],
    ['a view that is a list', 'views.v', { v: [rule('a')] }],
    ['an empty view', 'views.v.rules', { v: {} }],
    ['a summary that is no text', 'views.v.summary', view([rule('a')], { summary: ['x'] })],
    ['parameters that are no map', 'views.v.parameters', view([rule('a')], { parameters: ['p'] })],
    ['a parameter that is no map', 'views.v.parameters.p', view([rule('a')], { parameters: { p: 'optional' } })],
    ['a presence that is no text', 'views.v.parameters.p.presence', view([rule('a')], { parameters: { p: { presence: ['optional'] } } })],
    ['an unknown presence', 'views.v.parameters.p.presence', view([rule('a')], { parameters: { p: { presence: 'always' } } })],
    ['a view without rules', 'views.v.rules', { v: { summary: 'x' } }],
    ['rules that are no list', 'views.v.rules', view(rule('a'))],
    ['no rule', 'views.v.rules', view([])],
    ['a rule that is no map', 'views.v.rules[1]', view([rule('a'), 'b'])],
    ['a rule without storage', 'views.v.rules[0].storage', view([{ request: 'a' }])],
    ['empty storage', 'views.v.rules[0].storage', view([rule('', 'a')])],
    ['storage that is no text', 'views.v.rules[0].storage', view([{ storage: ['a'], request: 'a' }])],
    ['an empty request', 'views.v.rules[0].request', view([rule('a', '')])],
    ['a request that is no text', 'views.v.rules[0].request', view([rule('a', undefined, { request: { a: 'b' } })])],
    ['access that is no text', 'views.v.rules[0].access', view([rule('a', 'a', { access: ['read'] })])],
    ['an unknown access', 'views.v.rules[0].access', view([rule('a', 'a', { access: 'readwrite' })])],
    ['content that is no list', 'views.v.rules[0].content', view([rule('a', 'a', { content: 'x' })])],
    ['empty content', 'views.v.rules[0].content', view([rule('a', 'a', { content: [] })])],
    ['content that is no map', 'views.v.rules[0].content[0]', view([rule('a', 'a', { content: ['x'] })])],
    ['content without storage', 'views.v.rules[0].content[0].storage', view([rule('a', 'a', { content: [{ request: 'x' }] })])],
    ['access within content', 'views.v.rules[0].content[0].access', view([rule('a', 'a', { content: [rule('b', 'b', { access: 'read-write' })] })])],
    ['two rules that read one request', 'views.v.rules[1]', view([rule('a', 'r'), rule('b', 'r', { access: 'read' })])],
    ['content that reads the request of its own kind', 'views.v.rules[0].content[1]', view([rule('a', 'r', { content: [rule('b', 'x'), rule('c', 'x')] })])],
    ['a rule that reads the request that content spells out', 'views.v.rules[1]', view([rule('a', 'r', { content: [rule('b', 'x.y')] }), rule('c', 'r.x.y')])],
    ['content that spells out the request of a rule', 'views.v.rules[2].content[0]', view([rule('a', 'r.x.y'), rule('a', 'r.x.z'), rule('b', 'r', { content: [rule('c', 'x.y')] })])],
    ['a placeholder of the request alone', 'views.v.rules[0].storage', view([rule('a', 'r.{x}')])],
    ['a placeholder of the storage path alone', 'views.v.rules[0].storage', view([rule('a.{x}', 'r')])],
    ['other placeholders', 'views.v.rules[0].storage', view([rule('a.{x}', 'r.{y}')])],
    ['an index placeholder of the request alone', 'views.v.rules[0].storage', view([rule('a', 'r[{x}]')])],
    ['an index placeholder of the storage path alone', 'views.v.rules[0].storage', view([rule('a[{x}]', 'r')])],
    ['a placeholder for a key here and an index there', 'views.v.rules[0].storage', view([rule('a[{x}]', 'r.{x}')])],
    ['a placeholder for a key here and an index there, within content', 'views.v.rules[0].content[0].storage', view([rule('a', 'r', { content: [rule('{x}', '[{x}]')] })])],
    ['a placeholder twice in a request', 'views.v.rules[0].request', view([rule('a.{x}', 'r.{x}.{x}')])],
    ['an index placeholder twice in a request', 'views.v.rules[0].request', view([rule('a[{x}]', 'r[{x}][{x}]')])],
    ['a placeholder twice in a storage path that is the request too', 'views.v.rules[0].storage', view([rule('a.{x}.{x}')])],
    ['a placeholder in content again', 'views.v.rules[0].content[0].request', view([rule('a.{x}', 'r.{x}', { content: [rule('b', '{x}')] })])],
    ['one name for a key and an index', 'views.v.rules[0].request', view([rule('a.{x}[{x}]', 'r.{x}[{x}]')])],
    ['one name for a key and, in content, an index', 'views.v.rules[0].content[0].request', view([rule('a.{x}', 'r.{x}', { content: [rule('[{x}]', 'y[{x}]')] })])],
    ['one name for an index and, in content, a key', 'views.v.rules[0].content[0].request', view([rule('a[{x}]', 'r[{x}]', { content: [rule('{x}', '{x}')] })])],
    ['the placeholder of content outside it', 'views.v.rules[1].storage', view([rule('a', 'r', { content: [rule('{x}', '{x}')] }), rule('b.{x}', 's')])],
    ['a number in brackets in a request', 'views.v.rules[0].request', view([rule('a[0]', 'r[0]')])],
    ['a filter by an undeclared parameter', 'views.v.rules[0].storage', view([rule('a[.kind={other}]', 'r')], P)],
    ['a filter without parameters', 'views.v.rules[0].storage', view([rule('a[.kind={p}]', 'r')])],
    ['a filter by what only every object has', 'views.v.rules[0].storage', view([rule('a[.kind={constructor}]', 'r')], P)],
    ['a field filtered twice', 'views.v.rules[0].storage', view([rule('a[.kind={p}][.kind={q}]', 'r')], P)],
    ['a field filtered twice in a request', 'views.v.rules[0].request', view([rule('a', 'r[.kind={p}][.kind={p}]')])],
    ['a field filtered again by content', 'views.v.rules[0].content[1].storage', view([rule('a[.kind={p}]', 'r', { content: [rule('b', 'x'), rule('[.kind={p}].c', 'y')] })], P)],
    ['a field filtered again by content of content', 'views.v.rules[0].content[0].content[0].storage', view([rule('a', 'r', { content: [rule('[.kind={p}]', 'x', { content: [rule('[.kind={p}].c', 'y')] })] })], P)],
    ['a filter before an index', 'views.v.rules[0].storage', view([rule('a[.kind={p}][0]', 'r')], P)],
    ['a filter before an index placeholder', 'views.v.rules[0].storage', view([rule('a[.kind={p}][{n}]', 'r[{n}]')], P)],
    ['a filter before the brackets of content', 'views.v.rules[0].content[0].storage', view([rule('a[.kind={p}]', 'r', { content: [rule('[{n}]', '[{n}]')] })], P)],
  ])('refuse %s', (_, path, views) => expect(check(views)).toBe(path));

  const PATHS = [
    '.a', 'a.', 'a..b', '.', '..', 'A', 'a.B', '1', 'a.1b', '-a', 'a-', 'a--b', 'a_b', 'a b', ' a', 'a ', 'é', 'a\n', 'a.é', '\u0000',
    '[{n}]', '[0]', '[.kind={p}]', '[.kind={p}]a', 'a.[0]', 'a.[{n}]', 'a.[.kind={p}]', 'a.[.kind={p}].b',
    '{', '}', '{}', '{a', 'a}', '{A}', '{a-}', '{{a}}', 'x{a}', '{a}x', 'a.{}', 'a{b}',
    'a[', 'a]', 'a[]', 'a[[0]]', 'a[0', 'a[-1]', 'a[+1]', 'a[ 1]', 'a[1.0]', 'a[b]', 'a[0]b', 'a[{}]', 'a[{A}]', 'a[{n}', 'a[{n]', 'a[{n}]]', 'a[{n}}]', 'a[0x1]',
    'a[.', 'a[..', 'a[.]', 'a[.kind]', 'a[.kind=]', 'a[.kind=p]', 'a[.kind={}]', 'a[.kind={p}', 'a[.kind={p]', 'a[.kind={{p}}]', 'a[.kind={p}}]', 'a[.={p}]', 'a[.Kind={p}]', 'a[.kind={P}]', 'a[.a.b={p}]', 'a[.kind={p}={p}]', 'a[.{kind}={p}]', 'a[.kind={p}]b', 'a[.kind={p}][', 'a[.kind={p}].', 'a[[.kind={p}]]', 'a[{n}[.kind={p}]]',
  ];

  it.each(PATHS)('refuse the storage path %j', (path) => expect(check(view([rule(path, 'r')], P))).toBe('views.v.rules[0].storage'));
  it.each(PATHS)('refuse the request %j', (path) => expect(check(view([rule('a', path)], P))).toBe('views.v.rules[0].request'));
  it.each(PATHS.filter((path) => !path.startsWith('[')))('refuse it in content: %j', (path) => expect(check(view([rule('a', 'r', { content: [rule(path, 'x')] })], P))).toBe('views.v.rules[0].content[0].storage'));

  const piece = fc.oneof({ weight: 9, arbitrary: fc.constantFrom('.a', '.b', '.x-1', '.{k}', '[{m}]', '[.kind={p}]', '[.state={q}]') }, { weight: 1, arbitrary: fc.constantFrom('.{m}', '[{k}]', '[0]', '[.kind={other}]', '.', '[') });
  /** What goes on after a path, and how a rule within content writes it: without the dot. */
  const further = fc.array(piece, { minLength: 1, maxLength: 3 }).map((all) => all.join('')).filter((path) => path !== '.' && !path.startsWith('.['));
  const written = (path: string): string => path.replace(/^\./, '');

  it('judge content as the whole paths that it stands for', () => {
    fc.assert(
      fc.property(fc.constantFrom('a', 'wifi.{n}', 'a[.kind={p}]'), further, further, further, fc.constantFrom('read', 'write'), (top, one, two, beside, access) => {
        const nested = rule(top, undefined, { access, content: [rule(written(one), undefined, { content: [rule(written(two))] }), rule(written(beside))] });
        const whole = [top, top + one, top + one + two, top + beside].map((path) => rule(path, undefined, { access }));
        expect(check(view([nested], P)) === 'fine').toBe(check(view(whole, P)) === 'fine');
      }),
      { numRuns: 500 },
    );
  });
});

describe('views without end', () => {
  it('are judged by paths that are megabytes long', () => {
    const long = 'a'.repeat(300_000);
    expect(check(view([rule(`a.${long}`)]))).toBe('fine');
    expect(check(view([rule(`a${'.b'.repeat(300_000)}`)]))).toBe('fine');
    expect(check(view([rule(`a.${'b-'.repeat(150_000)}`)]))).toBe('views.v.rules[0].storage');
    expect(check(view([rule(`a[${'0'.repeat(300_000)}]`, 'r')]))).toBe('fine');
  });

  it('are judged once for each rule, however long the path around it', () => {
    const content = Array.from({ length: 20_000 }, (_, i) => rule(`k${i}.{n}`));
    expect(check(view([rule(`a${'.b'.repeat(100_000)}`, undefined, { content })]))).toBe('fine');
    const placeholders = Array.from({ length: 50_000 }, (_, i) => `.{p${i}}`).join('');
    expect(check(view([rule(`a${placeholders}`, undefined, { content })]))).toBe('fine');
  });

  it('are judged however deep their content', () => {
    let deep = rule('a');
    for (let i = 0; i < 1500; i += 1) deep = rule('a', undefined, { content: [deep] });
    expect(check(view([deep]))).toBe('fine');
  });
});
