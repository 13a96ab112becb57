import { describe, expect, it } from 'vitest';
import { parseEnv } from '@/lib/env';
import { childVariables, dataDirOf, embeddedParts, urlOf } from './settings';
import type { Variables } from './settings';

const facts = { dataDir: '/data', secrets: { session: 's'.repeat(43), oidcClient: 'c'.repeat(43) }, brandsFile: '/data/brands.json', ports: { oidc: 4001, store: 4002 }, databaseUrl: 'postgres://imprint:pw@127.0.0.1:4003/imprint' };
const settingsFor = (given: Variables) => parseEnv(childVariables(given, facts));

describe('with nothing configured', () => {
  it('everything is embedded, on this machine', () => {
    expect(settingsFor({})).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 3000,
      IMPRINT_URL: 'http://localhost:3000',
      IMPRINT_EMBEDDED: ['postgres', 'oidc', 'store'],
      DATABASE_URL: facts.databaseUrl,
      OIDC_ISSUER: 'http://localhost:4001',
      OIDC_CLIENT_SECRET: facts.secrets.oidcClient,
      STORE_API_URL: 'http://127.0.0.1:4002',
      STORE_DASHBOARD_URL: 'http://127.0.0.1:4002',
      STORE_TRUSTED: '/data/store/trusted.assert',
      NEXTAUTH_SECRET: facts.secrets.session,
      IMPRINT_MASTER_KEY_FILE: '/data/master.key',
      IMPRINT_BRANDS: '/data/brands.json',
    });
  });
  it('follows the port', () => expect(settingsFor({ PORT: '4711' })).toMatchObject({ PORT: 4711, IMPRINT_URL: 'http://localhost:4711' }));
});

describe('what is configured', () => {
  it('replaces the embedded part, and nothing of that part is left', () => {
    const real = settingsFor({ OIDC_ISSUER: 'https://sso.example', OIDC_CLIENT_ID: 'x', OIDC_CLIENT_SECRET: 'y', STORE_API_URL: 'https://store.example', DATABASE_URL: 'postgres://db.example/imprint' });
    expect(real).toMatchObject({ IMPRINT_EMBEDDED: [], OIDC_ISSUER: 'https://sso.example', OIDC_CLIENT_ID: 'x', OIDC_CLIENT_SECRET: 'y', STORE_API_URL: 'https://store.example' });
    expect(real.STORE_TRUSTED).toBeUndefined();
  });
  it('counts only when it is not empty', () => expect(embeddedParts({ DATABASE_URL: '', OIDC_ISSUER: 'https://sso.example' })).toEqual(['postgres', 'store']));
  it('keeps secrets that are given', () => expect(settingsFor({ NEXTAUTH_SECRET: 'given'.repeat(10), IMPRINT_MASTER_KEY_FILE: '/keys/master' })).toMatchObject({ NEXTAUTH_SECRET: 'given'.repeat(10), IMPRINT_MASTER_KEY_FILE: '/keys/master' }));
  it('cannot open the sign-in without passwords to a network', () => {
    expect(() => settingsFor({ HOST: '0.0.0.0' })).toThrow(expect.objectContaining({ code: 'environment-invalid', message: expect.stringContaining('OIDC_ISSUER') as string }));
    expect(settingsFor({ HOST: '0.0.0.0', OIDC_ISSUER: 'https://sso.example' }).HOST).toBe('0.0.0.0');
  });
});

describe('address and folder', () => {
  it('have defaults', () => expect([urlOf({}), dataDirOf({ IMPRINT_DATA: '' })]).toEqual(['http://localhost:3000', `${process.cwd()}/data`]));
  it('are as given', () => expect([urlOf({ IMPRINT_URL: 'https://imprint.example/', PORT: '1' }), dataDirOf({ IMPRINT_DATA: '/srv/imprint' })]).toEqual(['https://imprint.example', '/srv/imprint']));
});
