import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as send } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { readlink, readdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LocalStore } from '@/lib/storage/local-store';
import { listen } from '../listen';
import type { Listening } from '../listen';
import { refuse } from './refuse';
import { attachment, serveFile } from './serve-file';

const bytes = randomBytes(24 * 1024 * 1024);
let root: string;
let server: Listening;
let blob: { sha3_384: string; sizeBytes: number };
const sha256 = createHash('sha256').update(bytes).digest('hex');
const failures: unknown[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'imprint-serve-'));
  const store = new LocalStore(root);
  blob = await store.put((async function* () { yield bytes; })());
  const file = { fileName: 'kiosk.img.zst', contentType: 'application/zstd', sizeBytes: bytes.length, etag: blob.sha3_384, lastModified: new Date('2026-11-22T14:00:00Z'), sha256, read: (range: { start: number; end: number }) => store.read(blob.sha3_384, range) };
  server = await listen((request, response) => {
    serveFile(request, response, request.url === '/gone' ? { ...file, read: (range) => store.read('0'.repeat(96), range) } : file).catch((error: unknown) => {
      failures.push(error);
      refuse(request, response, error, 'test');
    });
  }, '127.0.0.1', 0);
});
afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true, force: true });
});

async function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const asked = send({ port: server.port, host: '127.0.0.1', path, method, headers, agent: false }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

const openFiles = async () => {
  const links = await Promise.all((await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return links.filter((path) => path.startsWith(root)).length;
};

describe('a download', () => {
  it('has the bytes, their length, name, type, tag and digest', async () => {
    const { status, headers, body } = await get('/');
    expect(status).toBe(200);
    expect(body.equals(bytes)).toBe(true);
    expect(headers).toMatchObject({
      'content-length': String(bytes.length),
      'content-type': 'application/zstd',
      'content-disposition': 'attachment; filename="kiosk.img.zst"',
      etag: `"${blob.sha3_384}"`,
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache, no-transform',
      'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
    });
  });
  it('tells all of that to HEAD and sends nothing', async () => {
    const { status, headers, body } = await get('/', {}, 'HEAD');
    expect([status, body.length, headers['content-length'], headers.etag]).toEqual([200, 0, String(bytes.length), `"${blob.sha3_384}"`]);
  });
  it('goes on where it was broken off', async () => {
    const { status, headers, body } = await get('/', { range: 'bytes=5000000-', 'if-range': `"${blob.sha3_384}"` });
    expect([status, headers['content-range']]).toEqual([206, `bytes 5000000-${bytes.length - 1}/${bytes.length}`]);
    expect(body.equals(bytes.subarray(5_000_000))).toBe(true);
  });
  it('begins anew when the file is another', async () => expect((await get('/', { range: 'bytes=5-9', 'if-range': '"other"' })).status).toBe(200));
  it('is not sent again to who has it', async () => {
    const { status, body, headers } = await get('/', { 'if-none-match': `"${blob.sha3_384}"` });
    expect([status, body.length, headers['content-disposition']]).toEqual([304, 0, undefined]);
  });
  it('refuses a range past the end', async () => expect(await get('/', { range: `bytes=${bytes.length}-` })).toMatchObject({ status: 416, headers: { 'content-range': `bytes */${bytes.length}` } }));
  it('refuses other methods', async () => expect((await get('/', {}, 'POST')).status).toBe(405));
  it('is plainly not found when the blob is gone', async () => {
    const { status, headers, body } = await get('/gone', { accept: 'application/json' });
    expect([status, headers['content-disposition'], (JSON.parse(body.toString()) as { error: { code: string } }).error.code]).toEqual([404, undefined, 'not-found']);
  });
  it('closes its files when the client goes away', async () => {
    for (let i = 0; i < 10; i += 1) {
      const asked = send({ port: server.port, host: '127.0.0.1', path: '/', agent: false }).end();
      asked.on('error', () => undefined);
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      response.on('error', () => undefined);
      await once(response, 'data');
      asked.destroy();
    }
    await vi.waitFor(async () => expect(await openFiles()).toBe(0), 5000);
  });
});

describe('the name of a download', () => {
  it('is plain where it can be', () => expect(attachment('kiosk-r3.model')).toBe('attachment; filename="kiosk-r3.model"'));
  it('cannot break out of the header', () => {
    expect(attachment('a"b\\c\r\nset-cookie: x')).toBe(`attachment; filename="a_b_c__set-cookie_ x"; filename*=UTF-8''a%22b%5Cc%0D%0Aset-cookie%3A%20x`);
    expect(attachment("é'(1)*.img")).toBe(`attachment; filename="___1__.img"; filename*=UTF-8''%C3%A9%27%281%29%2A.img`);
  });
});
