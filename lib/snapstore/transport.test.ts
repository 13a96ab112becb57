import { afterEach, describe, expect, it } from 'vitest';
import type { SnapStoreOptions } from './client';
import { createSnapStore } from './client';
import { hang, hangUp, json, recordDelays, startScripted, status, strikeAt } from './testing/scripted-store';
import type { Step } from './testing/scripted-store';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function storeWith(steps: Step[], more: Partial<SnapStoreOptions> = {}) {
  const server = await startScripted(...steps);
  open.push(server);
  const { waited, delay } = recordDelays();
  const store = createSnapStore({ apiUrl: server.url, dashboardUrl: server.url, delay, now: () => 0, ...more });
  return { server, waited, find: (signal?: AbortSignal) => store.find({ q: 'Several words' }, { architecture: 'amd64', ...(signal && { signal }) }) };
}

const NOTHING = json({ results: [] });

describe('retries', () => {
  it('come after 500s and broken connections, with longer and longer waits', async () => {
    const { find, waited, server } = await storeWith([status(500), hangUp, status(503), NOTHING]);
    expect(await find()).toEqual([]);
    expect(waited).toEqual([500, 1250, 3125]);
    expect(server.seen).toHaveLength(4);
  });

  it('end after six tries as store-unreachable, naming host and reason', async () => {
    const { find, server } = await storeWith([status(502)]);
    await expect(find()).rejects.toMatchObject({ code: 'store-unreachable', message: expect.stringMatching(/127\.0\.0\.1:\d+ answered 502\. Tried 6 times/) });
    expect(server.seen).toHaveLength(6);
  });

  it('end when their time is used up', async () => {
    let clock = 0;
    const { find, server } = await storeWith([status(500)], { now: () => clock, delay: async () => void (clock += 20_000) });
    await expect(find()).rejects.toMatchObject({ code: 'store-unreachable' });
    expect(server.seen).toHaveLength(3);
  });

  it('wait as long as a 429 asks', async () => {
    const { find, waited } = await storeWith([status(429, { 'Retry-After': '7' }), NOTHING]);
    await find();
    expect(waited).toEqual([7000]);
  });

  it('do not wait longer than the time there is, whatever a 429 asks', async () => {
    const { find, waited } = await storeWith([status(429, { 'Retry-After': '99999' }), NOTHING]);
    await expect(find()).rejects.toMatchObject({ code: 'store-unreachable' });
    expect(waited).toEqual([]);
  });

  it('do not come after a refusal', async () => {
    const { find, server } = await storeWith([json({ 'error-list': [{ code: 'bad-query', message: 'No such category.' }] }, 400)]);
    await expect(find()).rejects.toMatchObject({ code: 'store-refused', message: expect.stringContaining('No such category.') });
    expect(server.seen).toHaveLength(1);
  });

  it('stop at once when the caller gives up', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const { find, server } = await storeWith([status(500)], {
      delay: async (_ms, signal) => {
        controller.abort(reason);
        signal?.throwIfAborted();
      },
    });
    await expect(find(controller.signal)).rejects.toBe(reason);
    expect(server.seen).toHaveLength(1);
  });
});

describe('time-outs', () => {
  it('end a request that gets no answer', async () => {
    const { find, server } = await storeWith([hang], { timer: strikeAt(30_000), timeouts: { idleMs: 1 }, retries: { tries: 2 } });
    await expect(find()).rejects.toMatchObject({ code: 'store-unreachable', message: expect.stringContaining('did not answer in time') });
    expect(server.seen.length).toBeLessThanOrEqual(2);
  });

  it('end an answer that stops coming', async () => {
    const stalled: Step = (response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('{"results":');
    };
    const { find } = await storeWith([stalled], { timer: strikeAt(777), timeouts: { idleMs: 777 }, retries: { tries: 1 } });
    await expect(find()).rejects.toMatchObject({ code: 'store-unreachable', message: expect.stringContaining('stopped sending') });
  });

  it('end an attempt to reach a machine', async () => {
    const { find } = await storeWith([NOTHING], { timer: (ms, run) => (ms === 10_000 && run(), () => undefined), retries: { tries: 1 } });
    await expect(find()).rejects.toMatchObject({ code: 'store-unreachable', message: expect.stringContaining('could not be reached in time') });
  });

  it('do not outlast the caller, who may give up while waiting', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const { find } = await storeWith([() => controller.abort(reason)]);
    await expect(find(controller.signal)).rejects.toBe(reason);
  });
});

