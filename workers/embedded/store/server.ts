import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@/lib/errors';
import { createKeyRoute, getAccount } from './account-routes';
import { ensureAccounts } from './accounts';
import type { StoreAccount } from './accounts';
import { getAssertion } from './assertion-routes';
import { openAuthority } from './authority';
import type { AuthorityOptions } from './authority';
import { openCatalog } from './catalog';
import { getDownload } from './download-route';
import { createFaults, spoil } from './faults';
import type { Faults } from './faults';
import { postRefresh } from './refresh-route';
import { refusalReply, Refusal, toAsk } from './reply';
import type { Ask, Reply } from './reply';
import { openShelf } from './shelf';
import { findSnaps, getInfo } from './snap-routes';
import { storeDir, sweepStale } from './store-dir';

export type StoreServerOptions = AuthorityOptions & {
  dataDir: string;
  /** 0 takes a free one. */
  port?: number;
  /** Loopback only: nothing here asks who is downloading. */
  host?: string;
  /** Brands, which get an account and a file of credentials. */
  accounts?: StoreAccount[];
};

export type StoreServer = {
  /** With a slash at the end. API and dashboard are the same. */
  url: string;
  /** For tests: what the next requests get. */
  faults: Faults;
  /** For tests: what was asked, in order. */
  requests: { method: string; path: string; headers: Record<string, string | string[] | undefined> }[];
  close(): Promise<void>;
};

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const REMEMBERED = 1000;

/** Starts the embedded Snap Store. Throws AppError `invalid` for an address that others could reach, or what listen() throws. */
export async function startStore(options: StoreServerOptions): Promise<StoreServer> {
  const host = options.host ?? '127.0.0.1';
  if (!LOOPBACK.has(host)) throw new AppError('invalid', `The embedded store trusts whoever reaches it and so listens on this machine alone, not on ${host}.`);
  const now = options.now ?? (() => new Date());
  const dir = storeDir(options.dataDir);
  await sweepStale(dir, now());
  const authority = await openAuthority(options.dataDir, options);
  await ensureAccounts(dir, authority, options.accounts ?? []);

  const store = { dir, shelf: openShelf(dir), catalog: openCatalog(dir), authority, now, url: '' };
  const registerKey = createKeyRoute(store);
  const faults = createFaults();
  const requests: StoreServer['requests'] = [];

  function route(ask: Ask): Promise<Reply> {
    const [, ...path] = ask.url.pathname.split('/').map(decode);
    const name = path.at(-1) ?? '';
    switch (`${ask.method === 'HEAD' ? 'GET' : ask.method} ${path.slice(0, 3).join('/')}`) {
      case 'GET v2/snaps/info':
        if (path.length === 4) return getInfo(store.catalog, store.shelf, store.url, ask, name);
        break;
      case 'GET v2/snaps/find':
        return findSnaps(store.catalog, store.shelf, ask);
      case 'POST v2/snaps/refresh':
        return postRefresh(store, ask);
      case 'GET dev/api/account':
        if (path.length === 3) return getAccount(store, ask);
        break;
      case 'POST dev/api/account':
        if (path.length === 4 && name === 'account-key') return registerKey(ask);
        break;
      case `GET download/${name}`:
        return getDownload(dir, store.catalog, ask, name);
    }
    if (ask.method === 'GET' && path[0] === 'v2' && path[1] === 'assertions') return getAssertion(store.shelf, ask, path.slice(2));
    throw new Refusal(404, 'resource-not-found', 'There is nothing here.');
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers });
    if (requests.length > REMEMBERED) requests.shift();
    const fault = faults.take(request.url ?? '');
    const reply = await answer(request);
    const sent = fault ? await spoil(reply, fault) : reply;
    if (sent) await send(sent, request, response);
  }

  async function answer(request: IncomingMessage): Promise<Reply> {
    try {
      assertOwnHost(request);
      return await route(toAsk(request, store.url));
    } catch (error) {
      if (error instanceof Refusal) return refusalReply(error);
      process.emitWarning(error instanceof Error ? error : String(error));
      return refusalReply(new Refusal(500, 'internal-error', 'The store made a mistake.'));
    }
  }

  const server = createServer((request, response) => {
    // What fails here is a connection that went away; its client knows already.
    handle(request, response).catch(() => response.destroy());
  });
  store.url = await listen(server, host, options.port ?? 0);
  return {
    url: store.url,
    faults,
    requests,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

/** A page in somebody's browser must not reach this server under a name of its own. */
function assertOwnHost(request: IncomingMessage): void {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  if (!LOOPBACK.has(name)) throw new Refusal(421, 'misdirected-request', 'This store only answers under the name of this machine.');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) throw new Refusal(400, 'bad-request', 'The address cannot be read.');
    throw error;
  }
}

async function send(reply: Reply, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(reply.status, { ...reply.headers, 'Content-Length': reply.length, 'Snap-Store-Version': '1' });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(reply.body instanceof Uint8Array ? Readable.from([reply.body]) : Readable.from(reply.body), response);
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      const found = address !== null && typeof address === 'object' ? address.port : port;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${found}/`);
    });
  });
}
