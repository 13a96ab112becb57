import { describe, expect, it } from 'vitest';
import { utf8 } from '../../bytes';
import type { Headers, HeaderValue } from '../assertion';
import { assembleContent } from '../encode';
import { AssertionFormatError } from '../format-error';

const DIGEST = 'A'.repeat(64);
const SNAP_ID = 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH';
const TIME = '2026-01-01T00:00:00Z';
const LATER = '2026-06-01T00:00:00Z';
const DEVICE = '9cc45ad6-d01b:4efd+9.box.acme';

type Given = { [name: string]: HeaderValue | undefined; body?: string };
const SNAP = { state: 'clustered', instance: 'app', channel: 'stable' };
const DEVICES = [{ id: '1', device: DEVICE }];
const GROUP = {
  operators: ['acme'],
  authentications: ['operator-key', 'store'],
  views: ['acme/network/wifi'],
};

const VALID: Record<string, Given> = {
  cluster: {
    'authority-id': 'acme',
    'cluster-id': 'bf3675f5',
    sequence: '3',
    devices: [
      { id: '1', device: DEVICE, addresses: ['192.168.1.10', 'anything'] },
      { id: '2', device: 's.box.canonical' },
    ],
    subclusters: [
      { name: 'default', devices: ['1', '2'], snaps: [SNAP] },
      { name: 'more', snaps: [{ state: 'removed', instance: 'app_two', channel: '24/edge/fix' }] },
    ],
  },
  'confdb-control': { 'brand-id': 'acme', model: 'box', serial: 's-1', groups: [GROUP] },
  'hardware-identity': {
    'authority-id': 'acme',
    'issuer-id': 'acme',
    manufacturer: 'Any Name',
    'hardware-name': 'Board-4',
    'hardware-id': 'x 1',
    'hardware-id-key': 'key',
    'hardware-id-key-sha3-384': DIGEST,
  },
  preseed: {
    'authority-id': 'acme',
    series: '16',
    'brand-id': 'acme',
    model: 'box',
    'system-label': '20260101',
    'artifact-sha3-384': DIGEST,
    snaps: [
      { name: 'ui', id: SNAP_ID, revision: '7', components: [{ name: 'icons', revision: '3' }] },
      { name: 'tool', components: [{ name: 'icons' }] },
    ],
    timestamp: TIME,
  },
  'request-message': {
    'authority-id': 'acme',
    'account-id': 'acme',
    'message-id': 'abcd1234-1',
    'message-kind': 'confdb-set',
    devices: [DEVICE, 's.box.canonical'],
    assumes: ['snapd2.70', 'isa-riscv64-rva23', 'kernel-assets'],
    'valid-since': TIME,
    'valid-until': LATER,
    timestamp: TIME,
    body: '{}',
  },
  'response-message': {
    'account-id': 'acme',
    'message-id': 'abcd1234',
    device: DEVICE,
    status: 'success',
    timestamp: TIME,
  },
};

/** The path that is refused, or `fine`. A header set to undefined is left out. */
function check(type: string, more: Given = {}): string {
  const { body, ...headers } = { type, 'sign-key-sha3-384': DIGEST, ...VALID[type], ...more };
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  try {
    assembleContent(Object.fromEntries(given) as Headers, body === undefined ? undefined : utf8(body));
  } catch (error) {
    if (error instanceof AssertionFormatError) return error.header;
    throw error;
  }
  return 'fine';
}

const OPTIONAL = new Set(['devices subclusters', 'groups', 'assumes'].flatMap((names) => names.split(' ')));
const required = Object.entries(VALID).flatMap(([type, headers]) =>
  Object.keys(headers)
    .filter(
      (name) => name !== 'body' && (type === 'request-message' ? name !== 'assumes' : !OPTIONAL.has(name)),
    )
    .map((name) => [type, name] as const),
);

const snaps = (components: HeaderValue, more: Headers = { id: SNAP_ID, revision: '7' }): Given => ({
  snaps: [{ name: 'ui', ...more, components }],
});
const clusterOf = (subcluster: Headers): Given => ({
  devices: DEVICES,
  subclusters: [{ name: 'a', ...subcluster }],
});
const snapWith = (more: Headers): Given => clusterOf({ snaps: [{ ...SNAP, ...more }] });
const groupWith = (more: Headers): Given => ({ groups: [{ ...GROUP, ...more }] });

