import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeAssertion, decodeStream } from '../assertion/decode';
import { AssertionFormatError } from '../assertion/format-error';
import { utf8 } from '../bytes';
import { SNAPD_CHECKS } from './assertion-checks';

const fixture = (path: string): Uint8Array => new Uint8Array(readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url))));

/** `read`, or the code of its refusal. Anything else that is thrown is a bug and fails the test. */
function outcome(decode: typeof decodeAssertion | typeof decodeStream, bytes: Uint8Array): string {
  try {
    decode(bytes, { checks: SNAPD_CHECKS });
    return 'read';
  } catch (error) {
    if (error instanceof AssertionFormatError) return error.code;
    throw error;
  }
}

describe('a valid text with any one byte changed', () => {
  it.each(['keys/fixtures/acme-box.model', 'trust/fixtures/production-chain/pc24-with-comps-signed.model'])('of %s is read or refused, and nothing else', (path) => {
    const seed = fixture(path);
    for (let at = 0; at < seed.length; at += 1) {
      for (const put of [[], [0x0a], [0x20], [0x3a], [0xff], [seed[at]! ^ 1], [seed[at]!, seed[at]!]]) {
        const bytes = new Uint8Array([...seed.subarray(0, at), ...put, ...seed.subarray(at + 1)]);
        for (const decode of [decodeAssertion, decodeStream]) expect(outcome(decode, bytes)).toMatch(/^[a-z0-9-]+$/);
      }
    }
  }, 60_000);
});

const SIZE = 9_500_000;
const KEY = 'A'.repeat(64);
const assertion = (head: string, body = ''): Uint8Array => utf8(`${head}\nsign-key-sha3-384: ${KEY}\n\n${body === '' ? '' : `${body}\n\n`}c2ln`);
const model = (more: string): Uint8Array => assertion(`type: model\nauthority-id: acme\nseries: 16\nbrand-id: acme\nmodel: box\narchitecture: amd64\nkernel: pc-kernel\ngadget: pc\ntimestamp: 2026-01-01T00:00:00Z\n${more}`);
const user = (email: string): Uint8Array => assertion(`type: system-user\nauthority-id: acme\nbrand-id: acme\nemail: ${email}\nusername: a\nsince: 2026-01-01T00:00:00Z\nuntil: 2026-02-01T00:00:00Z`);
const store = (url: string): Uint8Array => assertion(`type: store\nauthority-id: canonical\nstore: s\noperator-id: acme\nurl: ${url}\ntimestamp: 2026-01-01T00:00:00Z`);
const schema = (body: string): Uint8Array => assertion(`type: confdb-schema\nauthority-id: acme\naccount-id: acme\nname: x\nviews:\n  a:\n    b: c\ntimestamp: 2026-01-01T00:00:00Z\nbody-length: ${body.length}`, body);
const many = (count: number, line: (i: number) => string): string => Array.from({ length: count }, (_, i) => line(i)).join('');
const nested = (levels: number, dash: string): string => `a:${many(levels, (i) => `\n${' '.repeat(2 * i + 2)}${dash}`)} x`;

/** Ten megabytes each, made to be slow. A test that hangs runs into the time limit; how long they take stands in the bench. */
describe('megabytes of hostile text end', () => {
  it.each<[string, Uint8Array, string]>([
    ['lists within lists', model(nested(3100, '-')), 'read'],
    ['lists deeper than anybody reads', model(nested(3900, '-')), 'assertion-header-syntax'],
    ['maps within maps', model(nested(2100, 'b:')), 'read'],
    ['headers without end', model(many(600_000, (i) => `${i === 0 ? '' : '\n'}h${i}: x`)), 'read'],
    ['a name of megabytes', model(`${'a-'.repeat(SIZE / 2)}b: x`), 'read'],
    ['a name that ends badly', model(`${'a-'.repeat(SIZE / 2)}: x`), 'assertion-header-name'],
    ['a huge integer', model(`revision: 1${'0'.repeat(SIZE)}`), 'assertion-header-value'],
    ['a huge body-length', model(`body-length: ${'9'.repeat(SIZE)}`), 'assertion-body-length'],
    ['blank lines', utf8('\n'.repeat(SIZE)), 'assertion-header-syntax'],
    ['spaces', utf8(' '.repeat(SIZE)), 'assertion-separator-missing'],
    ['a fraction of a second', assertion(`type: model\nauthority-id: acme\nseries: 16\nbrand-id: acme\nmodel: box\narchitecture: amd64\nkernel: pc-kernel\ngadget: pc\ntimestamp: 2026-01-01T00:00:00.${'0'.repeat(SIZE)}Z`), 'read'],
    ['a long text', model(`display-name:${many(SIZE / 5, () => '\n    ')}`), 'read'],
    ['snaps without end', model(`required-snaps:${many(600_000, (i) => `\n  - s${i}`)}`), 'read'],
    ['a name with an equals sign after each letter', assertion(`type: model\nauthority-id: acme\nseries: 16\nbrand-id: acme\nmodel: box\narchitecture: amd64\nkernel: ${'a='.repeat(SIZE / 2)}\ngadget: pc\ntimestamp: 2026-01-01T00:00:00Z`), 'assertion-rule'],
    ['words before an address', user(`${'a '.repeat(SIZE / 2)}<a@b>`), 'read'],
    ['quoted words', user(`${'"a" '.repeat(SIZE / 4)}<a@b>`), 'read'],
    ['comments', user('('.repeat(SIZE)), 'assertion-rule'],
    ['an address book', user(`x:${'a@b,'.repeat(SIZE / 4)};`), 'assertion-rule'],
    ['an encoded word', user(`=?x?q?${'=41'.repeat(SIZE / 3)}?= <a@b>`), 'assertion-rule'],
    ['escapes in a zone', store(`http://[::1%25${'%41'.repeat(SIZE / 3)}]`), 'read'],
    ['escapes in a host', store(`http://${'%c3'.repeat(SIZE / 3)}`), 'read'],
    ['brackets of JSON', schema('['.repeat(SIZE)), 'assertion-body-json'],
    ['a number of JSON', schema('9'.repeat(SIZE)), 'assertion-body-json'],
  ])('%s', (_, bytes, expected) => {
    expect(outcome(decodeAssertion, bytes)).toBe(expected);
  }, 30_000);

  it('a stream has its own limits', () => {
    expect(outcome(decodeStream, model(`x: ${'y'.repeat(SIZE)}`))).toBe('assertion-too-large');
    expect(outcome(decodeStream, utf8('a: b\n\n'.repeat(SIZE / 6)))).toBe('assertion-header-missing');
  });
});
