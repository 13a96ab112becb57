import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Headers, HeaderValue } from '../assertion/assertion';
import { encodeHeaders } from '../assertion/encode';
import { AssertionFormatError } from '../assertion/format-error';
import { utf8 } from '../bytes';
import { isAppError, type AppError } from '../errors';
import { draftToHeaders } from './draft';
import { exportJson, modelFileName } from './export';
import { uc18Pi, uc24 } from './fixtures/models';
import { draftFromHeaders, MAX_MODEL_BYTES, readModelInput } from './import';
import { applyFix } from './path';

const KEY = 'k'.repeat(64);
const text = (headers: Headers, body = '') => `${encodeHeaders({ ...headers, 'sign-key-sha3-384': KEY }, body.length)}\n\n${body && `${body}\n\n`}AXNpZw==\n`;
const account = text({ type: 'account', 'authority-id': 'canonical', 'account-id': 'acme', 'display-name': 'Acme', validation: 'unproven', timestamp: '2026-01-01T00:00:00Z' });
const otherAccount = text({ type: 'account', 'authority-id': 'canonical', 'account-id': 'globex', 'display-name': 'Globex', validation: 'unproven', timestamp: '2026-01-01T00:00:00Z' });
const model = text(uc24());

const refusal = (input: string | Uint8Array): AppError => {
  try {
    readModelInput(typeof input === 'string' ? utf8(input) : input);
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error('was taken');
};

describe('what is brought as a model', () => {
  it('is JSON as snap sign takes it', () => {
    expect(readModelInput(utf8(` \r\n${exportJson(uc24())}`))).toEqual({ kind: 'json', headers: uc24() });
    expect(readModelInput(utf8(JSON.stringify({ ...uc24(), body: '' })))).toEqual({ kind: 'json', headers: uc24() });
  });

  it('is a signed model, blank lines around it or not', () => {
    for (const given of [model, model.trimEnd(), `\n\n${model}\n\n`]) {
      const read = readModelInput(utf8(given));
      expect(read.kind === 'assertion' && read.assertion.headers).toMatchObject(uc24());
    }
  });

  it('is a chain, whatever its order', () => {
    for (const given of [`${model}\n${account}`, `${account}\n${model}`, `${account}\n${model}\n${otherAccount}\n`]) {
      const read = readModelInput(utf8(given));
      expect(read.kind === 'chain' && read.model.headers.model).toBe('acme-kiosk');
      expect(read.kind === 'chain' && read.others.map(({ type }) => type)).toEqual(given.includes('globex') ? ['account', 'account'] : ['account']);
    }
  });

  it.each([
    ['nothing', ' \n\n', 'nothing in it'],
    ['a list', '["type"]', 'one JSON object'],
    ['half of it', '\n{"type": "model"', 'no JSON: it ends before "," or "}" (line 2, column 17)'],
    ['JSON of something else', '{"type": "account"}', 'type “account”, not a model'],
    ['JSON that does not say what it is', '{"model": "x"}', '"type": "model"'],
    ['a body', JSON.stringify({ ...uc24(), body: 'x' }), 'Remove it'],
    ['an assertion of another type', account, 'type account, not a model'],
    ['a stream without a model', `${account}\n${otherAccount}`, 'no model among'],
    ['two models', `${model}\n${text(uc18Pi())}`, '2 models'],
    ['a private key', '-----BEGIN PRIVATE KEY-----', 'neither JSON nor an assertion'],
    ['a byte order mark', `\ufeff${model}`, 'byte order mark'],
    ['a byte order mark before JSON', `\ufeff${exportJson(uc24())}`, 'byte order mark'],
    ['lines as Windows ends them', model.replaceAll('\n', '\r\n'), 'CR LF'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x7b, 0]), 'UTF-16'],
    ['another encoding', new Uint8Array([0x7b, 0xe9]), 'UTF-8'],
    ['deep nesting', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'levels deep'],
  ])('is not %s', (_, given, sentence) => {
    const error = refusal(given);
    expect(error).toMatchObject({ code: 'invalid' });
    expect(error.message).toContain(sentence);
  });

  it('is not megabytes', () => {
    expect(refusal(new Uint8Array(MAX_MODEL_BYTES + 1))).toMatchObject({ code: 'too-large' });
  });

  it('is told by line and byte where it is no assertion', () => {
    expect(refusal(model.replace('base: core24', 'base core24'))).toMatchObject({ code: 'assertion-header-syntax', line: expect.any(Number) });
    expect(refusal(`${model}\nrest`)).toBeInstanceOf(AssertionFormatError);
  });

  it('has text alone: every other value is told with its place and what to do', () => {
    const broken = { type: 'model', revision: 3, classic: false, x: null, snaps: [{ name: 'pc', 'odd name': 1.5 }] };
    const { problems, message } = refusal(JSON.stringify(broken));
    expect(problems.map(({ path, fix }) => [path, fix?.op, fix?.value])).toEqual([['revision', 'set', '3'], ['classic', 'set', 'false'], ['x', 'remove', undefined], ['snaps[0]["odd name"]', 'set', '1.5']]);
    expect(message).toContain('Write it as text: "3". There are 3 more such places');
    const fixed = problems.reduce((headers, { fix }) => applyFix(headers, fix!), broken as unknown as Headers);
    expect(readModelInput(utf8(JSON.stringify(fixed)))).toMatchObject({ headers: { type: 'model', revision: '3', classic: 'false', snaps: [{ name: 'pc', 'odd name': '1.5' }] } });
  });
});

