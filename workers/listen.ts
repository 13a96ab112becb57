import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { AppError } from '@/lib/errors';

/** Above what load balancers keep idle connections for (60 s), so that they never send into a closing one. */
const KEEP_ALIVE_MS = 65_000;
const DRAIN_MS = 1500;
const EVENTS = /\btext\/event-stream\b/;

export type Listening = {
  port: number;
  /** Takes nothing new, ends event streams at once, gives downloads and requests a moment, then cuts them off. Within 3 s. */
  close(): Promise<void>;
};

/**
 * Listens on `host`, and where that is IPv4's loopback on IPv6's as well: `localhost` means either.
 * Throws AppError `port-taken` or `host-unusable`.
 */
export async function listen(handler: RequestListener, host: string, port: number): Promise<Listening> {
  const open = new Map<ServerResponse, IncomingMessage>();
  const track: RequestListener = (request, response) => {
    open.set(response, request);
    response.once('close', () => open.delete(response));
    handler(request, response);
  };
  const first = await listenOn(track, host, port);
  const bound = (first.address() as { port: number }).port;
  const second = host === '127.0.0.1' || host === 'localhost' ? await listenOn(track, host === 'localhost' ? otherLoopback(first) : '::1', bound).catch(withoutIpv6) : undefined;
  const servers = second ? [first, second] : [first];
  return {
    port: bound,
    async close() {
      const closed = servers.map((server) => new Promise((done) => server.close(done)));
      for (const [response, { headers }] of open) if (EVENTS.test(headers.accept ?? '') || EVENTS.test(String(response.getHeader('content-type') ?? ''))) response.destroy();
      for (const server of servers) server.closeIdleConnections();
      const cut = setTimeout(() => servers.forEach((server) => server.closeAllConnections()), DRAIN_MS);
      await Promise.all(closed);
      clearTimeout(cut);
    },
  };
}

const otherLoopback = (server: Server): string => ((server.address() as { family: string }).family === 'IPv6' ? '127.0.0.1' : '::1');

function listenOn(handler: RequestListener, host: string, port: number): Promise<Server> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handler);
  return new Promise((done, fail) => {
    server.once('error', (cause: NodeJS.ErrnoException) => fail(explain(cause, host, port)));
    server.listen(port, host, () => done(server));
  });
}

function explain(cause: NodeJS.ErrnoException, host: string, port: number): AppError {
  if (cause.code === 'EADDRINUSE') return new AppError('port-taken', `Port ${port} is used by another program. Stop it, or choose another port with PORT.`, { cause });
  if (cause.code === 'EACCES') return new AppError('port-taken', `This account may not listen on port ${port}. Choose one above 1023 with PORT.`, { cause });
  return new AppError('host-unusable', `Imprint cannot listen on ${host} (${cause.code ?? cause.message}). Set HOST to an address of this machine.`, { cause });
}

// A machine without IPv6 has only one loopback; a port taken on one of two is taken.
function withoutIpv6(error: AppError): undefined {
  if (error.code === 'port-taken') throw error;
}
