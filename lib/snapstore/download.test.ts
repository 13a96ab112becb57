import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toDiskError } from './disk';
import { createSnapCache } from './download';
import type { SnapCacheOptions } from './download';
import { hang, hangUp, json, recordDelays, startScripted, status, strikeAt } from './testing/scripted-store';
import type { Seen, Step } from './testing/scripted-store';

/** More than two buffers, and no multiple of any. */
const SNAP = randomBytes(2_500_001);
const digestOf = (bytes: Buffer) => createHash('sha3-384').update(bytes).digest('hex');
const DIGEST = digestOf(SNAP);

const whole: Step = (response) => void response.writeHead(200, { 'Content-Length': SNAP.length }).end(SNAP);
/** Answers ranges as it should. */
const ranged: Step = (response, request) => {
  const from = startOf(request);
  if (from === undefined) return whole(response, request);
  response.writeHead(206, { 'Content-Length': SNAP.length - from, 'Content-Range': `bytes ${from}-${SNAP.length - 1}/${SNAP.length}` }).end(SNAP.subarray(from));
};
const startOf = (request: Seen | undefined) => (request?.headers.range === undefined ? undefined : Number(/^bytes=(\d+)-$/.exec(request.headers.range)?.[1]));
/** Sends so many bytes and then closes. */
const breakAfter =
  (bytes: number): Step =>
  (response, request) => {
    const from = startOf(request) ?? 0;
    response.writeHead(from > 0 ? 206 : 200, { 'Content-Length': SNAP.length - from, ...(from > 0 && { 'Content-Range': `bytes ${from}-${SNAP.length - 1}/${SNAP.length}` }) });
    response.write(SNAP.subarray(from, from + bytes), () => response.destroy());
  };
const corrupt: Step = (response) => {
  const bytes = Buffer.from(SNAP);
  bytes[1_000_000]! ^= 1;
  response.writeHead(200, { 'Content-Length': bytes.length }).end(bytes);
};
const tooLong: Step = (response) => void response.writeHead(200).end(Buffer.concat([SNAP, Buffer.from('x')]));
const tooShort: Step = (response) => void response.writeHead(200, { 'Content-Length': SNAP.length - 1 }).end(SNAP.subarray(1));

let dir: string;
const open: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'imprint-cache-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  await rm(dir, { recursive: true, force: true });
});

async function cacheWith(steps: Step[], more: Partial<SnapCacheOptions> = {}) {
  const server = await startScripted(...steps);
  open.push(server);
  const { delay, waited } = recordDelays();
  const options = { dir, apiUrl: server.url, dashboardUrl: server.url, delay, now: () => 0, ...more };
  const snap = { name: 'pc', sha3_384: DIGEST, sizeBytes: SNAP.length, downloadUrl: `${server.url}d` };
  return { server, waited, snap, cache: createSnapCache(options), another: () => createSnapCache(options) };
}
const files = async () => (await readdir(join(dir, 'sha3-384')).catch(() => [])).sort();

describe('fetching a snap', () => {
  it('keeps it under its digest, whole and read-only, and nothing beside it', async () => {
    const { cache, snap, server } = await cacheWith([whole]);
    const told: number[] = [];
    expect(await cache.fetch(snap, { onBytes: (n) => told.push(n) })).toEqual({ path: cache.path(DIGEST), cached: false });
    expect(digestOf(await readFile(cache.path(DIGEST)))).toBe(DIGEST);
    expect((await stat(cache.path(DIGEST))).mode & 0o777).toBe(0o444);
    expect(await files()).toEqual([DIGEST]);
    expect(told.at(-1)).toBe(SNAP.length);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(server.seen[0]?.headers).toMatchObject({ 'x-ubuntu-series': '16' });
  });

  it('asks no store for what it has', async () => {
    const { cache, another, snap, server } = await cacheWith([whole]);
    await cache.fetch(snap);
    expect(await another().fetch(snap)).toMatchObject({ cached: true });
    expect(server.seen).toHaveLength(1);
  });

  it('downloads once however many ask at the same time, and tells all of them of the bytes', async () => {
    const { cache, snap, server } = await cacheWith([whole]);
    const told = [0, 0, 0];
    const all = await Promise.all(told.map((_, i) => cache.fetch(snap, { onBytes: (n) => (told[i] = n) })));
    expect(all.map((one) => one.path)).toEqual([cache.path(DIGEST), cache.path(DIGEST), cache.path(DIGEST)]);
    expect(told).toEqual([SNAP.length, SNAP.length, SNAP.length]);
    expect(server.seen).toHaveLength(1);
  });

  it('takes a snap of no bytes', async () => {
    const { cache, server } = await cacheWith([(response) => void response.writeHead(200, { 'Content-Length': 0 }).end()]);
    const empty = createHash('sha3-384').digest('hex');
    await cache.fetch({ name: 'nothing', sha3_384: empty, sizeBytes: 0, downloadUrl: `${server.url}d` });
    expect(await cache.has(empty, 0)).toBe(true);
  });

  it.each(['', 'abc', DIGEST.toUpperCase(), `${DIGEST}.part`, `../${DIGEST.slice(3)}`])('refuses "%s" as a digest', async (digest) => {
    const { cache, snap, server } = await cacheWith([whole]);
    await expect(cache.fetch({ ...snap, sha3_384: digest })).rejects.toThrow(RangeError);
    expect(server.seen).toHaveLength(0);
  });
});