describe('a draft from headers', () => {
  it('leaves out what a brand does not write, and says so', () => {
    const { draft, dropped, problems } = draftFromHeaders({ ...uc24(), revision: '4', 'sign-key-sha3-384': KEY, 'x-acme': ['a'] }, { brandId: 'acme' });
    expect(problems).toEqual([]);
    expect(Object.keys(draft).sort()).toEqual(['architecture', 'base', 'display-name', 'grade', 'model', 'snaps', 'x-acme']);
    expect(Object.fromEntries(dropped.map(({ name, value }) => [name, value]))).toEqual({ type: 'model', 'authority-id': 'acme', series: '16', 'brand-id': 'acme', revision: '4', timestamp: '2026-01-01T00:00:00Z', 'sign-key-sha3-384': KEY });
  });

  it('says that another brand’s model becomes one of this brand', () => {
    expect(draftFromHeaders(uc24(), { brandId: 'globex' }).problems).toEqual([expect.objectContaining({ path: 'brand-id', code: 'other-brand', severity: 'warning', message: expect.stringContaining('“globex”') })]);
    expect(draftFromHeaders({ ...uc24(), series: '18', type: 'account' }, { brandId: 'acme' }).problems.map(({ code }) => code)).toEqual(['type-not-model', 'other-series']);
  });
});

it('says of a model from the future that it gets another timestamp', () => {
  const ahead = { ...uc24(), timestamp: '2031-01-01T00:00:00Z' };
  const told = (time?: string) =>
    draftFromHeaders(ahead, { brandId: 'acme', ...(time && { time }) }).problems;
  expect(told('2026-06-01T00:00:00Z')).toEqual([
    expect.objectContaining({ path: 'timestamp', code: 'timestamp-ahead', severity: 'warning' }),
  ]);
  expect(told('2031-06-01T00:00:00Z')).toEqual([]);
  expect(told()).toEqual([]);
});

describe('an export', () => {
  it('has its type first, everything that is signed, and ends in a line feed', () => {
    const json = exportJson({ 'sign-key-sha3-384': KEY, 'body-length': '1', zebra: 'z', ...uc18Pi(), revision: '2' });
    expect(json).toBe(`{
  "type": "model",
  "authority-id": "acme",
  "revision": "2",
  "series": "16",
  "brand-id": "acme",
  "model": "ubuntu-core-18-pi3",
  "architecture": "armhf",
  "base": "core18",
  "gadget": "pi=18-pi3",
  "kernel": "pi-kernel=18-pi3",
  "required-snaps": [
    "network-manager"
  ],
  "timestamp": "2026-01-01T00:00:00Z",
  "zebra": "z"
}
`);
  });

  it('has a name that tells what it is', () => {
    expect([modelFileName('acme', 3, 'json'), modelFileName('acme', 3, 'model'), modelFileName('acme', 3, 'chain')]).toEqual(['acme-r3.json', 'acme-r3.model', 'acme-r3-chain.assert']);
  });

  const value = fc.letrec<{ value: HeaderValue }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'a\nb', '\u2028', '"', '\\'), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 3 })),
  })).value;
  const names = fc.oneof(fc.string({ minLength: 1 }), fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/), fc.nat().map(String)).filter((name) => !['body', '__proto__'].includes(name));

  it('comes back as it went: headers → draft → headers → text → headers, known or not', () => {
    fc.assert(
      fc.property(fc.dictionary(names, value), (unknown) => {
        const headers = { ...uc24(), ...unknown, type: 'model' };
        const { draft } = draftFromHeaders(headers, { brandId: 'acme' });
        const signing = { brandId: 'acme', revision: 3, timestamp: '2026-02-01T00:00:00Z' };
        const again = readModelInput(utf8(exportJson(draftToHeaders(draft, signing))));
        expect(again).toEqual({ kind: 'json', headers: { ...headers, type: 'model', 'authority-id': 'acme', series: '16', 'brand-id': 'acme', revision: '3', timestamp: '2026-02-01T00:00:00Z' } });
        expect(draftFromHeaders((again as { headers: Headers }).headers, { brandId: 'acme' }).draft).toEqual(draft);
      }),
      { numRuns: 300 },
    );
  });

  it('never breaks but with a sentence, whatever is brought', () => {
    const mutated = fc.tuple(fc.constantFrom(model, `${model}\n${account}`, exportJson(uc24())), fc.nat(3000), fc.string({ unit: 'binary', maxLength: 3 })).map(([given, at, other]) => given.slice(0, at) + other + given.slice(at + other.length));
    fc.assert(
      fc.property(fc.oneof(mutated.map(utf8), fc.uint8Array(), fc.json().map(utf8)), (bytes) => {
        try {
          readModelInput(bytes);
        } catch (error) {
          if (!isAppError(error)) throw error;
        }
      }),
      { numRuns: 200 },
    );
  });
});
