import { describe, expect, it } from 'vitest';
import type { Assertion, Headers } from '../assertion/assertion';
import { decodeAssertion } from '../assertion/decode';
import { readFixture } from '../keys/testing';
import { needsOfModel } from './needs';
import { needsOf } from './prerequisites';
import { readAssertions } from './testing';

const MODEL: Headers = {
  type: 'model', 'authority-id': 'acme', series: '16', 'brand-id': 'acme', model: 'box', architecture: 'amd64', base: 'core24', grade: 'dangerous', store: 'acme-store', timestamp: '2026-06-01T00:00:00Z',
  'validation-sets': [{ name: 'base-set', mode: 'enforce' }, { 'account-id': 'globex', name: 'pinned', sequence: '3', mode: 'prefer-enforce' }],
  snaps: [
    { name: 'pc', type: 'gadget', id: 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH', 'default-channel': '24/stable' },
    { name: 'pc-kernel', type: 'kernel', id: 'pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza', 'default-channel': '24/stable', components: { wifi: 'required', nvidia: 'optional' } },
    { name: 'app', type: 'app', presence: 'optional' },
  ],
};

const said = (headers: Headers): string[] => needsOfModel(headers).map(({ type, primaryKey, open, optional }) => [[type, ...primaryKey].join('/'), ...(open ? [`(${open})`] : []), ...(optional ? ['optional'] : [])].join(' '));

describe('what a model needs', () => {
  it('begins with its chain and store, then the sets, then snap by snap as they are seeded', () => {
    expect(said({ ...MODEL, 'sign-key-sha3-384': 'k' })).toEqual([
      'account/acme',
      'account-key/k',
      'store/acme-store optional',
      'validation-set/16/acme/base-set (sequence)',
      'validation-set/16/globex/pinned/3',
      'snap-declaration/16/PMrrV4ml8uWuEUDBT8dSGnKUYbevVhc4',
      'snap-revision (digest)',
      'snap-declaration/16/pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza',
      'snap-revision (digest)',
      'snap-resource-revision/pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza/wifi (digest)',
      'snap-resource-pair/pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza/wifi (revisions)',
      'snap-resource-revision/pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza/nvidia (digest) optional',
      'snap-resource-pair/pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza/nvidia (revisions) optional',
      'snap-declaration/16/dwTAh7MZZ01zyriOZErqd1JynQLiOGvM',
      'snap-revision (digest)',
      'snap-declaration/16/UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH',
      'snap-revision (digest)',
      'snap-declaration/16 (snap-id) optional',
      'snap-revision (digest) optional',
    ]);
  });

  it('of a draft has no key yet, and of a model without a store no store', () => {
    const { store: _, ...plain } = MODEL;
    expect(said(plain).filter((ref) => ref.startsWith('account-key') || ref.startsWith('store'))).toEqual([]);
  });

  it('of the old dialect knows its snaps by name', () => {
    const needs = needsOfModel({ type: 'model', 'authority-id': 'acme', series: '16', 'brand-id': 'acme', model: 'pi', architecture: 'armhf', base: 'core18', kernel: 'pi-kernel=18-pi3', gadget: 'pi=18-pi3', 'required-snaps': ['network-manager'], timestamp: '2026-06-01T00:00:00Z' });
    expect(needs.filter(({ type }) => type === 'snap-declaration').map(({ why, open }) => [why, open])).toEqual([
      ['the snap snapd', undefined],
      ['the snap pi-kernel', 'snap-id'],
      ['the snap core18', 'snap-id'],
      ['the snap pi', 'snap-id'],
      ['the snap network-manager', 'snap-id'],
    ]);
  });

  it('cannot be said of what is no model', () => {
    expect(() => needsOfModel({ ...MODEL, base: [] })).toThrow(expect.objectContaining({ code: 'model-invalid' }) as Error);
  });
});

describe('what an assertion needs', () => {
  it('are its prerequisites, what snapd looks at besides, and its key', () => {
    const made = (type: string, headers: Headers, authorityId: string): Assertion => ({ ...decodeAssertion(readFixture('acme-box.model')), type, headers, authorityId, signKeyId: 'k' });
    const refs = (assertion: Assertion): string[] => needsOf(assertion).map(({ type, primaryKey }) => [type, ...primaryKey].join('/'));
    expect(refs(made('model', {}, 'acme'))).toEqual(['account-key/k']);
    expect(refs(made('account-key', { 'account-id': 'acme' }, 'root'))).toEqual(['account/acme', 'account-key/k']);
    expect(refs(made('serial', { 'brand-id': 'acme', model: 'box' }, 'acme'))).toEqual(['account-key/k']);
    expect(refs(made('serial', { 'brand-id': 'acme', model: 'box' }, 'globex'))).toEqual(['model/16/acme/box', 'account-key/k']);
    expect(refs(made('snap-resource-pair', { 'snap-id': 's', 'developer-id': 'd' }, 'root'))).toEqual(['snap-declaration/16/s', 'account/d', 'account-key/k']);
  });

  it('leads from a model to the root, link by link', () => {
    const all = ['test-snapd-remodel-pc-22.model', 'test-snapd-account-key-rrP2xy.assert', 'valid-for-testing.account', 'store-key.assert'].flatMap((file) => readAssertions(`production-chain/${file}`));
    const known = new Map([...all, ...readAssertions('canonical-roots.assert')].map((each) => [[each.type, ...each.primaryKey].join('/'), each]));
    const reached = new Set<string>();
    const open = [all[0]!];
    for (let at = open.pop(); at; at = open.pop()) {
      for (const ref of needsOf(at)) {
        const key = [ref.type, ...ref.primaryKey].join('/');
        expect(known.has(key)).toBe(true);
        if (!reached.has(key)) open.push(known.get(key)!);
        reached.add(key);
      }
    }
    expect([...reached]).toContain('account/canonical');
  });
});
