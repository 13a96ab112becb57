import type { ServerResponse } from 'node:http';

const TIMEOUT_MS = 2000;

/** What Imprint cannot work without, each with a look that throws when it does not answer, and says `degraded` when it soon will not. */
export type Parts = Record<string, () => Promise<unknown>>;

type State = 'ok' | 'degraded' | 'down';

/**
 * 503 when a part does not answer in time, else 200: also when one is degraded, for then all goes on but new builds.
 * Which part it is stands in the answer; why is for the log, not for whoever asks.
 */
export async function answerHealth(response: ServerResponse, parts: Parts, onDown: (part: string, error: unknown) => void): Promise<void> {
  const states: Record<string, State> = {};
  const look = async ([name, part]: [string, () => Promise<unknown>]) => (states[name] = await stateOf(name, part, onDown));
  await Promise.all(Object.entries(parts).map(look));
  const status = (['down', 'degraded'] as const).find((state) => Object.values(states).includes(state)) ?? 'ok';
  const body = JSON.stringify({ status, parts: Object.fromEntries(Object.keys(parts).map((name) => [name, states[name]])) });
  response.writeHead(status === 'down' ? 503 : 200, { 'content-type': 'application/json', 'cache-control': 'no-store', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function stateOf(name: string, look: () => Promise<unknown>, onDown: (part: string, error: unknown) => void): Promise<State> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer in ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    return (await Promise.race([look(), late])) === 'degraded' ? 'degraded' : 'ok';
  } catch (error) {
    onDown(name, error);
    return 'down';
  } finally {
    clearTimeout(timer);
  }
}
