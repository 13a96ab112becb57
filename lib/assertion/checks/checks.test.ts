import { describe, expect, it } from 'vitest';
import { utf8 } from '../../bytes';
import type { Headers } from '../assertion';
import { assembleContent } from '../encode';
import { AssertionFormatError } from '../format-error';

const DIGEST = 'A'.repeat(64);
const SNAP_ID = 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH';
const OTHER_ID = 'pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza';
const TIME = '2026-01-01T00:00:00Z';

const VALID: Record<string, Headers> = {
  account: { 'account-id': 'acme', 'display-name': 'Acme', validation: 'verified', timestamp: TIME },
  'account-key': { 'public-key-sha3-384': DIGEST, 'account-id': 'acme', since: TIME, body: 'key' },
  'account-key-request': { 'public-key-sha3-384': DIGEST, 'account-id': 'acme', name: 'models', since: TIME, body: 'key' },
  model: { series: '16', 'brand-id': 'acme', model: 'box', timestamp: TIME },
  serial: { 'brand-id': 'acme', model: 'box', serial: 's-1', 'device-key': 'key', 'device-key-sha3-384': DIGEST, timestamp: TIME },
  'serial-request': { 'brand-id': 'acme', model: 'box', 'request-id': '1', 'device-key': 'key' },
  'device-session-request': { 'brand-id': 'acme', model: 'box', serial: '1', nonce: 'n', timestamp: TIME },
  'system-user': { 'brand-id': 'acme', email: 'jo@acme.test', username: 'jo', since: TIME, until: '2027-01-01T00:00:00Z' },
  preseed: { series: '16', 'brand-id': 'acme', model: 'box', 'system-label': '20260101', 'artifact-sha3-384': DIGEST, snaps: [{ name: 'pc', id: SNAP_ID, revision: '1' }], timestamp: TIME },
  'validation-set': { series: '16', 'account-id': 'acme', name: 'box-set', sequence: '1', snaps: [{ name: 'pc', id: SNAP_ID, revision: '3', components: { wifi: { presence: 'optional', revision: '2' } } }], timestamp: TIME },
  store: { store: 'acme-store', 'operator-id': 'acme', url: 'https://store.acme.test/x', timestamp: TIME },
  'snap-declaration': { series: '16', 'snap-id': SNAP_ID, 'snap-name': 'pc', 'publisher-id': 'acme', timestamp: TIME },
  'snap-revision': { 'snap-sha3-384': DIGEST, 'snap-id': SNAP_ID, 'snap-size': '10', 'snap-revision': '1', 'developer-id': 'acme', timestamp: TIME },
  'snap-resource-revision': { 'snap-id': SNAP_ID, 'resource-name': 'wifi', 'resource-sha3-384': DIGEST, 'resource-size': '10', 'resource-revision': '1', 'developer-id': 'acme', timestamp: TIME },
  'snap-resource-pair': { 'snap-id': SNAP_ID, 'resource-name': 'wifi', 'resource-revision': '1', 'snap-revision': '1', 'developer-id': 'acme', timestamp: TIME },
  'snap-build': { 'snap-sha3-384': DIGEST, 'snap-id': SNAP_ID, grade: 'stable', 'snap-size': '10', timestamp: TIME },
  validation: { series: '16', 'snap-id': SNAP_ID, 'approved-snap-id': OTHER_ID, 'approved-snap-revision': '1', timestamp: TIME },
  'base-declaration': { series: '16', timestamp: TIME },
  'snap-developer': { 'snap-id': SNAP_ID, 'publisher-id': 'acme' },
  repair: { 'brand-id': 'acme', 'repair-id': '1', summary: 'mend it', timestamp: TIME },
};
const SELF_SIGNED = new Set(['account-key-request', 'serial-request', 'device-session-request']);

/** The path that is refused, or `fine`. A header set to undefined is left out. */
function check(type: string, more: Record<string, unknown> = {}): string {
  const { body, ...headers } = { type, 'sign-key-sha3-384': DIGEST, ...(SELF_SIGNED.has(type) ? {} : { 'authority-id': 'acme' }), ...VALID[type], ...more } as Record<string, unknown>;
  try {
    assembleContent(Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as Headers, typeof body === 'string' ? utf8(body) : undefined);
  } catch (error) {
    if (error instanceof AssertionFormatError) return error.header;
    throw error;
  }
  return 'fine';
}

