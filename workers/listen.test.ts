import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { listen } from './listen';

const ask = async (port: number, accept = '*/*') => {
  const [response] = (await once(get({ host: '127.0.0.1', port, headers: { accept }, agent: false }), 'response')) as [IncomingMessage];
  return response;
};

describe('listening', () => {
  it('is refused in words on a port that is taken', async () => {
    const first = await listen((_, response) => response.end(), '127.0.0.1', 0);
    await expect(listen(() => undefined, '127.0.0.1', first.port)).rejects.toMatchObject({ code: 'port-taken', message: expect.stringContaining(String(first.port)) as string });
    await first.close();
  });
  it('is refused in words on an address that is not ours', async () => {
    await expect(listen(() => undefined, '192.0.2.1', 0)).rejects.toMatchObject({ code: 'host-unusable', message: expect.stringContaining('HOST') as string });
  });
  it('ends at once although an event stream is open', async () => {
    const server = await listen((_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n'), '127.0.0.1', 0);
    const stream = await ask(server.port, 'text/event-stream');
    stream.on('error', () => undefined);
    await once(stream, 'data');
    const startedAt = performance.now();
    await server.close();
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
  it('gives a request that is under way a moment, and takes no new one', async () => {
    let finish = () => {};
    const server = await listen((_, response) => (finish = () => response.end('done')), '127.0.0.1', 0);
    const asked = get({ host: '127.0.0.1', port: server.port, agent: false });
    const answered = once(asked, 'response') as Promise<[IncomingMessage]>;
    while (finish.toString() === '() => {}') await new Promise((done) => setImmediate(done));
    const closed = server.close();
    await expect(ask(server.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    finish();
    expect((await answered)[0].statusCode).toBe(200);
    await closed;
  });
  it('cuts off what does not end', async () => {
    const server = await listen((_, response) => response.writeHead(200).write('half'), '127.0.0.1', 0);
    const response = await ask(server.port);
    const broken = once(response, 'error');
    response.resume();
    await server.close();
    await broken;
  });
});
