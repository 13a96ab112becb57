import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { bearerOf } from '@/lib/keys/api-token';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);
export const isMutating = (method: string): boolean => !READING.has(method);

type Asked = { method: string; url: string; headers: IncomingHttpHeaders };

/** Whether an API token asks: no browser adds one by itself, so that such a request is nobody else's doing, and no cookie may count in it. */
export const isByToken = (pathname: string, headers: IncomingHttpHeaders): boolean => /^\/(?:api\/v1|artifacts)\//.test(pathname) && bearerOf(headers.authorization) !== undefined;

/**
 * Refuses what another site makes somebody's browser send: a change needs `Origin` to be our own, or, where a browser sends none,
 * its own word that the request comes from our pages. Throws AppError `origin-refused`.
 */
export function assertOwnOrigin({ method, headers }: Asked, base: string): void {
  if (!isMutating(method)) return;
  if (headers.origin === new URL(base).origin) return;
  if (headers.origin === undefined && headers['sec-fetch-site'] === 'same-origin') return;
  throw new AppError('origin-refused', `This request does not come from Imprint’s own pages. Programs bear an API token, or send the header “origin: ${new URL(base).origin}”.`);
}

/**
 * A name that leads here but is not ours may be another site's, made to point at this machine (DNS rebinding): it gets nothing.
 * Loopback's other names lead on to the right address. Returns where to, or throws AppError `host-refused`.
 */
export function checkHost({ method, url, headers }: Asked, base: string): string | undefined {
  const { host, hostname, port } = new URL(base);
  if (headers.host?.toLowerCase() === host) return undefined;
  const asked = headers.host === undefined ? undefined : parseHost(headers.host);
  if (asked && isLoopback(asked.hostname) && isLoopback(hostname) && asked.port === port && !isMutating(method)) return `${base}${url}`;
  throw new AppError('host-refused', `Imprint is at ${base}. If that is not its address, set IMPRINT_URL to the right one.`);
}

const parseHost = (host: string): URL | undefined => (URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : undefined);
