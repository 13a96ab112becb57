import { describe, expect, it } from 'vitest';
import type { Assertion, Headers } from '../assertion/assertion';
import { nanoseconds } from '../assertion/scalars';
import { warnOfUsers } from './warn-of-users';

const MODEL = { brandId: 'acme', name: 'box', series: '16', systemUserAuthority: ['acme'] };
const NOW = nanoseconds(new Date('2026-06-01T00:00:00Z'));
const HEADERS: Headers = {
  'authority-id': 'acme',
  'brand-id': 'acme',
  email: 'me@example.com',
  username: 'me',
  'ssh-keys': ['ssh-ed25519 AAAA me'],
  since: '2024-01-01T00:00:00Z',
  until: '2034-01-01T00:00:00Z',
};
const user = (headers: Headers) =>
  ({ type: 'system-user', headers: { ...HEADERS, ...headers } }) as unknown as Assertion;
const codesOf = (headers: Headers, model = {}) =>
  warnOfUsers([user(headers)], { ...MODEL, ...model }, NOW).map(({ code }) => code);

describe('a system-user', () => {
  it.each<[string, Headers, object?]>([
    ['that says nothing of models and series', {}],
    ['for this model among others', { models: ['crate', 'box'], series: ['16'] }],
    ['of anybody, where the model takes them', { 'authority-id': 'partner' }, { systemUserAuthority: '*' }],
    [
      'of an authority of the model',
      { 'authority-id': 'partner' },
      { systemUserAuthority: ['acme', 'partner'] },
    ],
    ['that is for certain devices', { models: ['box'], serials: ['1', '2'] }],
    ['with a password alone', { 'ssh-keys': [], password: '$6$a$b' }],
    ['whose time begins this very moment', { since: '2026-06-01T00:00:00Z' }],
    ['that goes when its time is over', { 'user-presence': 'until-expiration' }],
  ])('%s is made without a word', (_, headers, model) => expect(codesOf(headers, model)).toEqual([]));

  it.each<[string, string, Headers]>([
    ['system-user-ignored', 'for another model', { models: ['crate'] }],
    ['system-user-ignored', 'for another series', { series: ['18'] }],
    ['system-user-ignored', 'of another brand', { 'brand-id': 'globex', 'authority-id': 'acme' }],
    ['system-user-ignored', 'of an authority that the model does not name', { 'authority-id': 'partner' }],
    ['system-user-ignored', 'with the name of a user that every device has', { username: 'root' }],
    ['system-user-untimely', 'whose time is over', { until: '2026-01-01T00:00:00Z' }],
    ['system-user-untimely', 'whose time ends this very moment', { until: '2026-06-01T00:00:00Z' }],
    ['system-user-untimely', 'whose time has not come', { since: '2027-01-01T00:00:00Z' }],
    ['system-user-without-key', 'without a key and a password', { 'ssh-keys': [] }],
    ['system-user-without-key', 'with an empty key', { 'ssh-keys': [' '] }],
  ])('is told as %s when it is one %s', (code, _, headers) => expect(codesOf(headers)).toEqual([code]));

  it('is ignored when another has its username already', () => {
    const users = [user({}), user({ email: 'you@example.com' })];
    expect(warnOfUsers(users, MODEL, NOW)).toEqual([
      { code: 'system-user-ignored', message: expect.stringContaining('you@example.com') as unknown },
    ]);
  });
});
