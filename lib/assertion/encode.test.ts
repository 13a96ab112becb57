import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromUtf8, utf8 } from '../bytes';
import type { Headers, HeaderValue } from './assertion';
import { decodeAssertion } from './decode';
import { assembleContent, encodeHeaders, encodeStream } from './encode';
import { AssertionFormatError } from './format-error';

const KEY = '6w7UriF6ziyc4t-e-vVzERE9uUVVXSXdEmQJ3ZMfNFl4vSq_PG5jcUxh3XI15VRz';
const DIGEST = 'A'.repeat(64);
const account = (more: Headers = {}): Headers => ({
  type: 'account', 'authority-id': 'canonical', 'account-id': 'acme', 'display-name': 'Acme', timestamp: '2026-01-01T00:00:00Z', validation: 'unproven', 'sign-key-sha3-384': KEY, ...more,
});
const written = (more: Headers): string => encodeHeaders(account(more)).replace(/^[^]*\nvalidation: unproven|\nsign-key[^]*$/g, '');
const text = (headers: Headers, body?: Uint8Array): string => fromUtf8(assembleContent(headers, body)) ?? '';

function refusal(write: () => unknown): string {
  try {
    write();
  } catch (error) {
    if (error instanceof AssertionFormatError) return `${error.code} ${error.header}`;
    throw error;
  }
  return 'written';
}

describe('writing values', () => {
  it('writes every shape as snap sign does', () => {
    const nested: HeaderValue = [['a', 'b'], ['c\nd'], { m: 'line1\nline2', k: ['x', { y: 'z' }] }];
    expect(encodeHeaders({ type: 'account', 'display-name': 'Acme\nBox two lines', nested })).toBe(
      `type: account
display-name:
    Acme
    Box two lines
nested:
  -
    - a
    - b
  -
    -
        c
        d
  -
    k:
      - x
      -
        y: z
    m:
        line1
        line2`,
    );
  });

  it('leaves a trailing space after a name without a value', () => {
    expect(written({ z: '' })).toBe('\nz: ');
  });

  it('writes nothing for an empty list or map', () => {
    expect(written({ y: [], z: {}, zz: { a: [], b: 'x' } })).toBe('\nzz:\n  b: x');
  });

  it('sorts by bytes, not by locale or length', () => {
    expect(written({ z: { ab: '1', 'a-b': '2', a1: '3', a: '4' } })).toBe('\nz:\n  a: 4\n  a-b: 2\n  a1: 3\n  ab: 1');
  });

  it('keeps an empty line of text by its indent', () => {
    expect(written({ z: '\nx\n\n' })).toBe('\nz:\n    \n    x\n    \n    ');
  });

  it.each<[string, unknown, string]>([
    ['a number', 1, 'assertion-header-value z'],
    ['true', true, 'assertion-header-value z'],
    ['null', null, 'assertion-header-value z'],
    ['a number in a list in a map', { a: ['x', 2] }, 'assertion-header-value z.a[1]'],
    ['a date', new Date(0), 'assertion-header-value z'],
    ['a list of empty lists', [[]], 'assertion-header-unwritable z'],
    ['a map of empty lists', { a: {} }, 'assertion-header-unwritable z'],
    ['a list with an empty map', [{}, 'x'], 'assertion-header-unwritable z'],
    ['a lone surrogate', '\ud800', 'assertion-header-unwritable z'],
    ['an entry with a bad name', { 'A b': 'x' }, 'assertion-header-unwritable z'],
  ])('refuses %s', (_, value, expected) => expect(refusal(() => encodeHeaders(account({ z: value as HeaderValue })))).toBe(expected));

  it('refuses header names that could not be read', () => {
    for (const name of ['Foo Bar', 'a--b', 'a: b\nc', '', '-a', 'é']) expect(refusal(() => encodeHeaders(account({ [name]: 'x' })))).toMatch(/^assertion-header-unwritable/);
  });

  it('refuses nesting without end', () => {
    let deep: HeaderValue = 'x';
    for (let i = 0; i < 20_000; i += 1) deep = [deep];
    expect(refusal(() => encodeHeaders(account({ z: deep })))).toMatch(/^assertion-header-value/);
  });
});

