import { describe, expect, it } from 'vitest';
import { encodeAssertion } from '../assertion/encode';
import { decodeAssertion } from '../assertion/decode';
import { utf8 } from '../bytes';
import { assembleContent } from '../assertion/encode';
import { oldClassic, uc16, uc18Pi, uc24 } from './fixtures/models';
import { judgeHeaders, judgeText } from './judge';

const KEY = 'A'.repeat(64);
const errors = ({ problems }: ReturnType<typeof judgeHeaders>) => problems.filter((p) => p.severity === 'error').map((p) => `${p.path} ${p.code}`);
const snaps = uc24().snaps;
const withKernel = (more: Record<string, unknown>) => ({ ...uc24(), snaps: snaps.map((entry) => (entry.type === 'kernel' ? { ...entry, ...more } : entry)) });

describe('headers, as `snap sign` takes them', () => {
  it.each<[string, unknown]>([
    ['a UC24 model', uc24()],
    ['a Pi model of UC18', uc18Pi()],
    ['an empty list of authorities', { ...uc24(), 'serial-authority': [] }],
    ['an odd name that leaves no text', { ...uc24(), 'Foo Bar': {} }],
    ['an odd name that smuggles in a header', { ...uc24(), 'x: y\nfoo': 'z' }],
    ['an empty member beside others', { ...uc24(), extra: [{}, 'x'] }],
    ['empty modes of an essential snap', withKernel({ modes: [] })],
    ['more than devices read', { ...uc24(), extra: 'x'.repeat(200_000) }],
    ['deep nesting', { ...uc24(), extra: Array.from({ length: 100 }).reduce<unknown>((inner) => [inner], 'x') }],
    ['half a character, which JSON readers mend', { ...uc24(), extra: '\ud800' }],
    ['another series', { ...uc24(), series: '18' }],
    ['a reserved header', { ...uc24(), core: 'x' }],
    ['a body', { ...uc24(), body: 'two\n\nlines' }],
    ['what is filled in, given wrong', { ...uc24(), 'body-length': 'nine', 'sign-key-sha3-384': '' }],
    ['an optional first format', { ...uc24(), format: '0', revision: '+1' }],
  ])('%s: snapd signs it, so nothing is an error', (_, headers) => {
    const judgement = judgeHeaders(headers);
    expect(errors(judgement)).toEqual([]);
    expect(judgement.ok).toBe(true);
  });

  it.each<[string, unknown, string]>([
    ['no map', ['model'], ' not-headers'],
    ['another type', { ...uc24(), type: 'serial' }, '/type type-not-model'],
    ['an unknown type', { ...uc24(), type: 'modle' }, '/type type-not-model'],
    ['no type', { ...uc24(), type: undefined }, '/type not-text-value'],
    ['a number', { ...uc24(), revision: 1 }, '/revision not-text-value'],
    ['a flag in a snap', withKernel({ optional: true }), '/snaps/1/optional not-text-value'],
    ['an empty map where a text belongs', { ...uc24(), store: {} }, '/store not-text'],
    ['a list of nothing', { ...uc24(), extra: [[]] }, '/extra/0 empty-member'],
    ['a name with a slash and a tilde', withKernel({ components: { 'a/b~c': 'required' } }), '/snaps/1/components/a~1b~0c component-name'],
    ['no snaps beside a distribution', { ...oldClassic(), base: 'core24', distribution: 'ubuntu', snaps: [] }, '/snaps snaps-empty'],
    ['a format that models do not have', { ...uc24(), format: '1' }, '/format assertion-format'],
    ['a body of no text', { ...uc24(), body: ['x'] }, '/body not-text'],
    ['a body that is a map', { ...uc24(), body: { a: 'x' } }, '/body not-text'],
    ['a grade in the old dialect', { ...uc16(), grade: 'signed' }, '/grade header-without-snaps'],
  ])('%s: snapd refuses it, and the place is told', (_, headers, expected) => {
    const judgement = judgeHeaders(headers);
    expect(judgement.ok).toBe(false);
    expect(errors(judgement)).toContain(expected);
  });

  it('all problems are told at once, numbers among them', () => {
    expect(errors(judgeHeaders({ ...uc24(), revision: 1, grade: 'best', timestamp: 'now' }))).toEqual(expect.arrayContaining(['/revision not-text-value', '/grade grade', '/timestamp timestamp']));
  });

  it('a header named __proto__ is only a header', () => {
    expect(errors(judgeHeaders(JSON.parse(`{"__proto__": {"type": "model"}}`)))).toContain('/type type-not-model');
  });
});

describe('a text', () => {
  const text = (headers: Record<string, unknown>, tail = '') => utf8(`${new TextDecoder().decode(assembleContent({ ...uc24(), ...headers, 'sign-key-sha3-384': KEY } as never))}\n\nc2ln${tail}`);

  it('is a model that snapd decodes, or it is refused with the line', () => {
    expect(judgeText(text({})).ok).toBe(true);
    expect(judgeText(text({}, '\n')).ok).toBe(true);
    expect(judgeText(text({}, '\n\n')).ok).toBe(false);
    expect(judgeText(utf8('')).problems).toEqual([{ severity: 'error', code: 'assertion-separator-missing', path: '', message: expect.stringContaining('line 1') as string }]);
  });

  it('with a broken rule tells every other problem too', () => {
    const broken = new TextDecoder().decode(text({})).replace('grade: signed', 'grade: best').replace('architecture: amd64', 'architecture:');
    expect(judgeText(utf8(broken)).ok).toBe(false);
    const listed = new TextDecoder().decode(text({})).replace('grade: signed', 'grade: best').replace('base: core24', 'base: Core24');
    expect(errors(judgeText(utf8(listed)))).toEqual(expect.arrayContaining(['/grade grade', '/base snap-name']));
  });

  it('that is another assertion is no model', () => {
    const account = utf8(`type: account\nauthority-id: canonical\naccount-id: acme\ndisplay-name: Acme\ntimestamp: 2026-01-01T00:00:00Z\nvalidation: unproven\nsign-key-sha3-384: ${KEY}\n\nc2ln`);
    expect(decodeAssertion(account).type).toBe('account');
    expect(encodeAssertion(decodeAssertion(account))).toEqual(account);
    expect(errors(judgeText(account))).toContain('/type type-not-model');
  });
});

it('a fix points to its place as well', () => {
  const { problems } = judgeHeaders(withKernel({ presence: 'required' }));
  expect(problems.find((p) => p.code === 'essential-presence')?.fix).toMatchObject({ op: 'remove', path: '/snaps/1/presence' });
});
