import { describe, expect, it } from 'vitest';
import { assertOwnOrigin, checkHost, isByToken } from './origin';

const base = 'http://localhost:3000';
const asked = (method: string, headers: Record<string, string>, url = '/acme') => ({ method, url, headers });
const refused = (method: string, headers: Record<string, string>) => expect(() => assertOwnOrigin(asked(method, headers), base)).toThrow(expect.objectContaining({ code: 'origin-refused' }));

describe('a change', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'FOO'])('by %s needs our own origin', (method) => {
    assertOwnOrigin(asked(method, { origin: base }), base);
    refused(method, {});
    refused(method, { origin: 'http://evil.example' });
  });
  it.each(['http://localhost:3001', 'https://localhost:3000', 'http://localhost', 'http://localhost:3000.evil.example', 'http://127.0.0.1:3000', 'null', ''])('from origin %s is refused', (origin) => refused('POST', { origin }));
  it('without Origin passes on the browser’s word that it is ours', () => {
    assertOwnOrigin(asked('POST', { 'sec-fetch-site': 'same-origin' }), base);
    for (const site of ['same-site', 'cross-site', 'none']) refused('POST', { 'sec-fetch-site': site });
  });
  it('from another origin is refused whatever the browser says besides', () => refused('POST', { origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' }));
});

describe('an API token', () => {
  it.each(['/api/v1/acme/keys', '/artifacts/acme/1/kiosk.img'])('may ask for %s', (path) => {
    expect(isByToken(path, { authorization: 'Bearer imprint_x' })).toBe(true);
    expect(isByToken(path, { authorization: 'bearer' })).toBe(true);
    for (const headers of [{}, { authorization: '' }, { authorization: 'Basic dXNlcjpw' }]) expect(isByToken(path, headers)).toBe(false);
  });
  it.each(['/api/auth/signout', '/sign-out', '/acme/api/v1/', '/api/v1', '/'])('is nothing to %s', (path) => expect(isByToken(path, { authorization: 'Bearer imprint_x' })).toBe(false));
});

describe('reading', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('by %s needs no origin', (method) => assertOwnOrigin(asked(method, { origin: 'http://evil.example' }), base));
});

describe('the host', () => {
  it('is ours, in any case of letters', () => {
    expect(checkHost(asked('GET', { host: 'localhost:3000' }), base)).toBeUndefined();
    expect(checkHost(asked('POST', { host: 'LOCALHOST:3000' }), base)).toBeUndefined();
    expect(checkHost(asked('GET', { host: 'imprint.example' }), 'https://imprint.example')).toBeUndefined();
  });
  it.each(['127.0.0.1:3000', '[::1]:3000', '127.9.9.9:3000'])('%s is the same machine: reading leads on to the right name', (host) => {
    expect(checkHost(asked('GET', { host }, '/acme?x=1'), base)).toBe('http://localhost:3000/acme?x=1');
  });
  it.each(['evil.example:3000', 'localhost:3001', 'localhost', '', 'localhost:3000@evil.example', '192.168.0.5:3000', 'localhost.evil.example:3000', 'x y'])('%s is refused', (host) => {
    expect(() => checkHost(asked('GET', { host }), base)).toThrow(expect.objectContaining({ code: 'host-refused' }));
  });
  it('is needed', () => expect(() => checkHost(asked('GET', {}), base)).toThrow(expect.objectContaining({ code: 'host-refused' })));
  it('of loopback leads nowhere when the console has a public name, and for changes', () => {
    expect(() => checkHost(asked('GET', { host: '127.0.0.1' }), 'https://imprint.example')).toThrow(expect.objectContaining({ code: 'host-refused' }));
    expect(() => checkHost(asked('POST', { host: '127.0.0.1:3000' }), base)).toThrow(expect.objectContaining({ code: 'host-refused' }));
  });
});