describe('the order of headers', () => {
  it('is type, format, authority, revision, primary key, the others by bytes, body length, key', () => {
    const headers = { zz: '1', 'sign-key-sha3-384': KEY, a: '2', since: '2026-01-01T00:00:00Z', constraints: [{ headers: { type: 'model' } }], name: 'k', 'account-id': 'acme', 'public-key-sha3-384': DIGEST, revision: '2', 'authority-id': 'canonical', format: '1', type: 'account-key' };
    expect(text(headers, utf8('body'))).toBe(
      `type: account-key\nformat: 1\nauthority-id: canonical\nrevision: 2\npublic-key-sha3-384: ${DIGEST}\na: 2\naccount-id: acme\nconstraints:\n  -\n    headers:\n      type: model\nname: k\nsince: 2026-01-01T00:00:00Z\nzz: 1\nbody-length: 4\nsign-key-sha3-384: ${KEY}\n\nbody`,
    );
  });

  it('drops revision and format of 0 and computes the body length, whatever it says', () => {
    expect(text(account({ revision: '0', format: '0', 'body-length': '7' }))).toBe(text(account()));
    expect(text(account({ 'body-length': '7' }), utf8('é'))).toContain('\nbody-length: 2\n');
  });

  it('keeps revisions as they are given, which snapd reads with a sign, and drops every zero', () => {
    expect(text(account({ revision: '+1' }))).toContain('\nrevision: +1\n');
    expect(text(account({ revision: '+01' }))).toContain('\nrevision: +01\n');
    expect(text(account({ revision: '-0' }))).toBe(text(account()));
    for (const revision of ['01', '-1', '1.0', '', ' 1', '9223372036854775808']) expect(refusal(() => text(account({ revision })))).toBe('assertion-header-value revision');
  });

  it('asks the rules of the headers as given too: an empty map leaves no text, yet is no name', () => {
    expect(refusal(() => assembleContent(account({ username: {} })))).toBe('assertion-header-value username');
    expect(refusal(() => assembleContent(account({ other: {} })))).toBe('written');
  });

  it('writes an optional primary key that is absent, and leaves out one that is given with its default', () => {
    const revision = { type: 'snap-revision', 'authority-id': 'canonical', 'snap-sha3-384': DIGEST, 'snap-id': 'x', 'snap-size': '1', 'snap-revision': '1', 'developer-id': 'y', timestamp: '2026-01-01T00:00:00Z', 'sign-key-sha3-384': KEY };
    expect(text(revision)).toContain('developer-id: y\nprovenance: global-upload\nsnap-id');
    expect(text({ ...revision, provenance: 'global-upload' })).not.toContain('provenance');
    expect(text({ ...revision, provenance: 'own' })).toContain(`snap-sha3-384: ${DIGEST}\nprovenance: own\ndeveloper-id`);
  });
});

