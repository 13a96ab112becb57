import { beforeAll, describe, expect, it } from 'vitest';
import type { Assertion, Headers } from '../assertion/assertion';
import { utf8 } from '../bytes';
import { generateSigningKey } from '../keys/generate';
import type { SigningKey } from '../keys/signing-key';
import { account, accountKey, model, sign } from './testing';
import { verifyAll } from './verify-all';

const SNAP = 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH';
const OTHER_SNAP = 'buPKUD3TKqCOgLEjjHx5kSiCpIs5cMuQ';
const DIGEST = 'a'.repeat(64);
const TIME = '2026-06-01T00:00:00Z';
const NOW = new Date('2026-07-01T00:00:00Z');

type Signer = 'root' | 'acme' | 'globex' | 'device' | 'stranger';
const keys = {} as Record<Signer, SigningKey>;
let trusted: Assertion[];
let known: Assertion[];

beforeAll(async () => {
  for (const name of ['root', 'acme', 'globex', 'device', 'stranger'] as const) keys[name] = await generateSigningKey(1024);
  trusted = [await account(keys.root, 'root', 'root'), await accountKey(keys.root, 'root', 'root', keys.root)];
  known = [
    await account(keys.root, 'root', 'acme'),
    await account(keys.root, 'root', 'globex'),
    await accountKey(keys.root, 'root', 'acme', keys.acme),
    await accountKey(keys.root, 'root', 'globex', keys.globex),
    await model(keys.acme, 'acme', { 'serial-authority': ['globex'] }),
    await sign(keys.root, { type: 'snap-declaration', 'authority-id': 'root', series: '16', 'snap-id': SNAP, 'snap-name': 'pc', 'publisher-id': 'acme', timestamp: TIME, 'revision-authority': [{ 'account-id': 'acme', provenance: ['own'], 'min-revision': '5', 'max-revision': '8' }] }),
    await serial('acme'),
  ];
});

const serial = (by: Signer, more: Headers = {}): Promise<Assertion> =>
  sign(keys[by], { type: 'serial', 'authority-id': by, 'brand-id': 'acme', model: 'box', serial: 's1', 'device-key': keys.device.encodedPublicKey, 'device-key-sha3-384': keys.device.keyId, timestamp: TIME, ...more });

/** What an assertion of each type needs beside its type, as its own rules want it. */
const HEADERS: Readonly<Record<string, Headers>> = {
  account: { 'account-id': 'new', 'display-name': 'New', validation: 'unproven', timestamp: TIME },
  store: { store: 'mine', 'operator-id': 'acme', timestamp: TIME },
  'snap-declaration': { series: '16', 'snap-id': OTHER_SNAP, 'snap-name': 'other', 'publisher-id': 'acme', timestamp: TIME },
  'base-declaration': { series: '16', timestamp: TIME },
  'snap-revision': { 'snap-sha3-384': DIGEST, 'snap-id': SNAP, 'snap-size': '1', 'snap-revision': '7', 'developer-id': 'acme', timestamp: TIME },
  'snap-resource-revision': { 'snap-id': SNAP, 'resource-name': 'wifi', 'resource-sha3-384': DIGEST, 'resource-size': '1', 'resource-revision': '7', 'developer-id': 'acme', timestamp: TIME },
  'snap-resource-pair': { 'snap-id': SNAP, 'resource-name': 'wifi', 'resource-revision': '1', 'snap-revision': '7', 'developer-id': 'acme', timestamp: TIME },
  'snap-build': { 'snap-sha3-384': DIGEST, 'snap-id': SNAP, grade: 'stable', 'snap-size': '1', timestamp: TIME },
  'snap-developer': { 'snap-id': SNAP, 'publisher-id': 'acme' },
  validation: { series: '16', 'snap-id': SNAP, 'approved-snap-id': SNAP, 'approved-snap-revision': '7', timestamp: TIME },
  'validation-set': { series: '16', name: 'set', sequence: '1', snaps: [{ name: 'pc', id: SNAP }], timestamp: TIME },
  'system-user': { 'brand-id': 'acme', email: 'a@example.com', series: ['16'], models: ['box'], name: 'A', username: 'a', since: TIME, until: '2027-01-01T00:00:00Z' },
  'confdb-control': { 'brand-id': 'acme', model: 'box', serial: 's1', groups: [{ operators: ['acme'], authentications: ['operator-key'], views: ['acme/network/wifi'] }] },
  'device-session-request': { 'brand-id': 'acme', model: 'box', serial: 's1', nonce: 'n', timestamp: TIME },
};