describe('a connection that breaks', () => {
  it('is taken up again where it broke', async () => {
    const { cache, snap, server, waited } = await cacheWith([breakAfter(1_200_000), breakAfter(900_000), ranged]);
    await cache.fetch(snap);
    expect(digestOf(await readFile(cache.path(DIGEST)))).toBe(DIGEST);
    const starts = server.seen.map(startOf);
    expect(starts[0]).toBeUndefined();
    expect(starts[1]).toBeGreaterThan(0);
    expect(starts[2]).toBeGreaterThan(starts[1]!);
    expect(waited).toEqual([]);
  });

  it('begins anew when the server only sends all of it', async () => {
    const { cache, snap, server } = await cacheWith([breakAfter(1_200_000), whole]);
    const told: number[] = [];
    await cache.fetch(snap, { onBytes: (n) => told.push(n) });
    expect(digestOf(await readFile(cache.path(DIGEST)))).toBe(DIGEST);
    expect(startOf(server.seen[1])).toBeGreaterThan(0);
    expect(told).toContain(0);
  });

  it('is not taken up with another part than was asked for', async () => {
    const shifted: Step = (response) => void response.writeHead(206, { 'Content-Range': `bytes 5-${SNAP.length - 1}/${SNAP.length}` }).end(SNAP.subarray(5));
    const { cache, snap } = await cacheWith([breakAfter(1_200_000), shifted, ranged]);
    await cache.fetch(snap);
    expect(digestOf(await readFile(cache.path(DIGEST)))).toBe(DIGEST);
  });

  it.each<[string, Step]>([
    ['500', status(500)],
    ['429', status(429)],
    ['nothing but a closed connection', hangUp],
    ['a few bytes each time', breakAfter(10)],
    ['a status that no store answers with', (response) => void response.writeHead(408).end('<h1>')],
  ])('ends as store-unreachable after six tries: %s', async (_, step) => {
    const { cache, snap, server } = await cacheWith([step]);
    await expect(cache.fetch(snap)).rejects.toMatchObject({ code: 'store-unreachable' });
    expect(server.seen).toHaveLength(6);
    expect(await files()).toEqual([]);
  });

  it.each<[string, Step, number]>([
    ['that never answers', hang, 30_000],
    ['that stops half-way', (response) => void response.writeHead(200, { 'Content-Length': SNAP.length }).write(SNAP.subarray(0, 10)), 777],
  ])('is given up by the clock: a server %s', async (_, step, strikes) => {
    const { cache, snap } = await cacheWith([step], { timer: strikeAt(strikes), timeouts: { idleMs: 777 }, retries: { tries: 1 } });
    await expect(cache.fetch(snap)).rejects.toMatchObject({ code: 'store-unreachable' });
    expect(await files()).toEqual([]);
  });
});

