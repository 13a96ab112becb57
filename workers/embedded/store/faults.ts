import { setTimeout as sleep } from 'node:timers/promises';
import { concat } from '@/lib/bytes';
import { bytesReply, jsonReply } from './reply';
import type { Reply } from './reply';

/**
 * Ways in which a store fails, for tests. `status` answers it, with a body as JSON or none; `hang` never answers; `stall` sends half of the body and then nothing;
 * `close-half-way` ends the connection there; `wrong-body` sends other bytes of the same length; `wrong-size` sends one byte fewer and says so;
 * `not-the-protocol` sends a web page; `slow` sends so many bytes a second; `redirect` points elsewhere.
 */
export type Fault =
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: unknown }
  | { kind: 'hang' | 'stall' | 'close-half-way' | 'wrong-body' | 'wrong-size' | 'not-the-protocol' }
  | { kind: 'slow'; bytesPerSecond: number }
  | { kind: 'redirect'; location: string };

export type Faults = {
  /** The next `count` requests whose path matches fail like this. */
  next(count: number, fault: Fault, path?: RegExp): void;
  clear(): void;
  /** Used by the server. */
  take(path: string): Fault | undefined;
};

export function createFaults(): Faults {
  let planned: { left: number; fault: Fault; path: RegExp }[] = [];
  return {
    next: (count, fault, path = /^/) => void planned.push({ left: count, fault, path }),
    clear: () => void (planned = []),
    take(path) {
      const found = planned.find((one) => one.left > 0 && one.path.test(path));
      if (found) found.left -= 1;
      return found?.fault;
    },
  };
}

/** The reply as the fault leaves it; undefined when there is none at all. */
export async function spoil(reply: Reply, fault: Fault): Promise<Reply | undefined> {
  switch (fault.kind) {
    case 'status':
      return fault.body === undefined ? { ...bytesReply(fault.status, 'text/plain', new Uint8Array(0)), headers: fault.headers ?? {} } : jsonReply(fault.status, fault.body);
    case 'hang':
      return undefined;
    case 'redirect':
      return { ...jsonReply(302, {}), headers: { Location: fault.location } };
    case 'not-the-protocol':
      return bytesReply(200, 'text/html', new TextEncoder().encode('<!doctype html><title>Sign in to the network</title>'));
    case 'slow':
      return { ...reply, body: slowly(await whole(reply), fault.bytesPerSecond) };
    case 'wrong-body':
      return { ...reply, body: (await whole(reply)).map((byte) => byte ^ 0x20) };
    case 'wrong-size': {
      const body = (await whole(reply)).subarray(0, -1);
      return { ...reply, body, length: body.length };
    }
    case 'stall':
    case 'close-half-way':
      return { ...reply, body: half(await whole(reply), fault.kind === 'stall') };
  }
}

async function whole({ body }: Reply): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return concat(...chunks);
}

async function* half(body: Uint8Array, stall: boolean): AsyncGenerator<Uint8Array> {
  yield body.subarray(0, Math.floor(body.length / 2));
  if (stall) await new Promise(() => undefined);
  throw new Error('closed half-way, as the test asked');
}

async function* slowly(body: Uint8Array, bytesPerSecond: number): AsyncGenerator<Uint8Array> {
  const piece = Math.max(1, Math.floor(bytesPerSecond / 20));
  for (let at = 0; at < body.length; at += piece) {
    yield body.subarray(at, at + piece);
    await sleep(50, undefined, { ref: false });
  }
}
