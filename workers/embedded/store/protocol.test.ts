import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeStream } from '@/lib/assertion/decode';
import { fromHex, toBase64Url } from '@/lib/bytes';
import { createSnapStore } from '@/lib/snapstore/client';
import { createSnapCache } from '@/lib/snapstore/download';
import type { SnapStore } from '@/lib/snapstore/snap-store';
import { trustAnchors } from '@/lib/trust/anchors';
import { AssertionDatabase } from '@/lib/trust/database';
import { fetchChain } from '@/lib/trust/prerequisites';
import { startStore } from './server';
import type { StoreServer } from './server';
import { storeDir } from './store-dir';
import { makeDataDir, NOW, PC_ID, startSmallStore, stockText } from './testing/small-store';

const BYTES = Buffer.alloc(3_000_000, 'imprint');
const amd64 = { architecture: 'amd64' };
let data: Awaited<ReturnType<typeof makeDataDir>>;
let server: StoreServer;
let store: SnapStore;
let digest: string;

beforeAll(async () => {
  data = await makeDataDir();
  server = await startSmallStore(data.dataDir);
  ({ sha3_384: digest } = await stockText(data.dataDir, BYTES, { releases: [{ channel: '24/stable', architecture: 'amd64', revision: 7 }, { channel: '24/beta', architecture: 'amd64', revision: 7 }] }));
  await stockText(data.dataDir, 'edge', { releases: [{ channel: '24/edge', architecture: 'amd64', revision: 8 }] });
  await stockText(data.dataDir, 'base', { name: 'core24', snapId: 'dwTAh7MZZ01zyriOZErqd1JynQLiOGvM', publisherId: 'acme', title: 'Core', summary: 'Runtime', releases: [{ channel: 'stable', architecture: 'amd64', revision: 1 }] }, 'name: core24\nversion: "1"\ntype: base\n');
  store = createSnapStore({ apiUrl: server.url, dashboardUrl: server.url, delay: async () => undefined });
});
afterAll(async () => {
  await server.close();
  await data.remove();
});
beforeEach(() => server.faults.clear());

const anchors = async () => trustAnchors(decodeStream(await readFile(storeDir(data.dataDir).trusted)));

describe('assertions of the embedded store', () => {
  it('verify from a snap\'s digest up to the root, and never as production', async () => {
    const trusted = await anchors();
    const revision = await store.assertion('snap-revision', [toBase64Url(fromHex(digest))]);
    const chain = await fetchChain([revision!], (type, key) => store.assertion(type, key), { anchors: trusted });
    const database = new AssertionDatabase({ anchors: trusted, now: NOW }).add(chain);
    for (const assertion of chain) expect([assertion.type, database.check(assertion)]).toEqual([assertion.type, { ok: true }]);
    expect(chain.map((one) => one.type)).toContain('snap-declaration');
    expect(database.isProduction(revision!)).toBe(false);
  });

  it('verify for a snap of a brand too', async () => {
    const trusted = await anchors();
    const declaration = await store.assertion('snap-declaration', ['16', 'dwTAh7MZZ01zyriOZErqd1JynQLiOGvM']);
    const chain = await fetchChain([declaration!], (type, key) => store.assertion(type, key), { anchors: trusted });
    const database = new AssertionDatabase({ anchors: trusted, now: NOW }).add(chain);
    expect(database.check(declaration!)).toEqual({ ok: true });
    expect(chain).toContainEqual(expect.objectContaining({ type: 'account', primaryKey: ['acme'] }));
  });

  it('do not verify by Canonical\'s root alone', async () => {
    const account = await store.assertion('account', ['acme']);
    expect(new AssertionDatabase({ anchors: trustAnchors(), now: NOW }).add([account!]).check(account!)).toMatchObject({ ok: false });
  });

  it.each([
    ['account', ['nobody']],
    ['model', ['16', 'acme', 'kiosk']],
    ['snap-revision', ['A'.repeat(64)]],
    ['account', ['x'.repeat(300)]],
    ['account', ['a\0b']],
  ])('that are not there are undefined: %s %j', async (type, key) => {
    expect(await store.assertion(type, key)).toBeUndefined();
  });
});