describe('content that is not what was announced', () => {
  it.each<[string, Step, string]>([
    ['other bytes', corrupt, 'snap-digest'],
    ['more bytes', tooLong, 'snap-size'],
    ['fewer bytes', tooShort, 'snap-size'],
  ])('is fetched once more, and then refused without a trace: %s', async (_, step, code) => {
    const { cache, snap, server } = await cacheWith([step]);
    await expect(cache.fetch(snap)).rejects.toMatchObject({ code, message: expect.stringContaining('pc'), details: { snap: 'pc' } });
    expect(server.seen).toHaveLength(2);
    expect(await files()).toEqual([]);
    expect(await cache.has(DIGEST, SNAP.length)).toBe(false);
  });

  it.each<[string, Step]>([['other bytes', corrupt], ['more bytes', tooLong], ['fewer bytes', tooShort]])('is fine the second time: %s', async (_, step) => {
    const { cache, snap } = await cacheWith([step, whole]);
    await cache.fetch(snap);
    expect(digestOf(await readFile(cache.path(DIGEST)))).toBe(DIGEST);
  });

  it('is noticed in the middle of a resumed download', async () => {
    const otherSize: Step = (response, request) => void response.writeHead(206, { 'Content-Range': `bytes ${startOf(request)}-9999999/10000000` }).end('x');
    const { cache, snap, server } = await cacheWith([breakAfter(1_200_000), otherSize, whole]);
    await cache.fetch(snap);
    expect(server.seen.map((one) => startOf(one) === undefined)).toEqual([true, false, true]);
  });

  it('is not kept in a compressed form', async () => {
    const { cache, snap } = await cacheWith([(response) => void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(SNAP)], { retries: { tries: 1 } });
    await expect(cache.fetch(snap)).rejects.toMatchObject({ code: 'store-unreachable' });
  });

  it('never takes more bytes than were announced, however many are sent', async () => {
    let sent = 0;
    const endless: Step = (response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(1024 * 1024);
      const more = () => {
        if (response.destroyed) return;
        sent += chunk.length;
        response.write(chunk, more);
      };
      more();
    };
    const { cache, snap } = await cacheWith([endless]);
    await expect(cache.fetch({ ...snap, sizeBytes: 10 })).rejects.toMatchObject({ code: 'snap-size' });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('a refusal', () => {
  it.each<[string, Step, string]>([
    ['402', status(402), 'store-refused'],
    ['404', status(404), 'store-refused'],
    ['410', status(410), 'store-refused'],
    ['401', status(401), 'store-auth'],
    ['400 with words', json({ 'error-list': [{ code: 'x', message: 'No.' }] }, 400), 'store-refused'],
  ])('is not tried again: %s', async (_, step, code) => {
    const { cache, snap, server } = await cacheWith([step]);
    await expect(cache.fetch(snap)).rejects.toMatchObject({ code });
    expect(server.seen).toHaveLength(1);
    expect(await files()).toEqual([]);
  });

  it('meets an address that the configuration does not name, whether given or redirected to', async () => {
    const inner = await startScripted(whole);
    open.push(inner);
    const { cache, snap, server } = await cacheWith([status(302, { Location: `${inner.url}d` })]);
    await expect(cache.fetch(snap)).rejects.toMatchObject({ code: 'store-origin' });
    await expect(cache.fetch({ ...snap, downloadUrl: `${inner.url}d` })).rejects.toMatchObject({ code: 'store-origin' });
    expect(server.seen).toHaveLength(1);
    expect(inner.seen).toHaveLength(0);
  });
});

describe('credentials', () => {
  const credentials = Buffer.from(JSON.stringify({ t: 'macaroon', v: 'secret' })).toString('base64');

  it('go to the store that they are for', async () => {
    const { cache, snap, server } = await cacheWith([whole], { credentials });
    await cache.fetch(snap, { device: { architecture: 'amd64', storeId: 'brand' } });
    expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Macaroon secret', 'x-ubuntu-store': 'brand', 'x-ubuntu-architecture': 'amd64' });
  });

  it('go nowhere else', async () => {
    const content = await startScripted(whole);
    open.push(content);
    const { cache, snap } = await cacheWith([whole], { credentials, allowDownloadOrigins: [content.url] });
    await cache.fetch({ ...snap, downloadUrl: `${content.url}d` });
    expect(content.seen[0]?.headers).not.toHaveProperty('authorization');
  });
});

describe('giving up', () => {
  it('ends the download and leaves nothing', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const { cache, snap } = await cacheWith([(response) => void response.writeHead(200, { 'Content-Length': SNAP.length }).write(SNAP.subarray(0, 10))]);
    await expect(cache.fetch(snap, { signal: controller.signal, onBytes: () => controller.abort(reason) })).rejects.toBe(reason);
    expect(await files()).toEqual([]);
  });

  it('ends nothing for the others who wait for the same snap', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    let finish = () => undefined as void;
    const half: Step = (response) => {
      response.writeHead(200, { 'Content-Length': SNAP.length }).write(SNAP.subarray(0, 1000));
      finish = () => void response.end(SNAP.subarray(1000));
    };
    const { cache, snap, server } = await cacheWith([half]);
    const first = cache.fetch(snap, { signal: controller.signal, onBytes: () => controller.abort(reason) });
    const second = cache.fetch(snap);
    await expect(first).rejects.toBe(reason);
    finish();
    await expect(second).resolves.toMatchObject({ cached: false });
    expect(server.seen).toHaveLength(1);
  });

  it('does not begin for one who has gone already', async () => {
    const { cache, snap, server } = await cacheWith([whole]);
    await expect(cache.fetch(snap, { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
    expect(server.seen).toHaveLength(0);
  });
});

describe('the disk', () => {
  it('that cannot hold a snap is told before the first byte', async () => {
    const { cache, snap, server } = await cacheWith([whole]);
    await expect(cache.fetch({ ...snap, sizeBytes: 2 ** 50 })).rejects.toMatchObject({ code: 'disk-full', details: { sizeBytes: 2 ** 50 } });
    expect(server.seen).toHaveLength(0);
  });

  it.each(['ENOSPC', 'EDQUOT'])('that fills up while writing (%s) is disk-full', (code) => {
    const cause = Object.assign(new Error(code), { code });
    expect(toDiskError(cause, '/cache')).toMatchObject({ code: 'disk-full', cause });
  });

  it('that fails otherwise is not said to be full', () => {
    const cause = Object.assign(new Error('EIO'), { code: 'EIO' });
    expect(toDiskError(cause, '/cache')).toBe(cause);
  });
});

describe('what a killed process left', () => {
  const host = hostname().replace(/[^\w-]/g, '_').slice(0, 60);
  const left = (machine: string, pid: number) => `${DIGEST}.${machine}.${pid}.abcdef-123456.part`;

  it('is cleaned away: of a dead process, of an earlier one with our number, and what is older than an hour', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => dead.once('exit', resolve));
    await mkdir(join(dir, 'sha3-384'));
    const now = Date.now();
    const names = { dead: left(host, dead.pid!), earlier: left(host, process.pid), old: left('elsewhere', 1), alive: left(host, process.ppid), busy: left('elsewhere', 2), other: 'README' };
    for (const name of Object.values(names)) await writeFile(join(dir, 'sha3-384', name), 'x');
    await utimes(join(dir, 'sha3-384', names.old), 0, now / 1000 - 3601);
    const { cache, snap } = await cacheWith([whole], { now: () => now });
    await cache.fetch(snap);
    expect(await files()).toEqual([DIGEST, names.alive, names.busy, names.other].sort());
  });

  it('is never taken for a snap, even when it was killed at its work', async () => {
    const half: Step = (response) => void response.writeHead(200, { 'Content-Length': SNAP.length }).write(SNAP.subarray(0, 1_500_000));
    const { cache, snap, server } = await cacheWith([half, whole], { now: Date.now });
    const child = fetchElsewhere(server.url);
    await child.started;
    expect(await files()).toHaveLength(1);
    child.kill();
    await child.ended;
    expect(await cache.has(DIGEST, SNAP.length)).toBe(false);
    await cache.fetch(snap);
    expect(await files()).toEqual([DIGEST]);
  }, 30_000);
});

describe('several processes', () => {
  it('fetch the same snap at the same time, and each gets all of it', async () => {
    const server = await startScripted(ranged);
    open.push(server);
    const children = [fetchElsewhere(server.url), fetchElsewhere(server.url)];
    for (const child of children) expect(JSON.parse((await child.ended).trim().split('\n').at(-1) ?? '')).toMatchObject({ path: join(dir, 'sha3-384', DIGEST) });
    expect(digestOf(await readFile(join(dir, 'sha3-384', DIGEST)))).toBe(DIGEST);
    expect(await files()).toEqual([DIGEST]);
  }, 30_000);
});

describe('what is in the cache', () => {
  it('is opened for reading under its digest', async () => {
    const { cache, snap } = await cacheWith([whole]);
    await cache.fetch(snap);
    const file = await cache.open(DIGEST);
    expect(digestOf(await file.readFile())).toBe(DIGEST);
    await file.close();
  });

  it('is not-found when it is not there', async () => {
    const { cache } = await cacheWith([whole]);
    await expect(cache.open(DIGEST)).rejects.toMatchObject({ code: 'not-found' });
    expect(await cache.verify(DIGEST)).toBe(false);
  });

  it('is thrown away when it is no longer what it was, and fetched again', async () => {
    const { cache, snap, server } = await cacheWith([whole]);
    await cache.fetch(snap);
    expect(await cache.verify(DIGEST)).toBe(true);
    await rm(cache.path(DIGEST));
    await writeFile(cache.path(DIGEST), Buffer.alloc(SNAP.length));
    expect(await cache.verify(DIGEST)).toBe(false);
    await cache.fetch(snap);
    expect(digestOf(await readFile(cache.path(DIGEST)))).toBe(DIGEST);
    expect(server.seen).toHaveLength(2);
  });

  it('is not believed to be there with another size', async () => {
    const { cache, snap } = await cacheWith([whole]);
    await cache.fetch(snap);
    await rm(cache.path(DIGEST));
    await writeFile(cache.path(DIGEST), SNAP.subarray(1));
    expect(await cache.has(DIGEST, SNAP.length)).toBe(false);
    expect(await cache.fetch(snap)).toMatchObject({ cached: false });
    expect(digestOf(await readFile(cache.path(DIGEST)))).toBe(DIGEST);
  });
});

function fetchElsewhere(url: string) {
  const script = join(import.meta.dirname, 'testing', 'fetch-once.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, dir, url, DIGEST, String(SNAP.length)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const started = new Promise<void>((resolve) =>
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('started')) resolve();
    }),
  );
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(said)));
  return { started, ended, kill: () => child.kill('SIGKILL') };
}
