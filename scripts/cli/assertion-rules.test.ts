import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Assertion, Headers } from '../../lib/assertion/assertion';
import { encodeAssertion, encodeStream } from '../../lib/assertion/encode';
import { utf8 } from '../../lib/bytes';
import { signAssertion } from '../../lib/keys/sign';
import { newKey } from '../../lib/prepare/testing/make-set';
import { batch, imprint, makeFolder, parseLines } from './testing';

vi.setConfig({ testTimeout: 60_000 });
const { folder, remove } = makeFolder();
afterAll(remove);

const KEY_ID = 'Jv8_JiHiIzJVcO9M55pPdqSDWUvuhfDIBJUS-3VW7F_idjix7Ffn5qMxB21ZQuij';
const ID = 'a'.repeat(32);
const TIME = '2024-06-01T00:00:00Z';

describe('the components of a preseed', () => {
  const preseed = (snaps: object[]) => ({
    type: 'preseed',
    series: '16',
    'authority-id': 'demo-brand',
    'brand-id': 'demo-brand',
    model: 'box',
    'system-label': '20240601',
    'artifact-sha3-384': 'KPIl7M4vQ9d4AUjkoU41TGAwtOMLc_bWUCeW8AvdRWD4_xcP60Oo4ABs1No7BtXj',
    timestamp: TIME,
    'sign-key-sha3-384': KEY_ID,
    snaps,
  });
  const asserted = (...components: object[]) => ({ name: 'ui', id: ID, revision: '7', components });
  const unasserted = (...components: object[]) => ({ name: 'tool', components });
  const encode = (name: string, headers: object) => {
    writeFileSync(path.join(folder, name), JSON.stringify(headers));
    return imprint(['assertion', 'encode', '--json', name], { folder });
  };
  const sound = preseed([
    asserted({ name: 'icons', revision: '3' }, { name: 'themes', revision: '4' }),
    unasserted({ name: 'icons' }),
  ]);

  it('are taken once each, with a revision where their snap has one', async () => {
    const { code, stdout } = await encode('sound.json', sound);
    expect(code).toBe(0);
    const [{ content, judged }] = parseLines(stdout) as [{ content: string; judged: string }];
    expect(judged).toBe('full');
    const inspected = await imprint(['assertion', 'inspect', '-'], { input: `${content}\n\nAXNpZw==` });
    expect(inspected).toMatchObject({ code: 0, stderr: '' });
    expect(parseLines(inspected.stdout)).toMatchObject([{ ok: true, judged: 'full', headers: sound }]);
  });

  it.each<[what: string, said: string, snap: object]>([
    [
      'twice',
      'the component icons of ui a second time',
      asserted({ name: 'icons', revision: '3' }, { name: 'icons', revision: '4' }),
    ],
    ['without-revision', 'of the component icons is missing', asserted({ name: 'icons' })],
    ['with-revision', 'of the component icons cannot be given', unasserted({ name: 'icons', revision: '3' })],
  ])('are refused %s', async (name, said, snap) => {
    const { code, stdout, stderr } = await encode(`${name}.json`, preseed([snap]));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(said);
  });
});

describe('how far an assertion was judged', () => {
  const [root, brand] = [newKey(), newKey()];
  const sign = (headers: Headers, body?: Uint8Array, key = root): Promise<Assertion> => {
    const all = { 'authority-id': 'canonical', timestamp: TIME, ...headers };
    return signAssertion({
      headers: all,
      key,
      time: new Date(TIME),
      minimumBits: 1024,
      ...(body && { body }),
    });
  };
  const account = (id: string) =>
    sign({ type: 'account', 'account-id': id, 'display-name': id, validation: 'verified' });
  const accountKey = (id: string, name: string, key: typeof root) => {
    const headers: Headers = {
      type: 'account-key',
      'account-id': id,
      name,
      'public-key-sha3-384': key.keyId,
      since: TIME,
    };
    return signAssertion({
      headers: { 'authority-id': 'canonical', ...headers },
      key: root,
      time: new Date(TIME),
      minimumBits: 1024,
      body: utf8(key.encodedPublicKey),
    });
  };
  const declaration = (more: Headers = {}): Headers => ({
    type: 'snap-declaration',
    series: '16',
    'snap-id': ID,
    'snap-name': 'ui',
    'publisher-id': 'acme',
    ...more,
  });
  const rules: Headers = { plugs: { home: { 'allow-auto-connection': 'true' } } };
  const confdb: Headers = {
    type: 'confdb-schema',
    'authority-id': 'acme',
    'account-id': 'acme',
    name: 'net',
    views: { wifi: { rules: [{ request: 'ssid', storage: 'wifi.ssid' }] } },
  };
  const storage = JSON.stringify({ storage: { schema: { wifi: { values: 'any' } } } }, undefined, 2);
  const CASES: [what: string, judged: string, headers: Headers, body?: string][] = [
    ['a declaration without rules of interfaces', 'full', declaration()],
    ['one with rules of plugs', 'general', declaration({ format: '1', ...rules })],
    ['one with rules of slots', 'general', declaration({ format: '1', slots: { home: 'true' } })],
    ['a base-declaration with rules', 'general', { type: 'base-declaration', series: '16', ...rules }],
    ['a base-declaration without', 'full', { type: 'base-declaration', series: '16' }],
    ['a confdb-schema, whose storage is not', 'general', confdb, storage],
  ];

  it('is told by inspect, encode and verify alike', async () => {
    const signed = await Promise.all(
      CASES.map(([, , headers, body]) => sign(headers, body ? utf8(body) : undefined, body ? brand : root)),
    );
    const wanted = CASES.map(([what, judged]) => [what, true, judged]);
    const told = (answers: Record<string, unknown>[]) =>
      answers.map(({ ok, judged }, i) => [CASES[i]![0], ok, judged]);

    const lines = signed.map((assertion) => ({ text: Buffer.from(encodeAssertion(assertion)).toString() }));
    expect(told((await batch('assertion inspect', lines)).answers)).toEqual(wanted);
    const headers = signed.map((assertion) => ({
      headers: assertion.headers,
      body: Buffer.from(assertion.body).toString(),
    }));
    expect(told((await batch('assertion encode', headers)).answers)).toEqual(wanted);

    writeFileSync(
      path.join(folder, 'roots'),
      encodeStream([await account('canonical'), await accountKey('canonical', 'root', root)]),
    );
    writeFileSync(
      path.join(folder, 'chain'),
      encodeStream([await account('acme'), await accountKey('acme', 'sets', brand)]),
    );
    // Two assertions with one key are one too many: the others of their kind are verified on their own.
    for (const [i, assertion] of signed.entries()) {
      writeFileSync(path.join(folder, 'one'), encodeStream([assertion]));
      const verified = await imprint(
        ['assertion', 'verify', '--json', '--trusted', 'roots', 'one', 'chain'],
        { folder },
      );
      expect(parseLines(verified.stdout)[0]).toMatchObject({ ok: true, judged: CASES[i]![1] });
    }
  });
});
