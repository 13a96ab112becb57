import { describe, expect, it } from 'vitest';
import { createOriginGuard } from './origins';

const guard = (more: Partial<Parameters<typeof createOriginGuard>[0]> = {}) =>
  createOriginGuard({ apiUrl: 'https://api.store.example/', dashboardUrl: 'https://dashboard.store.example', allowDownloadOrigins: ['https://*.content.example'], ...more });

describe('the origins that may be fetched from', () => {
  it.each(['https://api.store.example/v2/x', 'https://dashboard.store.example/', 'https://a.content.example/f', 'https://a.b.content.example/f', 'https://api.store.example:443/'])('take %s', (url) => {
    expect(() => guard().assertAllowed(new URL(url))).not.toThrow();
  });

  it.each([
    'http://api.store.example/',
    'https://api.store.example:8443/',
    'https://api.store.example.evil.example/',
    'https://evilcontent.example/',
    'https://content.example/',
    'https://user:secret@api.store.example/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::ffff:127.0.0.1]/',
    'ftp://api.store.example/',
    'file:///etc/passwd',
  ])('do not take %s', (url) => {
    expect(() => guard().assertAllowed(new URL(url))).toThrow(expect.objectContaining({ code: 'store-origin' }));
  });

  it('take plain http on this machine when the store is there', () => {
    const own = guard({ apiUrl: 'http://127.0.0.1:4000/', dashboardUrl: 'http://127.0.0.1:4000/' });
    expect(() => own.assertAllowed(new URL('http://127.0.0.1:4000/download/x'))).not.toThrow();
    expect(() => own.assertAllowed(new URL('http://127.0.0.1:5432/'))).toThrow(expect.objectContaining({ code: 'store-origin' }));
    expect(() => own.assertAllowed(new URL('http://localhost:4000/'))).toThrow(expect.objectContaining({ code: 'store-origin' }));
  });

  it('do not take a private address that is configured, unless private addresses are allowed', () => {
    const inside = { apiUrl: 'https://10.1.2.3/', dashboardUrl: 'https://10.1.2.3/' };
    expect(() => guard(inside).assertAllowed(new URL('https://10.1.2.3/'))).toThrow(expect.objectContaining({ code: 'store-origin' }));
    expect(() => guard({ ...inside, allowPrivateAddresses: true }).assertAllowed(new URL('https://10.1.2.3/'))).not.toThrow();
  });
});

describe('the configuration', () => {
  it.each(['http://api.store.example/', 'ftp://api.store.example/', 'not an address', 'https://a.*.example/', 'https://*/'])('refuses %s', (apiUrl) => {
    expect(() => guard({ apiUrl })).toThrow(expect.objectContaining({ code: 'invalid' }));
  });

  it('takes plain http inside the own network only when that is said', () => {
    expect(() => guard({ apiUrl: 'http://proxy.internal/' })).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(() => guard({ apiUrl: 'http://proxy.internal/', allowPrivateAddresses: true })).not.toThrow();
  });
});

describe('the look-up of names', () => {
  const lookUp = (one: ReturnType<typeof guard>, hostname: string) =>
    new Promise<{ error: NodeJS.ErrnoException | null; addresses: unknown }>((resolve) => one.lookup(hostname, { all: true }, (error, addresses) => resolve({ error, addresses })));

  it('refuses a name that leads to this machine', async () => {
    const { error } = await lookUp(guard(), 'localhost');
    expect(error?.code).toBe('EPRIVATE');
  });

  it('takes it when the configured store is on this machine', async () => {
    const { error, addresses } = await lookUp(guard({ apiUrl: 'http://localhost:4000/', dashboardUrl: 'http://localhost:4000/' }), 'localhost');
    expect(error).toBeNull();
    expect(addresses).not.toHaveLength(0);
  });
});