describe('rules of newer types', () => {
  it.each(Object.keys(VALID))('take a plain %s', (type) => expect(check(type)).toBe('fine'));

  it.each(required)('ask a %s for "%s"', (type, name) =>
    expect(check(type, { [name]: undefined })).toBe(name),
  );

  it.each<[string, Given]>([
    ['cluster', { devices: undefined, subclusters: undefined }],
    ['cluster', clusterOf({ devices: ['+1'] })],
    ['cluster', snapWith({ channel: 'latest' })],
    ['confdb-control', { groups: undefined }],
    ['confdb-control', groupWith({ operators: [SNAP_ID], authentications: ['store'] })],
    ['preseed', { snaps: [{ name: 'ui' }] }],
    [
      'request-message',
      { 'message-id': 'ABCD', 'message-kind': 'a', assumes: undefined, 'valid-until': TIME },
    ],
    [
      'request-message',
      { 'message-id': 'abcd-99999999999999999999', assumes: ['snapd2~pre', 'isa-x-', 'snapdx'] },
    ],
    ['response-message', { status: 'rejected', body: 'anything' }],
  ])('take a %s with %j', (type, more) => expect(check(type, more)).toBe('fine'));

  it.each<[string, string, Given]>([
    ['cluster', 'sequence', { sequence: '0' }],
    ['cluster', 'devices', { devices: 'x' }],
    ['cluster', 'devices[0]', { devices: ['x'] }],
    ['cluster', 'devices[0].id', { devices: [{ id: '0', device: DEVICE }] }],
    ['cluster', 'devices[0].device', { devices: [{ id: '1', device: 'box.acme' }] }],
    ['cluster', 'devices[0].device', { devices: [{ id: '1', device: 'a.b.box.acme' }] }],
    ['cluster', 'devices[0].device', { devices: [{ id: '1', device: 's--1.box.acme' }] }],
    ['cluster', 'devices[0].addresses', { devices: [{ ...DEVICES[0]!, addresses: 'x' }] }],
    ['cluster', 'devices[1].id', { devices: [...DEVICES, { id: '+1', device: 's.box.acme' }] }],
    ['cluster', 'subclusters', { subclusters: 'x' }],
    ['cluster', 'subclusters[0].name', clusterOf({ name: '' })],
    ['cluster', 'subclusters[0].devices[0]', clusterOf({ devices: ['2'] })],
    ['cluster', 'subclusters[0].devices[0]', clusterOf({ devices: ['01'] })],
    ['cluster', 'subclusters[1].name', { subclusters: [{ name: 'a' }, { name: 'a' }] }],
    ['cluster', 'subclusters[0].snaps[0]', clusterOf({ snaps: ['x'] })],
    ['cluster', 'subclusters[0].snaps[0].state', snapWith({ state: 'gone' })],
    ['cluster', 'subclusters[0].snaps[0].instance', snapWith({ instance: 'app_' })],
    ['cluster', 'subclusters[0].snaps[0].channel', snapWith({ channel: 'a/b/c' })],
    ['confdb-control', 'brand-id', { 'brand-id': 'A' }],
    ['confdb-control', 'model', { model: 'a_b' }],
    ['confdb-control', 'serial', { serial: 'a::b' }],
    ['confdb-control', 'groups', { groups: 'x' }],
    ['confdb-control', 'groups[0]', { groups: ['x'] }],
    ['confdb-control', 'groups[0].operators', { groups: [{ views: ['acme/b/c'], authentications: ['store'] }] }],
    ['confdb-control', 'groups[0].operators[0]', groupWith({ operators: ['A'] })],
    ['confdb-control', 'groups[0].authentications[1]', groupWith({ authentications: ['store', 'x'] })],
    ['confdb-control', 'groups[0].views[0]', groupWith({ views: ['acme/network'] })],
    ['confdb-control', 'groups[0].views[0]', groupWith({ views: ['acme/1network/wifi'] })],
    ['hardware-identity', 'authority-id', { 'issuer-id': 'globex' }],
    ['hardware-identity', 'issuer-id', { 'issuer-id': '@9' }],
    ['hardware-identity', 'hardware-name', { 'hardware-name': 'raspberry&pi' }],
    ['preseed', 'snaps[0].components', snaps('x')],
    ['preseed', 'snaps[0].components[0]', snaps(['x'])],
    ['preseed', 'snaps[0].components[0].name', snaps([{ revision: '1' }])],
    ['preseed', 'snaps[0].components[0].name', snaps([{ name: 'Icons', revision: '1' }])],
    ['preseed', 'snaps[0].components[0].revision', snaps([{ name: 'icons', revision: '0' }])],
    ['preseed', 'snaps[0].components[0].revision', snaps([{ name: 'icons' }])],
    ['preseed', 'snaps[0].components[0].revision', snaps([{ name: 'icons', revision: '1' }], {})],
    [
      'preseed',
      'snaps[0].components[1].name',
      snaps([
        { name: 'a1', revision: '1' },
        { name: 'a1', revision: '2' },
      ]),
    ],
    ['request-message', 'account-id', { 'account-id': 'A' }],
    ['request-message', 'message-id', { 'message-id': 'abc' }],
    ['request-message', 'message-id', { 'message-id': 'abcd-0' }],
    ['request-message', 'message-kind', { 'message-kind': 'confdb--set' }],
    ['request-message', 'devices[0]', { devices: ['box'] }],
    ['request-message', 'devices[1]', { devices: [DEVICE, DEVICE] }],
    ['request-message', 'assumes[0]', { assumes: ['a--b'] }],
    ['request-message', 'assumes[0]', { assumes: ['isa-riscv64'] }],
    ['request-message', 'assumes[0]', { assumes: ['isa--rva23'] }],
    ['request-message', 'valid-until', { 'valid-until': '2025-12-31T23:59:59Z' }],
    ['request-message', 'body-length', { body: undefined }],
    ['response-message', 'device', { device: 's.box' }],
    ['response-message', 'status', { status: 'done' }],
  ])('refuse a %s for its %s', (type, path, more) => expect(check(type, more)).toBe(path));
});
