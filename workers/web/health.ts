import type { ServerResponse } from 'node:http';

const TIMEOUT_MS = 2000;

/** What Imprint cannot work without, each with a look that throws when it does not answer. */
export type Parts = Record<string, () => Promise<unknown>>;

/** 200 when every part answers in time, else 503 and which one is down; why is for the log, not for whoever asks. */
export async function answerHealth(response: ServerResponse, parts: Parts, onDown: (part: string, error: unknown) => void): Promise<void> {
  const found = await Promise.all(Object.entries(parts).map(async ([name, look]) => [name, await isUp(name, look, onDown)] as const));
  const up = found.every(([, ok]) => ok);
  const body = JSON.stringify({ status: up ? 'ok' : 'down', parts: Object.fromEntries(found.map(([name, ok]) => [name, ok ? 'ok' : 'down'])) });
  response.writeHead(up ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function isUp(name: string, look: () => Promise<unknown>, onDown: (part: string, error: unknown) => void): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer in ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    await Promise.race([look(), late]);
    return true;
  } catch (error) {
    onDown(name, error);
    return false;
  } finally {
    clearTimeout(timer);
  }
}
