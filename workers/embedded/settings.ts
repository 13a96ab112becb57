import { join, resolve } from 'node:path';
import type { EmbeddedPart } from '@/lib/env';
import type { Secrets } from './first-start';
import { storeDir } from './store/store-dir';

export type Variables = Record<string, string | undefined>;

/** Which parts run here: those that the environment names no real one for. */
export function embeddedParts(given: Variables): EmbeddedPart[] {
  const named: Record<EmbeddedPart, string> = { postgres: 'DATABASE_URL', oidc: 'OIDC_ISSUER', store: 'STORE_API_URL' };
  return (Object.keys(named) as EmbeddedPart[]).filter((part) => !given[named[part]]);
}

export const dataDirOf = (given: Variables): string => resolve(given.IMPRINT_DATA || 'data');
export const urlOf = (given: Variables): string => (given.IMPRINT_URL || `http://localhost:${given.PORT || 3000}`).replace(/\/+$/, '');

export type Facts = { dataDir: string; secrets: Secrets; brandsFile: string; ports: Record<string, number>; databaseUrl: string };

/** The environment of the processes that are started: what is given goes first, the rest is filled in with the embedded parts. */
export function childVariables(given: Variables, { dataDir, secrets, brandsFile, ports, databaseUrl }: Facts): Variables {
  const parts = embeddedParts(given);
  const store = `http://127.0.0.1:${ports.store}`;
  return {
    ...given,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    PORT: given.PORT || '3000',
    IMPRINT_DATA: dataDir,
    IMPRINT_URL: urlOf(given),
    NEXTAUTH_URL: urlOf(given),
    NEXTAUTH_SECRET: given.NEXTAUTH_SECRET || secrets.session,
    IMPRINT_MASTER_KEY_FILE: given.IMPRINT_MASTER_KEY_FILE || join(dataDir, 'master.key'),
    IMPRINT_BRANDS: brandsFile,
    IMPRINT_EMBEDDED: parts.join(','),
    DATABASE_URL: databaseUrl,
    ...(parts.includes('oidc') ? { OIDC_ISSUER: `http://localhost:${ports.oidc}`, OIDC_CLIENT_ID: 'imprint', OIDC_CLIENT_SECRET: secrets.oidcClient, OIDC_NAME: given.OIDC_NAME || 'the demo sign-in' } : {}),
    ...(parts.includes('store') ? { STORE_API_URL: store, STORE_DASHBOARD_URL: store, STORE_TRUSTED: storeDir(dataDir).trusted } : {}),
  };
}