describe('assembling content', () => {
  it('insists on what makes an assertion, and names the header', () => {
    const { timestamp: _, ...noTime } = account();
    expect(refusal(() => assembleContent(noTime))).toBe('assertion-header-missing timestamp');
    expect(refusal(() => assembleContent(account({ 'account-id': 'a/b' })))).toBe('assertion-header-value account-id');
    expect(refusal(() => assembleContent({ type: 'nonsense' }))).toBe('unknown-type type');
    expect(refusal(() => assembleContent({}))).toBe('unknown-type type');
    expect(refusal(() => assembleContent(account(), Uint8Array.of(0xff)))).toBe('assertion-not-utf8 ');
  });

  it('refuses an authority where none belongs', () => {
    expect(refusal(() => encodeHeaders({ type: 'serial-request', 'authority-id': 'acme' }))).toBe('assertion-authority authority-id');
  });

  it('refuses formats that the type does not have, or that are too low for what is used', () => {
    expect(refusal(() => assembleContent(account({ format: '1' })))).toBe('assertion-format format');
    const user = { type: 'system-user', 'authority-id': 'acme', 'brand-id': 'acme', email: 'a@b.c', username: 'a', models: ['box'], since: '2026-01-01T00:00:00Z', until: '2026-02-01T00:00:00Z', 'sign-key-sha3-384': KEY };
    expect(refusal(() => assembleContent(user))).toBe('written');
    expect(refusal(() => assembleContent({ ...user, serials: ['1'] }))).toBe('assertion-rule serials');
    expect(refusal(() => assembleContent({ ...user, serials: ['1'], format: '1' }))).toBe('written');
    expect(refusal(() => assembleContent({ ...user, 'user-presence': 'until-expiration', format: '2' }))).toBe('written');
    const declaration = { type: 'snap-declaration', 'authority-id': 'canonical', series: '16', 'snap-id': 'x', 'snap-name': 'x', 'publisher-id': 'y', timestamp: '2026-01-01T00:00:00Z', 'sign-key-sha3-384': KEY };
    expect(refusal(() => assembleContent({ ...declaration, plugs: { network: 'true' } }))).toBe('assertion-format format');
    expect(refusal(() => assembleContent({ ...declaration, format: '1', plugs: { network: 'true' } }))).toBe('written');
    expect(refusal(() => assembleContent({ ...declaration, format: '1', plugs: { network: { 'allow-auto-connection': { 'on-store': ['x'] } } } }))).toBe('assertion-format format');
  });

  it('runs further checks', () => {
    expect(() => assembleContent(account(), undefined, { checks: { account: () => expect.fail('seen') } })).toThrow('seen');
  });

  it('lets a draft be shown that is not whole yet', () => {
    expect(encodeHeaders({ type: 'model', series: '16', snaps: [] })).toBe('type: model\nseries: 16');
  });
});

describe('what is written reads back', () => {
  const name = fc.stringMatching(/^[a-z](?:-?[a-z0-9]){0,6}$/);
  const leaf = fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(fc.constantFrom('', ' ', 'x', '- y', 'a: b', '  c', '\r'), { maxLength: 4 }).map((lines) => lines.join('\n')));
  const { value } = fc.letrec<{ value: HeaderValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
      fc.dictionary(name, tie('value'), { minKeys: 1, maxKeys: 3 }),
    ),
  }));

  it('as the same headers, for any value', () => {
    fc.assert(
      fc.property(fc.dictionary(name.map((n) => `x-${n}`), value, { maxKeys: 4 }), fc.string({ unit: 'grapheme' }), (more, body) => {
        const content = assembleContent(account(more), utf8(body));
        const read = decodeAssertion(encodeStream([{ content, signature: utf8('c2ln') }]));
        expect(fromUtf8(read.body)).toBe(body);
        expect(plain(read.headers)).toEqual({ ...plain(account(more)), ...(body && { 'body-length': String(utf8(body).length) }) });
        expect(fromUtf8(assembleContent(read.headers, read.body))).toBe(fromUtf8(content));
      }),
      { numRuns: 200 },
    );
  }, 30_000);

  const plain = (headers: Headers): object => JSON.parse(JSON.stringify(headers)) as object;
});

describe('a stream', () => {
  it('ends every assertion in a line feed and puts one more between two', () => {
    const part = (signature: string) => ({ content: utf8('head'), signature: utf8(signature) });
    expect(fromUtf8(encodeStream([part('a'), part('b\n'), part('c')]))).toBe('head\n\na\n\nhead\n\nb\n\nhead\n\nc\n');
    expect(encodeStream([])).toHaveLength(0);
  });
});
