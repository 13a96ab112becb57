import { describe, expect, it } from 'vitest';
import { readClaims } from './claims';

const read = (claims: Record<string, unknown>, groupsClaim = 'groups') => readClaims({ sub: 'u1', ...claims }, groupsClaim);

describe('what an ID token says', () => {
  it('is who it is about, with the groups of the claim that is configured', () => {
    expect(read({ name: 'Ada Okafor', email: 'ada@acme.example', email_verified: true, groups: ['a', 'b', 'a'] })).toEqual({ subject: 'u1', name: 'Ada Okafor', email: 'ada@acme.example', groups: ['a', 'b'] });
    expect(read({ roles: ['x'] }, 'roles').groups).toEqual(['x']);
  });
  it('may have its groups deeper, or under a name with dots', () => {
    expect(read({ realm_access: { roles: ['x'] } }, 'realm_access.roles').groups).toEqual(['x']);
    expect(read({ 'https://example.com/groups': ['y'] }, 'https://example.com/groups').groups).toEqual(['y']);
  });
  it('may have one group as a text', () => expect(read({ groups: 'only' }).groups).toEqual(['only']));
  it.each([[undefined], [null], [7], [{}], [[1, null, '', { a: 1 }]], [true]])('gives no groups for %j', (groups) => expect(read({ groups }).groups).toEqual([]));
  it('never reads what only prototypes have', () => expect(read({}, 'constructor.name').groups).toEqual([]));
  it('has an address only when the provider vouches for it', () => {
    expect(read({ email: 'a@b.example' }).email).toBe('a@b.example');
    expect(read({ email: 'a@b.example', email_verified: false })).toMatchObject({ email: null, name: 'u1' });
  });
  it('is called by what there is', () => {
    expect(read({ preferred_username: 'ada' }).name).toBe('ada');
    expect(read({ name: '  ', email: 'a@b.example' }).name).toBe('a@b.example');
  });
  it.each([undefined, '', 7])('is refused with sub %j', (sub) => expect(() => readClaims({ sub }, 'groups')).toThrow(TypeError));
});
