import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ACME_BOX } from '../../lib/keys/testing';
import { batch, imprint, inProject, makeFolder } from './testing';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A brace is missing before "account-id". */
const NO_BRACE = [
  '{"type":"model","series":"16","authority-id":"demo-brand","brand-id":"demo-brand","model":"box",',
  ' "validation-sets": [ "account-id": "demo-brand", "name": "vs", "mode": "enforce" ],',
  ' "snaps":[]}',
].join('\n');
const DEPTHS = [5_000, 200_000];
const nested = (depth: number): string => `{"type":"model","a":${'['.repeat(depth)}${']'.repeat(depth)}}`;

const BOX_FILE = inProject('lib/keys/fixtures/acme-box.model');

let folder: string;
let remove: () => void;
const yearsAhead = (years: number): string => `${new Date().getUTCFullYear() + years}-01-01T00:00:00Z`;

beforeAll(() => {
  ({ folder, remove } = makeFolder({
    'box.json': JSON.stringify(ACME_BOX),
    'no-architecture.json': JSON.stringify({ ...ACME_BOX, architecture: undefined }),
    'signed.json': JSON.stringify({ ...ACME_BOX, grade: 'signed' }),
    'candidate.json': JSON.stringify(ACME_BOX).replace('"name":"pc-kernel","default-channel":"24/stable"', '"name":"pc-kernel","default-channel":"24/candidate"'),
    'cut.json': '{"type":',
    'no-brace.json': NO_BRACE,
    'mac.json': NO_BRACE.replaceAll('\n', '\r'),
    'windows.json': NO_BRACE.replaceAll('\n', '\r\n'),
    'list.json': '["type"\n"model"]',
    ...Object.fromEntries(DEPTHS.map((depth) => [`${depth}.json`, nested(depth)])),
    'account.json': JSON.stringify({ type: 'account' }),
    'ahead.json': JSON.stringify({ ...ACME_BOX, timestamp: yearsAhead(5) }),
  }));
});
afterAll(() => remove());

it('model check warns of a timestamp ahead of the clock', async () => {
  const { code, stdout } = await imprint(['model', 'check', 'ahead.json'], { folder });
  expect(code).toBe(0);
  const told = { code: 'timestamp-ahead', severity: 'warning', path: '/timestamp' };
  expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining(told));
});

type Problem = { severity: string; code: string; path: string; message: string };

