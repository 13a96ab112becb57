import type { IncomingMessage, ServerResponse } from 'node:http';
import { refusalHeaders, refusalOf } from '@/lib/api/refusal';

const TITLES: Record<number, string> = {
  401: 'Sign in first',
  403: 'Not allowed',
  404: 'Nothing here',
  405: 'Not possible',
  410: 'No longer here',
  413: 'Too large',
  421: 'Another address',
  422: 'Not understood',
  429: 'Too many requests',
  503: 'Not available right now',
};

/** Answers a failure: a small page for browsers that ask for one, an ErrorBody for everybody else. Ends what was already begun. */
export function refuse(request: IncomingMessage, response: ServerResponse, error: unknown, requestId: string): void {
  if (response.headersSent) {
    // Half of it is out: only a broken connection still tells that it is not all.
    response.destroy();
    return;
  }
  const refusal = refusalOf(error, requestId);
  const { status, body } = refusal;
  const html = /\btext\/html\b/.test(request.headers.accept ?? '');
  const text = html ? page(TITLES[status] ?? 'Something went wrong', body.error.message) : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': html ? 'text/html; charset=utf-8' : 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...refusalHeaders(refusal),
    // What is left of a refused body is not read.
    ...(status === 411 || status === 413 ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const page = (title: string, message: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escape(title)} · Imprint</title>
<style>:root{color-scheme:light dark}body{font:14px/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:100vh;margin:0}main{max-width:24rem;padding:1rem}h1{font-size:1.25rem}</style></head>
<body><main><h1>${escape(title)}</h1><p>${escape(message)}</p></main></body></html>
`;