describe('snaps of the embedded store', () => {
  it('are described with all their channels', async () => {
    expect(await store.info('pc', amd64)).toEqual({
      name: 'pc',
      snapId: PC_ID,
      title: 'PC',
      summary: 'A gadget for PCs',
      type: 'gadget',
      base: 'core24',
      publisher: { username: 'imprint-embedded', displayName: 'Embedded store (not for production)', validation: 'verified' },
      channels: [
        { channel: '24/stable', architecture: 'amd64', revision: 7, version: '24-1', sizeBytes: BYTES.length, base: 'core24', takes: [], offers: [], assumes: [] },
        { channel: '24/beta', architecture: 'amd64', revision: 7, version: '24-1', sizeBytes: BYTES.length, base: 'core24', takes: [], offers: [], assumes: [] },
        { channel: '24/edge', architecture: 'amd64', revision: 8, version: '24-1', sizeBytes: 4, base: 'core24', takes: [], offers: [], assumes: [] },
      ],
    });
  });

  it('are none under another name, or for another architecture', async () => {
    expect(await store.info('no-such-snap', amd64)).toBeUndefined();
    expect(await store.info('pc', { architecture: 'arm64' })).toBeUndefined();
  });

  it.each([
    ['', ['core24', 'pc']],
    ['pc', ['pc']],
    ['gadget for', ['pc']],
    ['RUNTIME', ['core24']],
    ['nothing like it', []],
  ])('are found by words: "%s"', async (q, names) => {
    expect((await store.find({ q }, amd64)).map((snap) => snap.name)).toEqual(names);
  });

  it('are found by type', async () => {
    expect((await store.find({ q: '', type: 'base' }, amd64)).map((snap) => snap.name)).toEqual(['core24']);
  });

  const revisionAt = async (channel: string) => (await store.resolve([{ name: 'pc', channel }], amd64))[0]?.revision;

  it.each([
    ['24/stable', 7],
    ['24', 7],
    ['24/candidate', 7],
    ['24/beta', 7],
    ['24/edge', 8],
    ['24/edge/fix-1', 8],
    ['24/stable/fix-1', 7],
  ])('are resolved in %s, from there to safer risks only', async (channel, revision) => {
    expect(await revisionAt(channel)).toBe(revision);
  });

  it.each(['latest/stable', '22/edge', 'stable'])('are not resolved in %s, and what there is is said', async (channel) => {
    await expect(revisionAt(channel)).rejects.toMatchObject({ code: 'channel-unknown', message: expect.stringContaining('It has: 24/stable, 24/beta, 24/edge.') });
  });

  it('never fall to a riskier channel', async () => {
    await stockText(data.dataDir, 'only beta', { name: 'risky', snapId: 'R'.repeat(32), releases: [{ channel: 'latest/beta', architecture: 'all', revision: 1 }] }, 'name: risky\nversion: "1"\n');
    const at = (channel: string) => store.resolve([{ name: 'risky', channel }], amd64);
    await expect(at('latest/stable')).rejects.toMatchObject({ code: 'channel-unknown' });
    await expect(at('latest/candidate')).rejects.toMatchObject({ code: 'channel-unknown' });
    expect(await at('latest/edge')).toMatchObject([{ revision: 1, channel: 'latest/edge' }]);
  });

  it('are resolved by revision, and by several at once in the order of the question', async () => {
    const resolved = await store.resolve([{ name: 'core24', channel: 'latest/stable' }, { name: 'pc', channel: '24/stable', revision: 8 }], amd64);
    expect(resolved).toMatchObject([{ name: 'core24', revision: 1, publisher: { id: 'acme', displayName: 'Acme' } }, { name: 'pc', revision: 8, channel: '24/stable', type: 'gadget', sizeBytes: 4 }]);
  });

  it('are unknown by another revision, name or architecture', async () => {
    await expect(store.resolve([{ name: 'pc', revision: 99 }], amd64)).rejects.toMatchObject({ code: 'channel-unknown', message: expect.stringContaining('revision 99') });
    await expect(store.resolve([{ name: 'no-such-snap' }], amd64)).rejects.toMatchObject({ code: 'snap-unknown' });
    await expect(store.resolve([{ name: 'pc', channel: '24/stable' }], { architecture: 'arm64' })).rejects.toMatchObject({ code: 'channel-unknown', message: expect.stringContaining('amd64 only') });
  });
});

