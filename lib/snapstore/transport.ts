import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors';
import { createOriginGuard } from './origins';
import type { OriginOptions } from './origins';
import { realDelay, realTimer, retrying, TryAgain } from './retry';
import type { Delay, RetryOptions, Timer } from './retry';

/** Milliseconds: to reach the server, from there to its answer's headers, and between two pieces of the body. */
export type Timeouts = { connectMs: number; headersMs: number; idleMs: number };

export type TransportOptions = OriginOptions & {
  timeouts?: Partial<Timeouts>;
  retries?: Partial<RetryOptions>;
  userAgent?: string;
  /** What tests put in place of waiting. */
  delay?: Delay;
  timer?: Timer;
  now?: () => number;
};

export type Call = {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
};

/** An answer whose body has not been read. `read` yields it under the idle time-out; whoever does not read it must `discard` it. */
export type Answer = { status: number; header(name: string): string | undefined; read(): AsyncGenerator<Uint8Array, void, undefined>; discard(): void };

export type Transport = {
  /** One try: follows up to three redirects of a GET. Throws TryAgain for network trouble, AppError `store-origin` for one that is not allowed, or the signal's reason. */
  open(call: Call): Promise<Answer>;
  /** Tries, with back-off, until `once` no longer throws TryAgain; then AppError `store-unreachable`. */
  retry<T>(host: string, signal: AbortSignal | undefined, once: () => Promise<T>): Promise<T>;
  now(): number;
};

const MAX_REDIRECTS = 3;
/** From snapd httputil: none; ours, because a store that answers at all does so within seconds. */
const DEFAULT_TIMEOUTS: Timeouts = { connectMs: 10_000, headersMs: 30_000, idleMs: 30_000 };

export function createTransport(options: TransportOptions): Transport {
  const guard = createOriginGuard(options);
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const timer = options.timer ?? realTimer;
  const now = options.now ?? Date.now;
  const agents = { 'http:': new HttpAgent({ keepAlive: true, maxSockets: 32 }), 'https:': new HttpsAgent({ keepAlive: true, maxSockets: 32 }) };
  const userAgent = options.userAgent ?? 'imprint';

  function dial(call: Call, url: URL): Promise<IncomingMessage> {
    const secure = url.protocol === 'https:';
    return new Promise((resolve, reject) => {
      const request = (secure ? httpsRequest : httpRequest)(url, {
        method: call.method,
        headers: { 'User-Agent': userAgent, ...call.headers },
        agent: secure ? agents['https:'] : agents['http:'],
        lookup: guard.lookup,
        maxHeaderSize: 64 * 1024,
        ...(call.signal && { signal: call.signal }),
      });
      const late = (what: string) => () => request.destroy(new TryAgain(`${url.host} ${what}`));
      let cancel = timer(timeouts.connectMs, late('could not be reached in time'));
      const reached = () => {
        cancel();
        cancel = timer(timeouts.headersMs, late('did not answer in time'));
      };
      request.once('socket', (socket) => (socket.connecting ? socket.once(secure ? 'secureConnect' : 'connect', reached) : reached()));
      request.once('response', (response) => {
        cancel();
        resolve(response);
      });
      request.on('error', (cause) => {
        cancel();
        reject(call.signal?.aborted ? call.signal.reason : asTryAgain(cause, url.host));
      });
      request.end(call.body);
    });
  }

  async function open(call: Call): Promise<Answer> {
    call.signal?.throwIfAborted();
    let url = new URL(call.url);
    let hop = call;
    for (let redirects = 0; ; redirects += 1) {
      guard.assertAllowed(url);
      const response = await dial(hop, url);
      const location = redirectOf(response);
      if (location === undefined) return answer(response, url.host, call.signal);
      response.destroy();
      if (call.method !== 'GET' || redirects === MAX_REDIRECTS || !URL.canParse(location, url)) {
        throw new AppError('store-origin', `The Snap Store at ${url.host} answered with a redirect that cannot be followed.`);
      }
      url = new URL(location, url);
      // Whoever is redirected to learns neither who is asking nor for which device (snapd store_download.go).
      hop = { ...call, headers: pick(call.headers, ['Accept', 'Range', 'If-Range']) };
    }
  }

  function answer(response: IncomingMessage, host: string, signal: AbortSignal | undefined): Answer {
    async function* read() {
      const chunks = response[Symbol.asyncIterator]();
      try {
        for (;;) {
          const cancel = timer(timeouts.idleMs, () => response.destroy(new TryAgain(`${host} stopped sending`)));
          const next = await chunks.next().finally(cancel);
          if (next.done) return;
          yield next.value as Uint8Array;
        }
      } catch (cause) {
        throw signal?.aborted ? signal.reason : asTryAgain(cause, host);
      } finally {
        if (!response.complete) response.destroy();
      }
    }
    // Without a listener a connection that breaks before the body is read would end the process.
    response.on('error', () => undefined);
    return {
      status: response.statusCode ?? 0,
      header: (name) => [response.headers[name.toLowerCase()]].flat()[0],
      read,
      discard: () => void response.destroy(),
    };
  }

  return {
    open,
    retry: (host, signal, once) => retrying({ host, once, signal, now, delay: options.delay ?? realDelay, options: options.retries }),
    now,
  };
}

const redirectOf = (response: IncomingMessage) => ([301, 302, 303, 307, 308].includes(response.statusCode ?? 0) ? (response.headers.location ?? '') : undefined);

function asTryAgain(cause: unknown, host: string): TryAgain {
  if (cause instanceof TryAgain) return cause;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new TryAgain(`the connection to ${host} failed${code}`, { cause });
}

const pick = (headers: Record<string, string>, names: string[]) => Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));