describe('bodies', () => {
  it.each<[string, Step]>([
    ['a web page', (r) => void r.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html>')],
    ['JSON of another shape', json({ results: [{ name: '../../etc', 'snap-id': 'x' }] })],
    ['bytes that are no UTF-8', (r) => void r.writeHead(200).end(Buffer.from([0x7b, 0xff, 0x7d]))],
    ['a compressed answer', (r) => void r.writeHead(200, { 'Content-Encoding': 'gzip' }).end('{}')],
    ['a body that breaks off', (r) => void r.writeHead(200, { 'Content-Length': '1000' }).write('{"results":[', () => r.destroy())],
    ['a 404 that is not the store speaking', (r) => void r.writeHead(404).end('<h1>Not found</h1>')],
  ])('refuse %s as store-unreachable', async (_, step) => {
    const { find } = await storeWith([step], { retries: { tries: 2 } });
    await expect(find()).rejects.toMatchObject({ code: 'store-unreachable' });
  });

  it('are read no further than their cap', async () => {
    let sent = 0;
    const endless: Step = (response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(1024 * 1024, 0x20);
      const more = () => {
        if (response.destroyed) return;
        sent += chunk.length;
        response.write(chunk, more);
      };
      more();
    };
    const { find } = await storeWith([endless], { retries: { tries: 1 } });
    await expect(find()).rejects.toMatchObject({ code: 'store-unreachable', message: expect.stringContaining('sent more than') });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('keep their words free of control characters and of a length that can be shown', async () => {
    const { find } = await storeWith([json({ 'error-list': [{ code: 'x', message: `red\u001b[31m\n${'a'.repeat(5000)}` }] }, 400)]);
    const error = await find().catch((e: Error) => e);
    expect(String(error)).not.toMatch(/[\u001b\n]/);
    expect(String(error).length).toBeLessThan(600);
  });
});

describe('redirects', () => {
  it('are followed within the store', async () => {
    const { find, server } = await storeWith([status(302, { Location: '/elsewhere' }), NOTHING]);
    expect(await find()).toEqual([]);
    expect(server.seen[1]?.path).toBe('/elsewhere');
  });

  it('are followed three times and no more', async () => {
    const { find, server } = await storeWith([status(302, { Location: '/round' })]);
    await expect(find()).rejects.toMatchObject({ code: 'store-origin' });
    expect(server.seen).toHaveLength(4);
  });

  it('never lead to a server that is not allowed', async () => {
    const inner = await startScripted(NOTHING);
    open.push(inner);
    const { find } = await storeWith([status(302, { Location: `${inner.url}latest/meta-data` })]);
    await expect(find()).rejects.toMatchObject({ code: 'store-origin', details: { origin: new URL(inner.url).origin } });
    expect(inner.seen).toHaveLength(0);
  });

  it('carry neither credentials nor device to another origin', async () => {
    const other = await startScripted(NOTHING);
    open.push(other);
    const credentials = Buffer.from(JSON.stringify({ t: 'macaroon', v: 'secret' })).toString('base64');
    const { find, server } = await storeWith([status(302, { Location: `${other.url}f` })], { credentials, allowDownloadOrigins: [other.url] });
    expect(await find()).toEqual([]);
    expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Macaroon secret', 'snap-device-series': '16' });
    expect(Object.keys(other.seen[0]?.headers ?? {}).filter((name) => /authorization|snap-|ubuntu/i.test(name))).toEqual([]);
  });

  it.each([{ Location: 'http://[broken' }, {}])('without a place to go are refused (%#)', async (headers) => {
    const { find } = await storeWith([status(302, headers as Record<string, string>)]);
    await expect(find()).rejects.toMatchObject({ code: expect.stringMatching(/store-origin/) });
  });
});

describe('credentials', () => {
  it.each([
    ['401', status(401)],
    ['403', status(403)],
    ['a macaroon that wants refreshing', status(401, { 'WWW-Authenticate': 'Macaroon needs_refresh=1' }), 'store-auth-expired'],
  ])('that the store does not take are told as such: %s', async (_, step, code = 'store-auth') => {
    const { find, server } = await storeWith([step]);
    await expect(find()).rejects.toMatchObject({ code });
    expect(server.seen).toHaveLength(1);
  });
});