describe('rules of types', () => {
  it.each(Object.keys(VALID))('take a plain %s', (type) => expect(check(type)).toBe('fine'));

  it.each(Object.entries(VALID).flatMap(([type, headers]) => Object.keys(headers).filter((name) => name !== 'body' && name !== 'url').map((name) => [type, name] as const)))('ask a %s for "%s"', (type, name) => {
    expect(check(type, { [name]: undefined })).toBe(name);
  });

  it.each(Object.entries(VALID).flatMap(([type, headers]) => ['timestamp', 'since', 'until'].filter((name) => name in headers).map((name) => [type, name] as const)))('ask for a time in a %s: "%s"', (type, name) => {
    expect(check(type, { [name]: '2026-01-01 00:00:00' })).toBe(name);
  });

  it.each<[string, Record<string, unknown>]>([
    ['account', { username: 'acme', validation: 'anything' }],
    ['account-key', { name: 'k-1', until: TIME }],
    ['account-key', { until: '0001-01-01T00:00:00Z' }],
    ['account-key', { format: '1', constraints: [{ headers: { type: 'model', model: 'a.*' } }] }],
    ['model', { model: '0-a', classic: 'true', 'display-name': 'Two\nlines', unknown: ['x'] }],
    ['system-user', { models: ['box'], until: '2030-01-01T00:00:00Z', password: '$6$salt$hash', 'force-password-change': 'true' }],
    ['system-user', { email: 'Jo Doe <jo.doe+x@acme>', password: '$6$rounds=5000$s.A/$h' }],
    ['system-user', { format: '2', 'user-presence': 'until-expiration', serials: ['1'], models: ['box'] }],
    ['preseed', { snaps: [{ name: 'pc', components: [{ name: 'wifi' }, { name: 'sound' }] }] }],
    ['validation-set', { snaps: [{ name: 'pc', id: SNAP_ID, presence: 'invalid', components: { wifi: 'invalid' } }, { name: 'app', id: OTHER_ID, components: { wifi: 'required' } }] }],
    ['store', { url: '', 'friendly-stores': ['a', 'b'], location: 'here' }],
    ['snap-declaration', { 'snap-name': '' }],
    ['snap-declaration', { aliases: [{ name: 'a.b', target: 'app' }], 'refresh-control': ['x'], 'auto-aliases': ['a_b'] }],
    ['snap-declaration', { 'revision-authority': [{ 'account-id': 'acme', provenance: ['p'], 'min-revision': '2', 'max-revision': '2', 'on-model': ['acme/box'], 'on-store': ['a_B-1'], 'on-brand': ['acme'] }] }],
    ['snap-revision', { 'snap-size': '18446744073709551615', provenance: 'own' }],
    ['snap-revision', { integrity: [{ type: 'dm-verity', version: '1', 'hash-algorithm': 'sha256', 'data-block-size': '4096', 'hash-block-size': '4096', digest: 'aB'.repeat(32), salt: '00'.repeat(32) }] }],
    ['validation', { revoked: 'true' }],
    ['snap-developer', { developers: [{ 'developer-id': 'jo', since: TIME }, { 'developer-id': 'jo', since: TIME, until: '2027-01-01T00:00:00Z' }, { 'developer-id': 'al', since: TIME, until: TIME }] }],
    ['repair', { series: ['16'], models: ['acme/box'], architectures: ['arm64'], bases: ['core', 'core18'], disabled: 'true' }],
    ['repair', { bases: ['core22'], modes: ['run', 'recover'] }],
  ])('take a %s with %j', (type, more) => expect(check(type, more)).toBe('fine'));

  it.each<[string, string, Record<string, unknown>]>([
    ['account', 'username', { username: ['a'] }],
    ['account-key', 'name', { name: 'No Name' }],
    ['account-key', 'until', { until: '2025-12-31T23:59:59Z' }],
    ['account-key', 'public-key-sha3-384', { 'public-key-sha3-384': 'short' }],
    ['account-key', 'body-length', { body: undefined }],
    ['account-key', 'constraints', { format: '1', constraints: 'x' }],
    ['account-key', 'constraints[0]', { format: '1', constraints: ['x'] }],
    ['account-key', 'constraints[0]', { format: '1', constraints: [{ a: 'x' }] }],
    ['account-key', 'constraints[0].headers.type', { format: '1', constraints: [{ headers: { type: 'mod.*' } }] }],
    ['account-key', 'constraints[0].headers.type', { format: '1', constraints: [{ headers: { model: 'box' } }] }],
    ['snap-developer', 'developers', { developers: 'jo' }],
    ['snap-developer', 'developers[0]', { developers: ['jo'] }],
    ['snap-developer', 'developers[0].developer-id', { developers: [{ since: TIME }] }],
    ['snap-developer', 'developers[0].developer-id', { developers: [{ 'developer-id': 'J', since: TIME }] }],
    ['snap-developer', 'developers[0].since', { developers: [{ 'developer-id': 'jo' }] }],
    ['snap-developer', 'developers[0].until', { developers: [{ 'developer-id': 'jo', since: TIME, until: '2025-12-31T23:59:59Z' }] }],
    ['snap-developer', 'developers[1]', { developers: [{ 'developer-id': 'jo', since: TIME }, { 'developer-id': 'jo', since: TIME, until: TIME }] }],
    ['snap-developer', 'developers[1]', { developers: [{ 'developer-id': 'jo', since: TIME, until: TIME }, { 'developer-id': 'jo', since: TIME }] }],
    ['snap-developer', 'developers[1]', { developers: [{ 'developer-id': 'jo', since: TIME }, { 'developer-id': 'jo', since: '0001-01-01T00:00:00Z' }] }],
    ['repair', 'authority-id', { 'brand-id': 'globex' }],
    ['repair', 'repair-id', { 'repair-id': '0' }],
    ['repair', 'summary', { summary: 'two\nlines' }],
    ['repair', 'models', { models: 'acme/box' }],
    ['repair', 'modes[1]', { modes: ['run', 'install'] }],
    ['repair', 'bases[0]', { bases: ['Core'] }],
    ['repair', 'bases[0]', { bases: ['core18'], modes: ['run'] }],
    ['repair', 'disabled', { disabled: 'yes' }],
    ['model', 'authority-id', { 'brand-id': 'globex' }],
    ['model', 'model', { model: 'Box' }],
    ['model', 'model', { model: 'box-' }],
    ['model', 'classic', { classic: 'yes' }],
    ['model', 'store', { store: ['x'] }],
    ['serial', 'brand-id', { 'brand-id': 'A' }],
    ['serial', 'device-key-sha3-384', { 'device-key-sha3-384': 'x' }],
    ['serial-request', 'serial', { serial: ['x'] }],
    ['system-user', 'email', { email: 'jo' }],
    ['system-user', 'email', { email: 'jo@a@b' }],
    ['system-user', 'email', { email: 'jo doe@acme' }],
    ['system-user', 'username', { username: 'Jo' }],
    ['system-user', 'username', { username: '-jo' }],
    ['system-user', 'until', { until: '2025-12-31T00:00:00Z' }],
    ['system-user', 'until', { until: '2027-01-01T00:00:01Z' }],
    ['system-user', 'models', { format: '1', serials: ['1'], models: ['a', 'b'] }],
    ['system-user', 'force-password-change', { 'force-password-change': 'true' }],
    ['system-user', 'password', { password: 'secret' }],
    ['system-user', 'password', { password: '$5$salt$hash' }],
    ['system-user', 'password', { password: '$6$rounds=4999$salt$hash' }],
    ['system-user', 'password', { password: '$6$rounds=5000$salt' }],
    ['system-user', 'password', { password: '$6$sa lt$hash' }],
    ['system-user', 'password', { password: '$6$salt$' }],
    ['system-user', 'user-presence', { format: '2', 'user-presence': 'always' }],
    ['preseed', 'system-label', { 'system-label': 'A' }],
    ['preseed', 'snaps[0]', { snaps: [{ name: 'pc', id: SNAP_ID }] }],
    ['preseed', 'snaps[0].id', { snaps: [{ name: 'pc', id: 'short', revision: '1' }] }],
    ['validation-set', 'authority-id', { 'account-id': 'globex' }],
    ['validation-set', 'sequence', { sequence: '0' }],
    ['validation-set', 'name', { name: 'A' }],
    ['validation-set', 'snaps', { snaps: 'x' }],
    ['validation-set', 'snaps[0]', { snaps: ['x'] }],
    ['validation-set', 'snaps[0].id', { snaps: [{ name: 'pc' }] }],
    ['validation-set', 'snaps[0].name', { snaps: [{ name: 'pc_dev', id: SNAP_ID }] }],
    ['validation-set', 'snaps[0].presence', { snaps: [{ name: 'pc', id: SNAP_ID, presence: 'maybe' }] }],
    ['validation-set', 'snaps[0].revision', { snaps: [{ name: 'pc', id: SNAP_ID, revision: '0' }] }],
    ['validation-set', 'snaps[0].revision', { snaps: [{ name: 'pc', id: SNAP_ID, revision: '1', presence: 'invalid' }] }],
    ['validation-set', 'snaps[1].name', { snaps: [{ name: 'pc', id: SNAP_ID }, { name: 'pc', id: OTHER_ID }] }],
    ['validation-set', 'snaps[1].id', { snaps: [{ name: 'pc', id: SNAP_ID }, { name: 'qc', id: SNAP_ID }] }],
    ['validation-set', 'snaps[0].components.wifi', { snaps: [{ name: 'pc', id: SNAP_ID, revision: '1', components: { wifi: 'required' } }] }],
    ['validation-set', 'snaps[0].components.wifi.revision', { snaps: [{ name: 'pc', id: SNAP_ID, components: { wifi: { presence: 'required', revision: '1' } } }] }],
    ['validation-set', 'snaps[0].components.w', { snaps: [{ name: 'pc', id: SNAP_ID, components: { w: 'required' } }] }],
    ['validation-set', 'snaps[0].components.wifi', { snaps: [{ name: 'pc', id: SNAP_ID, components: { wifi: ['x'] } }] }],
    ['store', 'url', { url: 'ftp://acme.test' }],
    ['store', 'url', { url: 'https://' }],
    ['store', 'url', { url: 'https:acme.test' }],
    ['store', 'url', { url: 'https://acme.test/?a=b' }],
    ['store', 'url', { url: 'https://acme.test/#a' }],
    ['store', 'friendly-stores', { 'friendly-stores': 'x' }],
    ['snap-declaration', 'aliases[1].name', { aliases: [{ name: 'a', target: 'b' }, { name: 'a', target: 'c' }] }],
    ['snap-declaration', 'aliases[0].target', { aliases: [{ name: 'a', target: 'b c' }] }],
    ['snap-declaration', 'auto-aliases[0]', { 'auto-aliases': ['-a'] }],
    ['snap-declaration', 'plugs', { plugs: 'x' }],
    ['snap-declaration', 'revision-authority', { 'revision-authority': 'x' }],
    ['snap-declaration', 'revision-authority[0].provenance', { 'revision-authority': [{ 'account-id': 'acme' }] }],
    ['snap-declaration', 'revision-authority[0].max-revision', { 'revision-authority': [{ 'account-id': 'acme', provenance: ['p'], 'min-revision': '3', 'max-revision': '2' }] }],
    ['snap-declaration', 'revision-authority[0].on-model[0]', { 'revision-authority': [{ 'account-id': 'acme', provenance: ['p'], 'on-model': ['box'] }] }],
    ['snap-revision', 'snap-sha3-384', { 'snap-sha3-384': 'ab'.repeat(48) }],
    ['snap-revision', 'snap-size', { 'snap-size': '-1' }],
    ['snap-revision', 'snap-size', { 'snap-size': '18446744073709551616' }],
    ['snap-revision', 'snap-revision', { 'snap-revision': '0' }],
    ['snap-revision', 'provenance', { provenance: '-own' }],
    ['snap-revision', 'integrity[0].type', { integrity: [{ type: 'other' }] }],
    ['snap-revision', 'integrity[0].version', { integrity: [{ type: 'dm-verity', version: '2' }] }],
    ['snap-resource-revision', 'resource-name', { 'resource-name': 'Wifi' }],
    ['validation', 'revoked', { revoked: 'no' }],
    ['base-declaration', 'slots', { slots: ['x'] }],
  ])('refuse a %s for its %s', (type, path, more) => expect(check(type, more)).toBe(path));
});
