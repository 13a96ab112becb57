import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { AppError, isAppError } from '@/lib/errors';
import type { createLog } from '@/lib/log';
import { paths } from '@/lib/paths';
import { statusOf } from '@/lib/api/refusal';
import { assertOperation } from '@/lib/api/route-table';
import type { BlobStore } from '@/lib/storage/blob-store';
import type { Database } from '@/db/context';
import { clientAddress } from './client-address';
import { isOpenShare } from '@/db/shares';
import { parseDownload, parseSharePage, serveDownload } from './downloads';
import { answerHealth } from './health';
import type { Parts } from './health';
import type { Limits } from './limits';
import { assertOwnOrigin, checkHost, isByToken, isMutating } from './origin';
import { refuse } from './refuse';
import { securityHeaders } from './security-headers';
import { isClientGone } from './serve-file';

/** A model of 200 snaps is below 100 KB. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Addresses of the frameworks that nothing here uses: next-auth logs whatever a browser sends it, Next scales any image. */
const UNUSED = /^\/(?:api\/auth\/_log|_next\/image)$/;

/** Headers that only this process may set: Next and the routes believe them. */
const OURS = /^(?:x-imprint-.*|x-request-id|x-nonce|content-security-policy(?:-report-only)?|x-middleware-.*|x-forwarded-.*|forwarded)$/;

export type Serving = {
  /** Next's handler: everything that is not answered here. */
  next: (request: IncomingMessage, response: ServerResponse) => unknown;
  /** The console's public address. */
  base: string;
  log: ReturnType<typeof createLog>;
  isTrustedProxy: (address: string) => boolean;
  limits: Limits;
  db: Database;
  store: BlobStore;
  parts: Parts;
};

/** What happens to every request, in order: name it, harden the answer, refuse what must not pass, and hand it to who answers. */
export function makeHandler(serving: Serving): RequestListener {
  return (request, response) => void handle(serving, request, response);
}

async function handle(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { base, log, limits } = serving;
  const startedAt = performance.now();
  const address = clientAddress(request, serving.isTrustedProxy);
  const requestId = randomUUID();
  const { method = 'GET', url: target = '/' } = request;
  try {
    response.setHeader('x-request-id', requestId);
    response.once('close', () => {
      const level = request.url?.startsWith('/_next/') || request.url === paths.health() ? 'debug' : 'info';
      log[level]({ requestId, method, path: target, status: response.statusCode, ms: Math.round(performance.now() - startedAt), address, aborted: !response.writableFinished }, 'request');
    });
    const url = parseTarget(target, base);
    if (url.pathname === paths.health()) return await answerHealth(response, serving.parts, (part, err) => log.error({ part, err }, 'a part of the service is down'));

    const nonce = randomBytes(16).toString('base64');
    for (const [name, value] of Object.entries(securityHeaders({ nonce, path: url.pathname, https: base.startsWith('https:') }))) response.setHeader(name, value);
    const asked = { method, url: target, headers: request.headers };
    const elsewhere = checkHost(asked, base);
    if (elsewhere !== undefined) return void response.writeHead(307, { location: elsewhere }).end();
    const byToken = isByToken(url.pathname, request.headers);
    if (byToken) delete request.headers.cookie;
    else assertOwnOrigin(asked, base);
    assertBodySize(request, method);
    await limits.admit(url.pathname, address, byToken);
    response.once('finish', () => void limits.punish(url.pathname, address, response.statusCode, byToken));

    assertOperation(method, url.pathname);
    if (UNUSED.test(url.pathname)) throw new AppError('not-found', 'There is nothing at this address.');
    const download = parseDownload(url);
    if (download) return await serveDownload(request, response, download, serving, { address, requestId });

    tell(request, { 'x-request-id': requestId, 'x-imprint-address': address, 'x-imprint-path': withoutFramework(url), 'x-nonce': nonce, 'content-security-policy': String(response.getHeader('content-security-policy')) });
    const share = parseSharePage(url);
    if (share && !(await isOpenShare(serving.db, share))) answerWith(response, 404);
    await serving.next(request, response);
  } catch (error) {
    if (isClientGone(error)) return;
    if (!isAppError(error) || statusOf(error.code) >= 500) log.error({ requestId, path: target, err: error }, 'a request failed');
    if (isAppError(error) && error.code === 'unauthenticated' && wantsPage(request)) return void response.writeHead(303, { location: paths.signIn(target), 'cache-control': 'no-store' }).end();
    refuse(request, response, error, requestId);
  }
}

function parseTarget(target: string, base: string): URL {
  // `//host/path` would parse as another host, `http://host/` is a proxy's form of request.
  if (!target.startsWith('/') || target.startsWith('//') || !URL.canParse(target, base)) throw new AppError('not-found', 'There is nothing at this address.');
  return new URL(target, base);
}

function assertBodySize({ headers }: IncomingMessage, method: string): void {
  if (!isMutating(method)) return;
  if (headers['transfer-encoding'] !== undefined) throw new AppError('length-required', 'Send the body with a content-length.');
  if (Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw new AppError('too-large', `The body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MB.`);
}

/** Takes away what a client sent under our names, and says what we know. */
function tell(request: IncomingMessage, facts: Record<string, string>): void {
  for (const name of Object.keys(request.headers)) if (OURS.test(name)) delete request.headers[name];
  Object.assign(request.headers, facts);
}

/** A page cannot choose its status, so that of the answer that is on its way is changed. */
function answerWith(response: ServerResponse, status: number): void {
  const writeHead = response.writeHead.bind(response) as (status: number, ...rest: unknown[]) => ServerResponse;
  response.writeHead = ((given: number, ...rest: unknown[]) => writeHead(given === 200 ? status : given, ...rest)) as typeof response.writeHead;
}

const wantsPage = (request: IncomingMessage): boolean => request.method === 'GET' && /\btext\/html\b/.test(request.headers.accept ?? '');

/** The page's own address, without what Next's router adds when it fetches one. */
function withoutFramework(url: URL): string {
  const page = new URL(url);
  page.searchParams.delete('_rsc');
  return `${page.pathname}${page.search}`;
}
