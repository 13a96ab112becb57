import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ACME_BOX } from '../../lib/keys/testing';
import { batch, imprint, inProject, makeFolder, parseLines } from './testing';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const KEY_ID = '6w7UriF6ziyc4t-e-vVzERE9uUVVXSXdEmQJ3ZMfNFl4vSq_PG5jcUxh3XI15VRz';
const KEY = inProject('lib/keys/fixtures/test-key-1024.jwk.json');
const ROOTS = inProject('lib/trust/fixtures/canonical-roots.assert');
const GENERIC = inProject('lib/trust/fixtures/generic.assert');
const BOX_FILE = inProject('lib/keys/fixtures/acme-box.model');
const BOX = readFileSync(BOX_FILE, 'utf8');
const generic = readFileSync(GENERIC, 'utf8');
const chain = (name: string): string => inProject(`lib/trust/fixtures/production-chain/${name}`);
const BOX_JSON = JSON.stringify(ACME_BOX);
const [CONTENT = ''] = BOX.split('\n\n');

let folder: string;
let remove: () => void;
beforeAll(() => {
  ({ folder, remove } = makeFolder({
    'box.json': BOX_JSON,
    'with-key.json': JSON.stringify({ ...ACME_BOX, 'sign-key-sha3-384': KEY_ID }),
    'no-json.json': '{',
    'number.json': JSON.stringify({ ...ACME_BOX, revision: 1, 'sign-key-sha3-384': KEY_ID }),
    'confdb.json': JSON.stringify({ type: 'confdb-schema', 'authority-id': 'acme', 'account-id': 'acme', name: 'net', timestamp: '2026-01-01T00:00:00Z', views: { wifi: { rules: [{ request: 'ssid', storage: 'wifi.ssid' }] } }, body: '{"storage":{"schema":{"wifi":{"values":"any"}}}}', 'sign-key-sha3-384': KEY_ID }),
    // The second of three says something else than what was signed, and cannot be read.
    'broken.assert': generic.replace('\naccount-id: generic\ndisplay-name', '\naccount-id generic\ndisplay-name'),
    empty: '',
  }));
});
afterAll(() => remove());

