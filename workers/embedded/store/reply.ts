import type { IncomingMessage } from 'node:http';
import { concat, fromUtf8, utf8 } from '@/lib/bytes';
import { JsonError, parseJson } from '@/lib/json/parse-json';

/** An answer before it is sent. `length` is the whole body's, in bytes. */
export type Reply = { status: number; headers: Record<string, string>; length: number; body: AsyncIterable<Uint8Array> | Uint8Array };

export type Ask = { method: string; url: URL; header(name: string): string | undefined; json(): Promise<unknown> };

/** Thrown by handlers and sent as an error-list. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const bytesReply = (status: number, type: string, body: Uint8Array, headers: Record<string, string> = {}): Reply => ({ status, headers: { 'Content-Type': type, ...headers }, length: body.length, body });

export const jsonReply = (status: number, value: unknown): Reply => bytesReply(status, 'application/json', utf8(JSON.stringify(value)));

export const refusalReply = ({ status, code, message }: Refusal): Reply => {
  const reply = jsonReply(status, { 'error-list': [{ code, message }] });
  return status === 401 ? { ...reply, headers: { ...reply.headers, 'WWW-Authenticate': 'Macaroon realm="imprint"' } } : reply;
};

const MAX_BODY_BYTES = 1024 * 1024;

export function toAsk(request: IncomingMessage, origin: string): Ask {
  return {
    method: request.method ?? '',
    url: new URL(request.url ?? '/', origin),
    header: (name) => [request.headers[name.toLowerCase()]].flat()[0],
    json: async () => readJson(await readAll(request)),
  };
}

async function readAll(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) throw new Refusal(413, 'payload-too-large', `A request may have ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return concat(...chunks);
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return parseJson(fromUtf8(bytes) ?? '', 'The body');
  } catch (error) {
    if (error instanceof JsonError) throw new Refusal(400, 'bad-request', error.message);
    throw error;
  }
}
