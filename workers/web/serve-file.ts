import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { AppError } from '@/lib/errors';
import { planRange } from '@/lib/storage/range';

export type ServedFile = {
  fileName: string;
  contentType: string;
  sizeBytes: number;
  /** Strong, without quotes. */
  etag: string;
  lastModified: Date;
  /** Lower-case hexadecimal, when it is known. */
  sha256: string | null;
  /** The bytes `start` to `end`, both inclusive. A chunk is done with before the next is asked for. */
  read(range: { start: number; end: number }): Promise<AsyncIterable<Uint8Array>>;
  /** Told before the first byte, with an empty range, and when it is over, with the bytes that left: `start` to before `end`. */
  note?: (start: number, end: number) => Promise<void>;
};

/** Sends a file, or the part of it that is asked for, at the client's pace and with flat memory. A client that goes away closes what was opened. */
export async function serveFile(request: IncomingMessage, response: ServerResponse, file: ServedFile): Promise<void> {
  const method = request.method ?? 'GET';
  if (method !== 'GET' && method !== 'HEAD') {
    const details = { allow: ['GET', 'HEAD'] };
    throw new AppError('method-refused', 'A file can only be read: GET or HEAD.', { details });
  }
  const plan = planRange({ method, ...conditionsOf(request) }, { sizeBytes: file.sizeBytes, etag: `"${file.etag}"`, lastModified: file.lastModified });
  const sends = plan.status === 200 || plan.status === 206;
  // Before the head is out: a blob that is gone is still a plain 404.
  const bytes = sends && method === 'GET' && plan.end >= plan.start ? await file.read({ start: plan.start, end: plan.end }) : undefined;
  if (bytes) await file.note?.(plan.start, plan.start);
  response.writeHead(plan.status, { ...plan.headers, ...(sends ? describe(file) : {}), 'cache-control': 'private, no-cache, no-transform', vary: 'cookie' });
  if (!bytes) {
    response.end();
    return;
  }
  const sent = { bytes: 0 };
  try {
    await send(bytes, response, sent);
  } finally {
    if (sent.bytes > 0) await file.note?.(plan.start, plan.start + sent.bytes);
  }
}

/** Each chunk is with the system before the next is asked for, which is read meanwhile: two buffers are enough for a file of any size. */
async function send(bytes: AsyncIterable<Uint8Array>, response: ServerResponse, sent: { bytes: number }): Promise<void> {
  const closed = finished(response);
  // Whoever waits for it hears of it; there may be nobody yet.
  closed.catch(() => undefined);
  for await (const chunk of bytes) {
    await Promise.race([write(response, chunk), closed]);
    sent.bytes += chunk.length;
  }
  response.end();
  await closed;
}

const write = (response: ServerResponse, chunk: Uint8Array): Promise<void> => new Promise((resolve, reject) => response.write(chunk, (error) => (error ? reject(error) : resolve())));

const describe = (file: ServedFile): Record<string, string> => ({
  'content-type': file.contentType,
  'content-disposition': attachment(file.fileName),
  // RFC 9530
  ...(file.sha256 ? { 'repr-digest': `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:` } : {}),
});

/** RFC 6266: plain ASCII for everybody, the exact name for those who know the extended form. */
export function attachment(fileName: string): string {
  const ascii = fileName.replace(/[^A-Za-z0-9._+ -]/g, '_');
  const exact = encodeURIComponent(fileName).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return ascii === fileName ? `attachment; filename="${ascii}"` : `attachment; filename="${ascii}"; filename*=UTF-8''${exact}`;
}

function conditionsOf({ headers }: IncomingMessage) {
  return {
    range: headers.range,
    ifRange: one(headers['if-range']),
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    ifModifiedSince: headers['if-modified-since'],
    ifUnmodifiedSince: headers['if-unmodified-since'],
  };
}

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

const GONE = ['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED', 'ECONNRESET', 'EPIPE', 'ECANCELED'];
/** The client went away before the end: its own business. */
export const isClientGone = (error: unknown): boolean => GONE.includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
