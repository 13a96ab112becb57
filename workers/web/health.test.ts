import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { answerHealth } from './health';

afterEach(() => vi.useRealTimers());

async function ask(parts: Record<string, () => Promise<unknown>>) {
  const down: string[] = [];
  let status = 0;
  let body = '';
  const response = { writeHead: (code: number) => (status = code), end: (text: string) => (body = text) } as unknown as ServerResponse;
  const answered = answerHealth(response, parts, (part) => down.push(part));
  await vi.advanceTimersByTimeAsync(3000);
  await answered;
  return { status, body: JSON.parse(body) as unknown, down };
}

describe('health', () => {
  it('is ok when every part answers', async () => {
    vi.useFakeTimers();
    expect(await ask({ database: async () => 1, artifacts: async () => 2 })).toEqual({ status: 200, body: { status: 'ok', parts: { database: 'ok', artifacts: 'ok' } }, down: [] });
  });
  it('says which part is about to fail, while all still answers', async () => {
    vi.useFakeTimers();
    expect(await ask({ database: async () => 1, artifacts: async () => 'degraded' })).toEqual({ status: 200, body: { status: 'degraded', parts: { database: 'ok', artifacts: 'degraded' } }, down: [] });
  });
  it('names the part that fails, and not why', async () => {
    vi.useFakeTimers();
    const answer = await ask({ database: () => Promise.reject(new Error('password authentication failed')), artifacts: async () => 2 });
    expect(answer).toEqual({ status: 503, body: { status: 'down', parts: { database: 'down', artifacts: 'ok' } }, down: ['database'] });
  });
  it('does not wait for a part that hangs', async () => {
    vi.useFakeTimers();
    expect(await ask({ database: () => new Promise(() => {}) })).toMatchObject({ status: 503, down: ['database'] });
  });
});