describe('downloads from the embedded store', () => {
  const cacheIn = (name: string) => createSnapCache({ dir: join(data.dataDir, name), apiUrl: server.url, dashboardUrl: server.url, delay: async () => undefined, retries: { tries: 2 } });
  const pc = async () => (await store.resolve([{ name: 'pc', channel: '24/stable' }], amd64))[0]!;

  it('are the bytes that were stocked', async () => {
    const cache = cacheIn('whole');
    const { path } = await cache.fetch(await pc());
    expect((await readFile(path)).equals(BYTES)).toBe(true);
  });

  it('are resumed after the connection closed half-way', async () => {
    server.faults.next(1, { kind: 'close-half-way' }, /^\/download/);
    const { path } = await cacheIn('resumed').fetch(await pc());
    expect((await readFile(path)).equals(BYTES)).toBe(true);
    expect(server.requests.at(-1)?.headers.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it.each([
    ['wrong-body', 'snap-digest'],
    ['wrong-size', 'snap-size'],
    ['not-the-protocol', 'snap-size'],
  ] as const)('that fail twice by %s are refused', async (kind, code) => {
    server.faults.next(2, { kind }, /^\/download/);
    const cache = cacheIn(kind);
    await expect(cache.fetch(await pc())).rejects.toMatchObject({ code });
    expect(await cache.has(digest, BYTES.length)).toBe(false);
    await expect(cache.fetch(await pc())).resolves.toMatchObject({ cached: false });
  });

  it('that meet a 500 or an overloaded store are tried again', async () => {
    server.faults.next(1, { kind: 'status', status: 500 }, /^\/download/);
    await expect(cacheIn('again').fetch(await pc())).resolves.toMatchObject({ cached: false });
  });

  it('that are redirected elsewhere are refused', async () => {
    server.faults.next(1, { kind: 'redirect', location: 'http://127.0.0.1:1/' }, /^\/download/);
    await expect(cacheIn('elsewhere').fetch(await pc())).rejects.toMatchObject({ code: 'store-origin' });
  });

  it.each([
    ['bytes=10-19', 206, 'bytes 10-19/3000000', 10],
    ['bytes=2999990-', 206, 'bytes 2999990-2999999/3000000', 10],
    ['bytes=-10', 206, 'bytes 2999990-2999999/3000000', 10],
    ['bytes=2999990-9999999', 206, 'bytes 2999990-2999999/3000000', 10],
    ['bytes=3000000-', 416, 'bytes */3000000', 0],
    ['bytes=0-1,5-6', 200, null, BYTES.length],
    ['bytes=9-3', 200, null, BYTES.length],
    ['lines=1-2', 200, null, BYTES.length],
  ])('answer %s with %i', async (range, status, contentRange, length) => {
    const { downloadUrl } = await pc();
    const response = await fetch(downloadUrl, { headers: { Range: range } });
    expect([response.status, response.headers.get('content-range'), (await response.arrayBuffer()).byteLength]).toEqual([status, contentRange, length]);
  });

  it('tell their length to HEAD', async () => {
    const response = await fetch((await pc()).downloadUrl, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), response.headers.get('etag')]).toEqual([200, '3000000', `"${digest}"`]);
  });

  it.each(['x_1.snap', `${PC_ID}_99.snap`, `${PC_ID}_07.snap`, '..%2f..%2fauthority%2froot-key.pem', '%00'])('of %s are not there', async (name) => {
    expect((await fetch(new URL(`download/${name}`, server.url))).status).toBe(404);
  });
});

describe('the embedded store as a real one', () => {
  const post = (body: unknown, headers: Record<string, string> = { 'Snap-Device-Series': '16', 'Snap-Device-Architecture': 'amd64' }) => fetch(new URL('v2/snaps/refresh', server.url), { method: 'POST', headers, body: JSON.stringify(body) });

  it('wants the device headers by their newer names', async () => {
    expect((await post({ context: [], actions: [] }, { 'X-Ubuntu-Series': '16', 'X-Ubuntu-Architecture': 'amd64' })).status).toBe(400);
  });

  it('wants an epoch with every download', async () => {
    const action = { action: 'download', 'instance-key': 'download-1', name: 'pc', channel: '24/stable' };
    expect((await post({ context: [], actions: [action] })).status).toBe(400);
    expect((await post({ context: [], actions: [{ ...action, epoch: null }] })).status).toBe(200);
  });

  it('refreshes a snap along the channel that it follows', async () => {
    const answer = await post({ context: [{ 'snap-id': PC_ID, 'instance-key': PC_ID, 'tracking-channel': '24/candidate' }], actions: [{ action: 'refresh', 'instance-key': PC_ID, 'snap-id': PC_ID }] });
    expect(await answer.json()).toMatchObject({ results: [{ result: 'refresh', name: 'pc', 'effective-channel': '24/stable', snap: { revision: 7 } }] });
  });

  it('tells where newer assertions are', async () => {
    const ask = (assertions: unknown) => post({ context: [], actions: [{ action: 'fetch-assertions', key: 'g', assertions }] }).then((r) => r.json());
    const answer = await ask([{ type: 'account', 'primary-key': ['acme'] }, { type: 'account', 'primary-key': ['nobody'] }, { type: 'account', 'primary-key': ['globex'], 'if-newer-than': 0 }]);
    expect(answer).toMatchObject({ results: [{ result: 'fetch-assertions', key: 'g', 'error-list': [{ code: 'not-found', 'primary-key': ['nobody'] }] }] });
    const [url, ...others] = answer.results[0]['assertion-stream-urls'];
    expect(others).toEqual([]);
    expect(decodeStream(new Uint8Array(await (await fetch(url)).arrayBuffer()))).toMatchObject([{ type: 'account', primaryKey: ['acme'] }]);
  });

  it.each(['', 'v2', 'v2/snaps', 'v2/snaps/info', 'v2/snaps/info/pc/extra', 'v2/snaps/info/..', 'v2/assertions', 'v2/assertions/account', 'download', 'dev/api', 'v2/snaps/info/%2e%2e%2f'])('has nothing at /%s', async (path) => {
    expect((await fetch(new URL(path, server.url))).status).toBe(404);
  });

  it('refuses an address that cannot be read, and a body that is too long or no JSON', async () => {
    expect((await fetch(`${server.url}v2/%E0%A4%A`)).status).toBe(400);
    expect((await post('x'.repeat(1024 * 1024))).status).toBe(413);
    expect((await fetch(new URL('v2/snaps/refresh', server.url), { method: 'POST', headers: { 'Snap-Device-Series': '16', 'Snap-Device-Architecture': 'amd64' }, body: '{' })).status).toBe(400);
  });

  it('does not answer under another name than this machine\'s', async () => {
    const { port } = new URL(server.url);
    const status = await new Promise((resolve, reject) => request({ host: '127.0.0.1', port, path: '/v2/snaps/find', headers: { Host: 'evil.example' } }, (r) => resolve(r.resume().statusCode)).on('error', reject).end());
    expect(status).toBe(421);
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', 'store.example'])('refuses to listen on %s', async (host) => {
    await expect(startStore({ dataDir: data.dataDir, host })).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('failures on request', () => {
  const quick = () => createSnapStore({ apiUrl: server.url, dashboardUrl: server.url, delay: async () => undefined, retries: { tries: 3 } });

  it('are gone through by trying again', async () => {
    server.faults.next(1, { kind: 'status', status: 500 });
    server.faults.next(1, { kind: 'close-half-way' });
    expect((await quick().resolve([{ name: 'pc', channel: '24/stable' }], amd64))[0]?.revision).toBe(7);
  });

  it.each([
    [{ kind: 'status', status: 503 }],
    [{ kind: 'wrong-body' }],
    [{ kind: 'wrong-size' }],
    [{ kind: 'not-the-protocol' }],
    [{ kind: 'close-half-way' }],
  ] as const)('that do not end are store-unreachable: %j', async (fault) => {
    server.faults.next(3, fault);
    await expect(quick().resolve([{ name: 'pc', channel: '24/stable' }], amd64)).rejects.toMatchObject({ code: 'store-unreachable' });
  });

  it('only meet what their path names', async () => {
    server.faults.next(1, { kind: 'status', status: 500 }, /^\/download/);
    expect(await quick().info('pc', amd64)).toBeDefined();
  });
});
