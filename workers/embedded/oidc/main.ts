import { join } from 'node:path';
import { env, isLoopback, needEnv } from '@/lib/env';
import { listen } from '../../listen';
import { makeIssuerHandler } from './handle';
import { readIssuerKeys } from './keys';
import { makeProvider } from './provider';

/** The embedded identity provider: OIDC_ISSUER is where it listens, on this machine only. */
async function main(): Promise<void> {
  const { IMPRINT_DATA: data, IMPRINT_URL: home } = env();
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = needEnv('OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET');
  const { hostname, port } = new URL(issuer);
  if (!isLoopback(hostname)) throw new Error(`The embedded sign-in asks nobody for a password, so it only runs on this machine; OIDC_ISSUER is ${issuer}.`);
  const settings = { issuer, home, clientId, clientSecret, keys: readIssuerKeys(join(data, 'oidc', 'keys.json')) };
  const provider = makeProvider(settings);
  for (const event of ['server_error', 'authorization.error', 'grant.error'] as const) {
    provider.on(event as 'server_error', (_, error) => process.stderr.write(`${event}: ${error.stack ?? error.message}\n`));
  }
  const listening = await listen(makeIssuerHandler(provider, settings), '127.0.0.1', Number(port));
  process.stdout.write(`${JSON.stringify({ ready: true, url: issuer })}\n`);
  process.send?.({ ready: true, url: issuer });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void listening.close().then(() => process.exit(0)));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