const SELF_SIGNED = new Set(['confdb-control', 'device-session-request']);

describe('what an assertion says of others', () => {
  it.each<[type: string, by: Signer, more: Headers, expected: string]>([
    ['account', 'root', {}, 'ok'],
    ['account', 'acme', {}, 'authority-not-trusted'],
    ['store', 'root', {}, 'ok'],
    ['store', 'acme', {}, 'authority-not-trusted'],
    ['store', 'root', { 'operator-id': 'nobody' }, 'prerequisite-missing'],
    ['snap-declaration', 'root', {}, 'ok'],
    ['snap-declaration', 'acme', {}, 'authority-not-trusted'],
    ['snap-declaration', 'root', { 'publisher-id': 'nobody' }, 'prerequisite-missing'],
    ['base-declaration', 'root', {}, 'ok'],
    ['base-declaration', 'acme', {}, 'authority-not-trusted'],
    ['snap-build', 'acme', {}, 'ok'],
    ['snap-build', 'acme', { 'snap-id': OTHER_SNAP }, 'ok'],
    ['validation-set', 'acme', { 'account-id': 'acme' }, 'ok'],
    ['system-user', 'acme', {}, 'ok'],
    ['system-user', 'acme', { models: ['unknown'] }, 'ok'],
    ...(['snap-revision', 'snap-resource-revision', 'snap-resource-pair'] as const).flatMap((type): [string, Signer, Headers, string][] => {
      const revision = (n: string): Headers => (type === 'snap-resource-revision' ? { 'resource-revision': n } : { 'snap-revision': n });
      return [
        [type, 'root', {}, 'ok'],
        [type, 'root', { 'developer-id': 'nobody' }, 'prerequisite-missing'],
        [type, 'root', { 'snap-id': OTHER_SNAP }, 'prerequisite-missing'],
        [type, 'acme', {}, 'authority-not-trusted'],
        [type, 'acme', { provenance: 'own' }, 'ok'],
        [type, 'acme', { provenance: 'own', ...revision('5') }, 'ok'],
        [type, 'acme', { provenance: 'own', ...revision('4') }, 'authority-not-allowed'],
        [type, 'acme', { provenance: 'own', ...revision('8') }, 'ok'],
        [type, 'acme', { provenance: 'own', ...revision('9') }, 'authority-not-allowed'],
        [type, 'acme', { provenance: 'other' }, 'authority-not-allowed'],
        [type, 'globex', { provenance: 'own' }, 'authority-not-allowed'],
        // Not even the root may, once the declaration says who does.
        [type, 'root', { provenance: 'own' }, 'authority-not-allowed'],
      ];
    }),
    ['snap-resource-pair', 'acme', { provenance: 'own', 'resource-revision': '99' }, 'ok'],
    ['snap-developer', 'acme', {}, 'ok'],
    ['snap-developer', 'root', {}, 'ok'],
    ['snap-developer', 'globex', {}, 'authority-not-allowed'],
    // The publisher may be a future one.
    ['snap-developer', 'globex', { 'publisher-id': 'globex' }, 'ok'],
    ['snap-developer', 'root', { 'publisher-id': 'nobody' }, 'prerequisite-missing'],
    ['snap-developer', 'acme', { 'snap-id': OTHER_SNAP }, 'prerequisite-missing'],
    ['snap-developer', 'acme', { developers: [{ 'developer-id': 'globex', since: TIME }, { 'developer-id': 'acme', since: TIME }] }, 'ok'],
    ['snap-developer', 'acme', { developers: [{ 'developer-id': 'globex', since: TIME }, { 'developer-id': 'nobody', since: TIME }] }, 'prerequisite-missing'],
    ['validation', 'acme', {}, 'ok'],
    ['validation', 'acme', { revoked: 'true' }, 'ok'],
    ['validation', 'globex', {}, 'authority-not-allowed'],
    ['validation', 'root', {}, 'authority-not-allowed'],
    ['validation', 'acme', { 'approved-snap-id': OTHER_SNAP }, 'prerequisite-missing'],
    ['validation', 'acme', { 'snap-id': OTHER_SNAP }, 'prerequisite-missing'],
    ['validation', 'acme', { series: '17' }, 'prerequisite-missing'],
    ['confdb-control', 'device', {}, 'ok'],
    ['confdb-control', 'stranger', {}, 'self-signed'],
    ['confdb-control', 'device', { serial: 's2' }, 'prerequisite-missing'],
    ['device-session-request', 'device', {}, 'self-signed'],
  ])('agrees with them or not: a %s by %s with %j is %s', async (type, by, more, expected) => {
    const made = await sign(keys[by], { type, ...(SELF_SIGNED.has(type) ? {} : { 'authority-id': by }), ...HEADERS[type], ...more });
    for (const inputs of [[made, ...known], [...known, made]]) {
      const outcome = verifyAll(inputs, { trusted, now: NOW })[inputs.indexOf(made)]!;
      expect(outcome.ok ? 'ok' : outcome.code).toBe(expected);
    }
  });

  it.each<[by: Signer, brandModel: string, expected: string]>([
    ['acme', 'box', 'ok'],
    ['acme', 'unknown', 'ok'],
    ['globex', 'box', 'ok'],
    ['globex', 'unknown', 'prerequisite-missing'],
    ['root', 'box', 'authority-not-allowed'],
  ])('lets %s sign a serial of the model %s or not: %s', async (by, brandModel, expected) => {
    const made = await serial(by, { model: brandModel, serial: 's7' });
    const outcome = verifyAll([made, ...known], { trusted, now: NOW })[0]!;
    expect(outcome.ok ? 'ok' : outcome.code).toBe(expected);
  });

  it.each<[account: string, by: Signer, expected: string]>([
    ['acme', 'stranger', 'ok'],
    ['nobody', 'stranger', 'prerequisite-missing'],
    ['acme', 'acme', 'signature-wrong'],
  ])('has an account-key-request for %s signed by %s be %s', async (accountId, by, expected) => {
    const headers = { type: 'account-key-request', 'account-id': accountId, name: 'new', 'public-key-sha3-384': keys.stranger.keyId, since: TIME };
    const outcome = verifyAll([await sign(keys[by], headers, utf8(keys.stranger.encodedPublicKey)), ...known], { trusted, now: NOW })[0]!;
    expect(outcome.ok ? 'ok' : outcome.code).toBe(expected);
  });

  it.each<[type: string, more: Headers, said: RegExp]>([
    ['snap-declaration', { 'snap-name': '' }, /revokes the snap buPK/],
    ['validation', { revoked: 'true' }, /revokes the approval of revision 7 of the snap UqFz/],
    ['snap-developer', {}, /without any developer/],
  ])('says that a %s with %j takes something back, though it holds', async (type, more, said) => {
    const by = type === 'snap-declaration' ? 'root' : 'acme';
    const made = await sign(keys[by], { type, 'authority-id': by, ...HEADERS[type], ...more });
    expect(verifyAll([made, ...known], { trusted, now: NOW })[0]).toEqual({ ok: true, revokes: expect.stringMatching(said) as string });
  });
});