describe('assertion inspect', () => {
  it('writes a JSON object a line for each assertion of all files, with the three shapes of signatures', async () => {
    const { code, stdout, stderr } = await imprint(['assertion', 'inspect', GENERIC, BOX_FILE, chain('valid-for-testing-pc-24.model')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const found = parseLines(stdout) as Record<string, unknown>[];
    expect(found.map(({ type }) => type)).toEqual(['account', 'account-key', 'model', 'model', 'model']);
    expect(found.map(({ signature }) => (signature as { shape: string }).shape)).toEqual(['gnupg-1', 'gnupg-1', 'gnupg-1', 'go', 'gnupg-2']);
    expect(found[3]).toMatchObject({ ok: true, primaryKey: ['16', 'acme', 'acme-box'], revision: 1, bodyBytes: 0, keyId: KEY_ID, headers: { ...ACME_BOX, 'sign-key-sha3-384': KEY_ID }, signature: { hash: 'sha512', createdAt: '2026-01-01T00:00:00Z', bytes: 128 } });
    expect(found[1]).toMatchObject({ bodyBytes: 717 });
  });

  it('shows what came before a break, then the error with its line and byte', async () => {
    const third = `${generic}\n${BOX.replace('model: acme-box', 'model acme-box')}`;
    const { code, stdout, stderr } = await imprint(['assertion', 'inspect', '-'], { input: third });
    expect(code).toBe(1);
    expect(parseLines(stdout)).toHaveLength(3);
    expect(stderr).toBe(`standard input: The header "model acme-box" has no ":" after its name (line ${third.slice(0, third.indexOf('model acme-box')).split('\n').length}, byte ${Buffer.byteLength(third.slice(0, third.indexOf('model acme-box')))}).\n`);
  });

  it('shows the headers of a type that nobody knows', async () => {
    const { code, stdout, stderr } = await imprint(['assertion', 'inspect', '-'], { input: BOX.replace('type: model', 'type: modell') });
    expect(code).toBe(1);
    expect(parseLines(stdout)).toMatchObject([{ ok: false, code: 'unknown-type', type: 'modell', headers: { model: 'acme-box' } }]);
    expect(stderr).toContain('"modell" is no known type');
  });

  it('says when there is nothing', async () => {
    expect(await imprint(['assertion', 'inspect', 'empty'], { folder })).toEqual({ code: 1, stdout: '', stderr: 'empty: There is no assertion in it.\n' });
  });
});

describe('assertion inspect --batch', () => {
  it('answers each line in order and goes on whatever a line is', async () => {
    const revision = `type: snap-revision\nauthority-id: canonical\nsnap-sha3-384: ${'A'.repeat(64)}\ndeveloper-id: acme\nsnap-id: pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza\nsnap-revision: 1\nsnap-size: 10\ntimestamp: 2026-01-01T00:00:00Z\nsign-key-sha3-384: ${KEY_ID}\n\nAcLB`;
    const { code, stderr, answers } = await batch('assertion inspect', [
      { id: 1, text: BOX },
      { id: 'two', text: `${BOX}\n` },
      'no JSON',
      '',
      { id: 4 },
      '["a list"]',
      { text: BOX },
      { id: 'defaults', text: revision },
      { id: 'unknown', text: BOX.replace('type: model', 'type: modell') },
      { id: 'names', text: BOX.replace('\ndisplay-name:', '\nconstructor: a\ndisplay-name:') },
      `{"id":"surrogate","text":${JSON.stringify(BOX.replace('Acme', '%')).replace('%', '\\ud800')}}`,
      `{"id":"twice","text":"x","text":${JSON.stringify(BOX)}}`,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(answers.map(({ id, ok, code: refusal }) => [id, ok, refusal])).toEqual([
      [1, true, undefined],
      ['two', false, 'assertion-body-length'],
      [null, false, 'bad-line'],
      [4, false, 'bad-line'],
      [null, false, 'bad-line'],
      [null, true, undefined],
      ['defaults', true, undefined],
      ['unknown', false, 'unknown-type'],
      ['names', true, undefined],
      ['surrogate', true, undefined],
      ['twice', true, undefined],
    ]);
    expect(answers[0]).toEqual({ id: 1, ok: true, type: 'model', headers: { ...ACME_BOX, 'sign-key-sha3-384': KEY_ID }, bodyBytes: 0, judged: 'full' });
    expect(answers[6]).toMatchObject({ headers: { provenance: 'global-upload' } });
    expect(answers[7]).toMatchObject({ headers: { model: 'acme-box' } });
    expect(answers[8]).toMatchObject({ headers: { constructor: 'a' } });
    expect((answers[9]!.headers as Record<string, string>)['display-name']).toBe('\ufffd\nBox');
  });

  it('takes texts of 10 MB and nesting of thousands', async () => {
    const body = 'é\n'.repeat(3_500_000).slice(0, -1);
    const build = (more: string): string => `type: snap-build\nauthority-id: acme\nsnap-sha3-384: ${'A'.repeat(64)}\ngrade: stable\nsnap-id: pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza\nsnap-size: 10\ntimestamp: 2026-01-01T00:00:00Z\n${more}`;
    const key = `sign-key-sha3-384: ${KEY_ID}`;
    const deep = `x:\n${Array.from({ length: 2000 }, (_, i) => `${'  '.repeat(i + 1)}-\n`).join('')}${'  '.repeat(2001)}- x\n`;
    const { answers } = await batch('assertion inspect', [{ id: 'body', text: `${build(`body-length: ${Buffer.byteLength(body)}\n${key}`)}\n\n${body}\n\nAcLB` }, { id: 'deep', text: `${build(deep)}${key}\n\nAcLB` }, { id: 'x', text: 'x'.repeat(10_000_000) }, { id: 'last', text: BOX }]);
    expect(answers.map(({ id, ok, bodyBytes }) => [id, ok, bodyBytes])).toEqual([['body', true, Buffer.byteLength(body)], ['deep', true, 0], ['x', false, undefined], ['last', true, 0]]);
  });

  it('answers thousands of lines in one process', async () => {
    const { answers } = await batch('assertion inspect', Array.from({ length: 5000 }, (_, id) => ({ id, text: id % 2 === 0 ? BOX : 'x' })));
    expect(answers.map(({ id, ok }) => [id, ok])).toEqual(Array.from({ length: 5000 }, (_, id) => [id, id % 2 === 0]));
  });
});

describe('assertion verify', () => {
  const AT = ['--at', '2026-06-01T00:00:00Z'];

  it('tells of each assertion in the order of the input, whatever leans on what', async () => {
    const files = [chain('pc24-with-comps-signed.model'), chain('test-snapd-account-key-rrP2xy.assert'), chain('valid-for-testing.account'), chain('store-key.assert'), GENERIC];
    const { code, stdout, stderr } = await imprint(['assertion', 'verify', '--trusted', ROOTS, ...AT, ...files]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n').slice(0, -1);
    expect(lines[0]).toBe('model\t16/test-snapd/ubuntu-core-24-pc-amd64\tok');
    expect(lines.at(-1)).toBe('model\t16/generic/generic-classic\tok');
    expect(lines.filter((line) => line.endsWith('\tok'))).toHaveLength(lines.length);
  });

  it('tells what does not hold, and what cannot be read with a line of its own', async () => {
    const { code, stdout } = await imprint(['assertion', 'verify', '--trusted', ROOTS, ...AT, 'broken.assert'], { folder });
    expect(code).toBe(1);
    expect(stdout.split('\n').slice(0, -1).map((line) => line.split('\t').map((field) => field.split(': ')[0]))).toEqual([
      ['account', '?', 'assertion-header-syntax'],
      ['account-key', 'd-JcZF9nD9eBw7bwMnH61x-bklnQOhQud1Is6o_cn2wTj8EYDi9musrIT9z2MdAa', 'prerequisite-missing'],
      ['model', '16/generic/generic-classic', 'prerequisite-missing'],
    ]);
  });

  it('writes JSON lines on demand, and reads stdin', async () => {
    const { code, stdout } = await imprint(['assertion', 'verify', '--json', '--trusted', ROOTS, ...AT, '-', BOX_FILE], { input: generic });
    expect(code).toBe(1);
    expect(parseLines(stdout)).toMatchObject([{ file: '-', type: 'account', primaryKey: ['generic'], ok: true }, { ok: true }, { ok: true }, { file: BOX_FILE, type: 'model', ok: false, code: 'key-missing', reason: expect.stringContaining('is missing') as string }]);
  });

  it('goes by the time that is given', async () => {
    const { code, stdout } = await imprint(['assertion', 'verify', '--trusted', ROOTS, '--at', '2017-07-01T00:00:00Z', GENERIC]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^account\tgeneric\tok\n/);
    expect(stdout).toMatch(/\nmodel\t16\/generic\/generic-classic\tkey-not-yet-valid: /);
  });

  it('refuses roots that are none', async () => {
    expect(await imprint(['assertion', 'verify', '--trusted', GENERIC, ...AT, GENERIC])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('cannot be a root') as string });
    expect(await imprint(['assertion', 'verify', '--trusted', 'empty', GENERIC], { folder })).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('assertion encode', () => {
  it('writes the bytes that get signed and nothing else', async () => {
    expect(await imprint(['assertion', 'encode', 'with-key.json'], { folder })).toEqual({ code: 0, stdout: CONTENT, stderr: '' });
    expect(parseLines((await imprint(['assertion', 'encode', '--json', '-'], { input: JSON.stringify({ ...ACME_BOX, 'sign-key-sha3-384': KEY_ID }) })).stdout)).toEqual([{ content: CONTENT, judged: 'full' }]);
  });

  it('puts a JSON body into its one form, as snap sign does', async () => {
    const { code, stdout } = await imprint(['assertion', 'encode', 'confdb.json'], { folder });
    expect(code).toBe(0);
    const body = JSON.stringify({ storage: { schema: { wifi: { values: 'any' } } } }, undefined, 2);
    expect(stdout.endsWith(`\nbody-length: ${body.length}\nsign-key-sha3-384: ${KEY_ID}\n\n${body}`)).toBe(true);
  });

  it.each([
    ['box.json', '"sign-key-sha3-384" is missing'],
    ['no-json.json', 'This is no JSON: it ends before a name in quotes or "}" (line 1, column 2)'],
    ['number.json', '"revision" holds a number'],
  ])('refuses %s by name', async (file, sentence) => {
    const { code, stdout, stderr } = await imprint(['assertion', 'encode', file], { folder });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`${file}: `);
    expect(stderr).toContain(sentence);
  });

  it('answers lines in order', async () => {
    const headers = { ...ACME_BOX, 'sign-key-sha3-384': KEY_ID };
    const { code, answers } = await batch('assertion encode', [
      { id: 1, headers },
      { id: 2, headers: ACME_BOX },
      { id: 3 },
      { id: 4, headers: { ...headers, revision: 2 } },
      { id: 5, headers: { ...headers, classic: null } },
      { id: 6, headers: { ...headers, type: 'modell' } },
      { id: 7, headers, body: 5 },
      { id: 8, headers: { ...headers, 'body-length': '7' }, body: 'text' },
      `{"id":9,"headers":{"revision":"9",${JSON.stringify({ ...headers, constructor: 'x' }).slice(1)}}`,
      `{"id":10,"headers":{"__proto__":"x",${JSON.stringify(headers).slice(1)}}`,
    ]);
    expect(code).toBe(0);
    expect(answers.map(({ id, ok, code: refusal }) => [id, ok, refusal])).toEqual([
      [1, true, undefined],
      [2, false, 'assertion-header-missing'],
      [3, false, 'bad-line'],
      [4, false, 'assertion-header-value'],
      [5, false, 'assertion-header-value'],
      [6, false, 'unknown-type'],
      [7, false, 'bad-line'],
      [8, true, undefined],
      [9, true, undefined],
      [10, false, 'assertion-header-unwritable'],
    ]);
    expect(answers[0]).toEqual({ id: 1, ok: true, content: CONTENT, judged: 'full' });
    expect(answers[7]!.content).toBe(`${CONTENT.replace('\nsign-key', '\nbody-length: 4\nsign-key')}\n\ntext`);
    expect(answers[8]!.content).toContain('\nbase: core24\nconstructor: x\n');
  });
});

describe('assertion sign', () => {
  const sign = (...more: string[]): string[] => ['assertion', 'sign', '--key', KEY, '--time', '2026-01-01T00:00:00Z', ...more];

  it('gives the same bytes each time, for a small key on demand only', async () => {
    expect(await imprint(sign('--allow-small-key', 'box.json'), { folder })).toEqual({ code: 0, stdout: BOX, stderr: '' });
    const refused = await imprint(sign('box.json'), { folder });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/test-key-1024\.jwk\.json: .*1024.*4096/);
  });

  it('sets the timestamp where it is asked to, and only there', async () => {
    const signed = await imprint(['assertion', 'sign', '--key', KEY, '--time', '2026-02-03T05:05:06.7+01:00', '--allow-small-key', '--update-timestamp', '--json', '-'], { input: BOX_JSON });
    expect(signed).toMatchObject({ code: 0, stderr: '' });
    const [{ assertion, ...more }] = parseLines(signed.stdout) as [{ assertion: string }];
    expect(more).toEqual({ keyId: KEY_ID, judged: 'full' });
    expect(assertion.split('\n\n')[0]).toBe(CONTENT.replace('timestamp: 2026-01-01T00:00:00Z', 'timestamp: 2026-02-03T04:05:06Z'));
  });

  it.each([
    ['no time', ['--time', 'tomorrow'], 2],
    ['a time that no signature can carry', ['--time', '1969-12-31T23:59:59Z'], 2],
    ['a key that is none', ['--key', BOX_FILE], 1],
  ])('refuses %s', async (_, more, code) => {
    expect(await imprint([...sign('--allow-small-key', ...more), 'box.json'], { folder })).toMatchObject({ code, stdout: '', stderr: expect.not.stringContaining('    at ') as string });
  });
});
