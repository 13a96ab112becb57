import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Delay, Timer } from '../retry';

export type Seen = { method: string; path: string; headers: IncomingMessage['headers']; body: string };
export type Step = (response: ServerResponse, request: Seen) => void;

/** A server on loopback that answers each request with the next step of the script, the last one for ever. */
export async function startScripted(...steps: Step[]) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
      const step = steps[Math.min(seen.length, steps.length - 1)];
      seen.push(one);
      step?.(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, seen, steps, close };
}

export const json =
  (value: unknown, status = 200): Step =>
  (response) =>
    void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));

export const status =
  (code: number, headers: Record<string, string> = {}): Step =>
  (response) =>
    void response.writeHead(code, headers).end();

export const hang: Step = () => undefined;
export const hangUp: Step = (response) => void response.destroy();

/** Records how long was to be waited, and does not wait. */
export function recordDelays() {
  const waited: number[] = [];
  const delay: Delay = async (ms, signal) => {
    signal?.throwIfAborted();
    waited.push(ms);
  };
  return { waited, delay };
}

/** A clock that only strikes when a timer of this length is set: everything shorter or longer never fires. */
export function strikeAt(ms: number): Timer {
  return (set, run) => {
    if (set !== ms) return () => undefined;
    const soon = setImmediate(run);
    return () => clearImmediate(soon);
  };
}
