import { encode } from 'next-auth/jwt';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { joinChunks, parseCookies, readSession, sessionCookieName } from './session-cookie';

const secret = 'a-secret-of-more-than-thirty-two-characters';
const name = 'next-auth.session-token';

beforeAll(() => {
  vi.stubEnv('DATABASE_URL', 'postgres://localhost/none');
  vi.stubEnv('IMPRINT_URL', 'http://localhost:3000');
  vi.stubEnv('NEXTAUTH_SECRET', secret);
});

const seal = (token: Record<string, unknown>, options: { secret?: string; maxAge?: number } = {}) => encode({ token, secret: options.secret ?? secret, maxAge: options.maxAge ?? 60 });

describe('the session cookie', () => {
  it('names a session of the database', async () => {
    const cookie = `theme=dark; ${name}=${await seal({ sessionId: 's1', idToken: 'id' })}; x=y`;
    expect(await readSession(cookie)).toEqual({ sessionId: 's1', idToken: 'id' });
  });
  it('is put together from its parts', async () => {
    const whole = await seal({ sessionId: 's1', idToken: 'x'.repeat(5000) });
    expect((await readSession(`${name}.1=${whole.slice(3000)}; ${name}.0=${whole.slice(0, 3000)}`))?.sessionId).toBe('s1');
  });
  it('is nobody’s when it is forged, too old, of another secret, of another shape or not there', async () => {
    const good = await seal({ sessionId: 's1' });
    const bad = [good.slice(0, -3), 'eyJhbGciOiJub25lIn0.e30.', '', await seal({ sessionId: 's1' }, { secret: 'another-secret-of-more-than-32-characters' }), await seal({ sessionId: 's1' }, { maxAge: -3600 }), await seal({ sessionId: 7 }), await seal({ sub: 's1' })];
    for (const token of bad) expect(await readSession(`${name}=${token}`)).toBeUndefined();
    for (const header of [undefined, null, '', 'x=y', `__Secure-${name}=${good}`]) expect(await readSession(header)).toBeUndefined();
  });
  it('goes over HTTPS only where the console does', () => {
    expect(sessionCookieName('https://imprint.example')).toBe(`__Secure-${name}`);
    expect(sessionCookieName('http://localhost:3000')).toBe(name);
  });
});

describe('a Cookie header', () => {
  it('keeps the first of a name, and values as they are', () => {
    expect([...parseCookies('a=1; b="two"; a=3;c=d=e; ;=x; lonely')]).toEqual([['a', '1'], ['b', 'two'], ['c', 'd=e']]);
  });
  it('has no part that is not next to the others', () => expect(joinChunks(new Map([['n.0', 'a'], ['n.2', 'c']]), 'n')).toBe('a'));
});
