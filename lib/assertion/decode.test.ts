import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { concat, fromUtf8, utf8 } from '../bytes';
import { decodeAssertion, decodeStream, MAX_BODY_BYTES } from './decode';
import { encodeAssertion, encodeStream } from './encode';
import { AssertionFormatError } from './format-error';

const KEY = '6w7UriF6ziyc4t-e-vVzERE9uUVVXSXdEmQJ3ZMfNFl4vSq_PG5jcUxh3XI15VRz';
const ACCOUNT = ['type: account', 'authority-id: canonical', 'account-id: acme', 'display-name: Acme', 'timestamp: 2026-01-01T00:00:00Z', 'validation: unproven'];
const KEY_LINE = `sign-key-sha3-384: ${KEY}`;
const text = (lines: string[], rest = '\n\nc2ln\n'): Uint8Array => utf8([...lines, KEY_LINE].join('\n') + rest);
const account = (...more: string[]): Uint8Array => text([...ACCOUNT, ...more]);
const body = (content: string, rest = '\n\nc2ln\n'): Uint8Array => text([...ACCOUNT, `body-length: ${utf8(content).length}`], `\n\n${content}${rest}`);
const fixture = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../${path}`, import.meta.url)));

/** The error's code and line. */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof AssertionFormatError) return `${error.code} ${error.line}`;
    throw error;
  }
  return 'read';
}
const refused = (bytes: Uint8Array): string => refusal(() => decodeAssertion(bytes));

describe('decoding one assertion', () => {
  it('reads the type, authority, key and exact content', () => {
    const read = decodeAssertion(account('revision: 3'));
    expect(read).toMatchObject({ type: 'account', authorityId: 'canonical', primaryKey: ['acme'], revision: 3, format: 0, signKeyId: KEY });
    expect(read.body).toHaveLength(0);
    expect(fromUtf8(read.content)).toBe([...ACCOUNT, 'revision: 3', KEY_LINE].join('\n'));
    expect(fromUtf8(read.signature)).toBe('c2ln\n');
  });

  it('keeps headers that it does not know, in odd order, byte for byte', () => {
    const bytes = text(['zebra:   ', ...ACCOUNT.toReversed(), 'a:\n  x: 1']);
    expect(encodeAssertion(decodeAssertion(bytes))).toEqual(bytes);
    expect(decodeAssertion(bytes).headers['zebra']).toBe('  ');
  });

  it('keeps a copy of its own', () => {
    const bytes = account();
    const read = decodeAssertion(bytes);
    bytes.fill(0);
    expect(fromUtf8(read.content)).toMatch(/^type: account/);
  });

  it('reads a body that holds blank lines, up to the last one', () => {
    expect(fromUtf8(decodeAssertion(body('one\n\ntwo\n\n\nthree')).body)).toBe('one\n\ntwo\n\n\nthree');
  });

  it('takes one line feed at the end or none, and no blank line', () => {
    expect(refused(text(ACCOUNT, '\n\nc2ln'))).toBe('read');
    expect(refused(text(ACCOUNT, '\n\nc2ln\n'))).toBe('read');
    expect(refused(text(ACCOUNT, '\n\nc2ln\n\n'))).toBe('assertion-body-length 1');
    expect(refused(body('body', '\n\nc2ln\n\n'))).toBe('assertion-body-length 7');
  });

  it.each([
    ['nothing', '', 'assertion-separator-missing 1'],
    ['no blank line', 'type: account\nauthority-id: canonical\n', 'assertion-separator-missing 1'],
    ['only a blank line', '\n\n', 'assertion-header-syntax 1'],
    ['headers without a signature', `${[...ACCOUNT, KEY_LINE].join('\n')}\n\n`, 'assertion-signature-empty 1'],
  ])('refuses %s', (_, input, expected) => expect(refused(utf8(input))).toBe(expected));

  it.each([
    ['a line without a colon', ['oops'], 'assertion-header-syntax 7'],
    ['a name in upper case', ['Foo: x'], 'assertion-header-name 7'],
    ['a name with a double hyphen', ['a--b: x'], 'assertion-header-name 7'],
    ['a name that ends in a hyphen', ['a-: x'], 'assertion-header-name 7'],
    ['a name that begins with a digit', ['1a: x'], 'assertion-header-name 7'],
    ['an empty name', [': x'], 'assertion-header-name 7'],
    ['an indented name', [' a: x'], 'assertion-header-name 7'],
    ['a repeated header', ['type: account'], 'assertion-header-repeated 7'],
    ['a value without a space', ['a:x'], 'assertion-header-syntax 7'],
    ['a tab in place of the space', ['a:\tx'], 'assertion-header-syntax 7'],
    ['nothing below an introduction', ['a:'], 'assertion-header-syntax 7'],
    ['text indented by three', ['a:', '   x'], 'assertion-header-syntax 7'],
    ['a list item without a space', ['a:', '  -x'], 'assertion-header-syntax 8'],
    ['a repeated map entry', ['a:', '  b: 1', '  b: 2'], 'assertion-header-repeated 9'],
    ['a map entry without a colon', ['a:', '  b'], 'assertion-header-syntax 8'],
    ['a map entry with an odd name', ['a:', '  B: 1'], 'assertion-header-name 8'],
    ['a list item too deep', ['a:', '  - x', '    - y'], 'assertion-header-syntax 9'],
    ['a carriage return after an introduction', ['a:\r', '    x'], 'assertion-header-syntax 7'],
  ])('refuses %s and names the line', (_, lines, expected) => expect(refused(account(...lines))).toBe(expected));

  it('names the byte too', () => {
    const bytes = account('café: x');
    try {
      decodeAssertion(bytes);
    } catch (error) {
      const { offset, line } = error as AssertionFormatError;
      expect([offset, line]).toEqual([ACCOUNT.join('\n').length + 1, 7]);
      return;
    }
    expect.unreachable();
  });

  it.each<[string, string[], unknown]>([
    ['spaces after the first are the value', ['a:   x  '], '  x  '],
    ['an empty value', ['a: '], ''],
    ['a carriage return is data', ['a: x\r'], 'x\r'],
    ['lines of text', ['a:', '    one', '      two', '    '], 'one\n  two\n'],
    ['text that looks like a list', ['a:', '    - x'], '- x'],
    ['a list', ['a:', '  - x', '  -', '      y', '      z', '  - '], ['x', 'y\nz', '']],
    ['lists of lists', ['a:', '  -', '    - x', '  -', '    -', '      - y'], [['x'], [['y']]]],
    ['a map', ['a:', '  b: 1', '  c:', '      2', '      3', '  d:', '    e: 4'], { b: '1', c: '2\n3', d: { e: '4' } }],
    ['a list in a map', ['a:', '  b:', '    - x', '  c: y'], { b: ['x'], c: 'y' }],
    ['a map in a list', ['a:', '  -', '    b: x', '    c: y', '  -', '    b: z'], [{ b: 'x', c: 'y' }, { b: 'z' }]],
    ['a header named like an object’s own', ['constructor: x', 'a: y'], 'y'],
  ])('reads %s', (_, lines, expected) => expect(decodeAssertion(account(...lines)).headers['a']).toEqual(expected));

  it('refuses headers or a body that are not UTF-8', () => {
    const broken = account('a: ?');
    broken[broken.indexOf(0x3f)] = 0xff;
    expect(refused(broken)).toBe('assertion-not-utf8 1');
    const brokenBody = body('body?');
    brokenBody[brokenBody.lastIndexOf(0x3f)] = 0xff;
    expect(refused(brokenBody)).toBe('assertion-not-utf8 1');
  });

  it.each([
    ['a body length that differs', text([...ACCOUNT, 'body-length: 3'], '\n\nbody\n\nc2ln'), 'assertion-body-length 7'],
    ['a body length that is no number', text([...ACCOUNT, 'body-length: 04'], '\n\nbody\n\nc2ln'), 'assertion-body-length 7'],
    ['a negative body length', account('body-length: -1'), 'assertion-body-length 7'],
    ['no key id', utf8(`${ACCOUNT.join('\n')}\n\nc2ln`), 'assertion-header-missing 1'],
    ['a short key id', utf8(`${ACCOUNT.join('\n')}\nsign-key-sha3-384: ${KEY.slice(1)}\n\nc2ln`), 'assertion-header-value 7'],
    ['a padded key id', utf8(`${ACCOUNT.join('\n')}\nsign-key-sha3-384: ${KEY.slice(4)}AAA=\n\nc2ln`), 'assertion-header-value 7'],
    ['an unknown type', text(['type: constructor', ...ACCOUNT.slice(1)]), 'unknown-type 1'],
    ['an empty type', text(['type: ', ...ACCOUNT.slice(1)]), 'assertion-header-missing 1'],
    ['no authority', text(ACCOUNT.toSpliced(1, 1)), 'assertion-header-missing 1'],
    ['an authority that is a list', text(ACCOUNT.toSpliced(1, 1, 'authority-id:\n  - x')), 'assertion-header-value 2'],
    ['a negative format', account('format: -1'), 'assertion-format 7'],
    ['an empty primary key', text(ACCOUNT.toSpliced(2, 1, 'account-id: ')), 'assertion-header-missing 3'],
    ['a primary key with a slash', text(ACCOUNT.toSpliced(2, 1, 'account-id: a/b')), 'assertion-header-value 3'],
    ['a revision that is no number', account('revision: 1.0'), 'assertion-header-value 7'],
    ['a timestamp that is none', text(ACCOUNT.toSpliced(4, 1, 'timestamp: yesterday')), 'assertion-rule 5'],
  ])('refuses %s', (_, bytes, expected) => expect(refused(bytes)).toBe(expected));

  it('skips line feeds within the key id, as Go does', () => {
    const bytes = utf8(`${ACCOUNT.join('\n')}\nsign-key-sha3-384:\n    ${KEY.slice(0, 30)}\n    ${KEY.slice(30)}\n\nc2ln`);
    expect(refused(bytes)).toBe('read');
  });

  it('keeps a number as it stood and knows its value', () => {
    const read = decodeAssertion(account('revision: +1'));
    expect([read.revision, read.headers['revision']]).toEqual([1, '+1']);
  });

  it('reads a format that is newer than it knows: checks refuse it later', () => {
    expect(decodeAssertion(account('format: 99')).format).toBe(99);
  });

  it('refuses an authority on a type that signs for itself', () => {
    expect(refused(text(['type: serial-request', 'authority-id: acme', 'brand-id: acme', 'model: box', 'request-id: 1', 'device-key: x']))).toBe('assertion-authority 2');
  });

  it('takes the place of a key id for a built-in marker alone', () => {
    expect(decodeAssertion(utf8(`${ACCOUNT.join('\n')}\n\n$builtin\n`)).signKeyId).toBe('');
    expect(refused(utf8(`${ACCOUNT.join('\n')}\n\n$builtins\n`))).toBe('assertion-header-missing 1');
  });

  it('runs further checks by type and gives them a place', () => {
    const checks = { account: () => expect.fail('never here') };
    expect(() => decodeAssertion(account(), { checks })).toThrow('never here');
    expect(refusal(() => decodeAssertion(account(), { checks: { model: checks.account } }))).toBe('read');
  });

  it('refuses what no stream could carry', () => {
    expect(refused(new Uint8Array(17_000_000))).toMatch(/^assertion-too-large/);
  });
});

describe('decoding a stream', () => {
  const ONE = account();
  const TWO = body('two\n\nlines');
  const read = (...parts: (Uint8Array | string)[]) => decodeStream(concat(...parts.map((part) => (typeof part === 'string' ? utf8(part) : part))));
  const streamRefused = (...parts: (Uint8Array | string)[]): string => refusal(() => read(...parts));

  it('reads nothing from nothing', () => expect(read()).toEqual([]));

  it('reads assertions with one empty line between', () => {
    expect(read(ONE, '\n', TWO, '\n', ONE).map((a) => fromUtf8(a.body))).toEqual(['', 'two\n\nlines', '']);
  });

  it('ends in no line feed, one or two; in no more', () => {
    expect(read(ONE.subarray(0, -1))).toHaveLength(1);
    expect(read(ONE)).toHaveLength(1);
    expect(read(ONE, '\n')).toHaveLength(1);
    expect(streamRefused(ONE, '\n\n')).toMatch(/^assertion-truncated/);
    expect(streamRefused(ONE, '\n\n\n')).toMatch(/^assertion-header-syntax/);
  });

  it('needs the empty line between two', () => {
    expect(streamRefused(ONE, ONE)).toMatch(/^assertion-truncated/);
    expect(streamRefused(ONE, '\n\n', ONE)).toMatch(/^assertion-header/);
  });

  it('takes two blank lines before the signature when there is no body, and keeps the first in the content', () => {
    const head = [...ACCOUNT, KEY_LINE].join('\n');
    const [assertion] = read(`${head}\n\n\n\nc2ln\n`);
    expect(fromUtf8(assertion!.content)).toBe(`${head}\n\n`);
    expect(fromUtf8(assertion!.signature)).toBe('c2ln\n');
    expect(fromUtf8(read(`${head}\n\nc2ln\n`)[0]!.content)).toBe(head);
  });

  it('refuses a body without a blank line after it, and one that is cut off', () => {
    expect(streamRefused(text([...ACCOUNT, 'body-length: 4'], '\n\nbody\nc2ln\n'))).toMatch(/^assertion-separator-missing/);
    expect(streamRefused(text([...ACCOUNT, 'body-length: 400'], '\n\nbody\n\nc2ln\n'))).toMatch(/^assertion-truncated/);
  });

  it('refuses headers without end', () => {
    expect(streamRefused(ONE, '\n', 'type: account')).toMatch(/^assertion-truncated/);
  });

  it('names the line within the whole stream', () => {
    expect(streamRefused(ONE, '\n', account('oops'))).toBe('assertion-header-syntax 17');
  });

  it('has 128 KiB for headers, 2 MiB for a body and 128 KiB for a signature', () => {
    const headBytes = account('a: ').length - 'c2ln\n'.length;
    expect(read(account(`a: ${'x'.repeat(131_072 - headBytes)}`))).toHaveLength(1);
    expect(streamRefused(account(`a: ${'x'.repeat(131_073 - headBytes)}`))).toBe('assertion-too-large 1');
    expect(read(body('x'.repeat(MAX_BODY_BYTES)))).toHaveLength(1);
    expect(streamRefused(body('x'.repeat(MAX_BODY_BYTES + 1)))).toBe('assertion-too-large 7');
    expect(read(text(ACCOUNT, `\n\n${'x'.repeat(131_071)}`))).toHaveLength(1);
    expect(read(text(ACCOUNT, `\n\n${'x'.repeat(131_070)}\n\n`))).toHaveLength(1);
    expect(streamRefused(text(ACCOUNT, `\n\n${'x'.repeat(131_072)}`))).toMatch(/^assertion-too-large/);
    expect(streamRefused(text(ACCOUNT, `\n\n${'x'.repeat(131_071)}\n\n`))).toMatch(/^assertion-too-large/);
  });

  it('never gives anything but assertions or a refusal, whatever the bytes', () => {
    const seeds = [account(), body('two\n\nlines'), fixture('trust/fixtures/canonical-roots.assert')];
    const edit = fc.tuple(fc.nat(6000), fc.nat(40), fc.oneof(fc.uint8Array({ maxLength: 4 }), fc.constantFrom('\n', '\n\n', ':', ' ', '  -', 'body-length: 9\n').map(utf8)));
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 4 }), (seed, edits) => {
        let bytes = seed;
        for (const [at, cut, put] of edits) bytes = concat(bytes.subarray(0, at % bytes.length), put, bytes.subarray((at % bytes.length) + cut));
        for (const decode of [(b: Uint8Array) => encodeAssertion(decodeAssertion(b)), (b: Uint8Array) => encodeStream(decodeStream(b))]) {
          let again: Uint8Array;
          try {
            again = decode(bytes);
          } catch (error) {
            if (error instanceof AssertionFormatError) continue;
            throw error;
          }
          // A stream may end in a blank line or in none; what lies between is the same.
          const shared = Math.min(again.length, bytes.length - 2);
          expect(again.subarray(0, shared).every((byte, i) => byte === bytes[i])).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  }, 30_000);
});

describe('the assertions of production', () => {
  const stream = (path: string) => [path, fixture(`trust/fixtures/${path}`)] as const;

  it.each([stream('canonical-roots.assert'), stream('generic.assert'), stream('production-chain/store-key.assert')])('of %s are written as they were read', (_, bytes) => {
    expect(encodeStream(decodeStream(bytes))).toEqual(bytes);
  });

  it.each([stream('production-chain/pc24-with-comps-signed.model'), stream('production-chain/valid-for-testing.account-key')])('of %s are alike by either decoder', (_, bytes) => {
    expect(decodeStream(bytes)).toEqual([decodeAssertion(bytes)]);
  });
});