describe('model check', () => {
  it('lists warnings of JSON and of a signed model, and exits 0', async () => {
    for (const file of ['box.json', BOX_FILE]) {
      const { code, stdout, stderr } = await imprint(['model', 'check', file], { folder });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const problems = JSON.parse(stdout) as Problem[];
      expect(new Set(problems.map(({ severity }) => severity))).toEqual(new Set(['warning']));
      expect(problems).toContainEqual(expect.objectContaining({ code: 'grade-dangerous', path: '/grade' }));
    }
  });

  it('exits 1 when snapd would refuse, the list on stdout all the same', async () => {
    const { code, stdout, stderr } = await imprint(['model', 'check', '--json', 'no-architecture.json'], { folder });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ severity: 'error', path: '/architecture' }));
  });

  it('lists what is no JSON as a problem too', async () => {
    const { code, stdout } = await imprint(['model', 'check', 'cut.json'], { folder });
    expect(code).toBe(1);
    const message = 'This is no JSON: it ends before a value (line 1, column 9).';
    expect(JSON.parse(stdout)).toEqual([{ severity: 'error', code: 'json-malformed', path: '', message }]);
  });

  it.each(['no-brace.json', 'mac.json', 'windows.json'])('says on which line and column of %s the JSON breaks', async (file) => {
    const { code, stdout } = await imprint(['model', 'check', file], { folder });
    expect(code).toBe(1);
    const message = 'This is no JSON: there is ":" instead of "," or "]" (line 2, column 35).';
    expect(JSON.parse(stdout)).toMatchObject([{ severity: 'error', code: 'json-malformed', message }]);
  });

  it('says where a list breaks, which is no assertion either', async () => {
    const { code, stdout } = await imprint(['model', 'check', 'list.json'], { folder });
    expect(code).toBe(1);
    const message = 'This is no JSON: there is a quote instead of "," or "]" (line 2, column 1).';
    expect(JSON.parse(stdout)).toMatchObject([{ message }]);
  });

  it.each(DEPTHS)('refuses JSON that is nested %i levels deep', async (depth) => {
    const { code, stdout, stderr } = await imprint(['model', 'check', `${depth}.json`], { folder });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject([{ severity: 'error', code: 'too-deep' }]);
    const { answers } = await batch('model check', [`{"id":1,"headers":${nested(depth)}}`, { id: 2 }]);
    expect(answers).toMatchObject([{ id: 1, ok: false }, { id: 2, ok: false, code: 'bad-line' }]);
  });

  it('says on which line of a batch the JSON breaks', async () => {
    const { answers } = await batch('model check', [{ id: 1, headers: ACME_BOX }, '', '{"id":2,"headers"}']);
    const message = 'This is no JSON: there is "}" instead of ":" (line 3, column 18).';
    expect(answers).toMatchObject([{ id: 1, ok: true }, { id: null, ok: false, code: 'bad-line', message }]);
  });

  it('warns of a timestamp that the key is not valid at', async () => {
    const codes = async (timestamp: string) => {
      const { code, stdout } = await imprint(['model', 'check', '--keys', inProject('lib/trust/fixtures/canonical-roots.assert'), '-'], { folder, input: JSON.stringify({ ...ACME_BOX, timestamp }) });
      return { code, found: (JSON.parse(stdout) as Problem[]).filter((problem) => problem.code === 'timestamp-outside-key').map(({ path, severity }) => `${path} ${severity}`) };
    };
    expect(await codes('2000-01-01T00:00:00Z')).toEqual({ code: 0, found: ['/timestamp warning'] });
    expect(await codes(ACME_BOX.timestamp as string)).toEqual({ code: 0, found: [] });
    expect(await imprint(['model', 'check', '--keys', 'box.json', 'box.json'], { folder })).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^box\.json: /) as string });
  });

  it('answers headers and texts in order', async () => {
    const { code, answers } = await batch('model check', [{ id: 1, headers: ACME_BOX }, { id: 2, headers: { ...ACME_BOX, grade: 'good' } }, { id: 3, text: 'type: model' }, { id: 4 }, { id: 5, headers: {} }, 'x', { id: 6, headers: { ...ACME_BOX, revision: 1 } }]);
    expect(code).toBe(0);
    expect(answers.map(({ id, ok }) => [id, ok])).toEqual([[1, true], [2, false], [3, false], [4, false], [5, false], [null, false], [6, false]]);
    for (const { ok, problems } of answers as { ok: boolean; problems: Problem[] }[]) expect(problems.some(({ severity }) => severity === 'error')).toBe(!ok);
    expect(answers[3]).toMatchObject({ code: 'bad-line' });
    expect(answers[6]!.problems).toContainEqual(expect.objectContaining({ path: '/revision', fix: expect.objectContaining({ op: 'set', value: '1' }) as unknown }));
  });
});

describe('model diff', () => {
  it('says what differs in words, JSON against JSON or a signed model', async () => {
    const { code, stdout } = await imprint(['model', 'diff', 'box.json', 'candidate.json'], { folder });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ path: '/snaps/1/default-channel', kind: 'changed', from: '24/stable', to: '24/candidate', sentence: expect.stringContaining('pc-kernel: 24/stable → 24/candidate') as string }]);
    const same = await imprint(['model', 'diff', '--json', 'box.json', '-'], { folder, input: JSON.stringify(ACME_BOX) });
    expect(same).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  });

  it('refuses what is no model, by name', async () => {
    expect(await imprint(['model', 'diff', 'box.json', 'account.json'], { folder })).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^account\.json: .*not a model/) as string });
  });
});

describe('model remodel', () => {
  it('exits 1 when it is blocked, and tells each rule', async () => {
    const { code, stdout } = await imprint(['model', 'remodel', 'signed.json', BOX_FILE], { folder });
    expect(code).toBe(1);
    const { verdict, rules } = JSON.parse(stdout) as { verdict: string; rules: { id: string; verdict: string; message: string }[] };
    expect(verdict).toBe('blocked');
    expect(rules).toContainEqual(expect.objectContaining({ id: 'grade', verdict: 'blocked' }));
  });
  it('exits 0 when it is allowed', async () => {
    const { code, stdout } = await imprint(['model', 'remodel', '--json', 'box.json', BOX_FILE], { folder });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'allowed' });
  });
});
