import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as send } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { encode } from 'next-auth/jwt';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '@/lib/log';
import { LocalStore } from '@/lib/storage/local-store';
import { deleteArtifacts } from '@/db/builds';
import { endSession, recordSignIn } from '@/db/people';
import { createShare, listShares, revokeShare } from '@/db/shares';
import { createToken, revokeToken } from '@/db/tokens';
import { twoBrands } from '@/db/testing/brands';
import type { Brands } from '@/db/testing/brands';
import { RESULT, finishedBuild } from '@/db/testing/builds';
import { registerKey, signedModel } from '@/db/testing/models';
import { listen } from '../listen';
import type { Listening } from '../listen';
import { matcher } from './client-address';
import { makeHandler } from './handle-request';
import { LIMITS, makeLimits } from './limits';

const secret = 'a-session-secret-of-many-characters-indeed';
const BLOB = Buffer.from('xxabcdefyyghij');
const IMAGE = Buffer.from('abcdef\0\0\0\0\0ghij');
const ARCHIVE = Buffer.concat([Buffer.from('28b52ffd80380f000000790000', 'hex'), IMAGE]);

let dir: string;
let brands: Brands;
let server: Listening;
let base: string;
let number: number;
/** A build of two volumes, and what each is. */
let many: number;
const DISKS = { pc: IMAGE, firmware: Buffer.concat([BLOB.subarray(0, 3), Buffer.alloc(2)]) };
let seen: { url?: string; headers: IncomingHttpHeaders } | undefined;
const lines: string[] = [];

beforeAll(async () => {
  vi.stubEnv('DATABASE_URL', 'postgres://localhost/none');
  vi.stubEnv('NEXTAUTH_SECRET', secret);
  dir = await mkdtemp(join(tmpdir(), 'imprint-web-'));
  brands = await twoBrands();
  const owner = await brands.as('acme', 'owner');
  await registerKey(owner, 'main');
  await signedModel(owner, 'kiosk');
  const store = new LocalStore(dir);
  const { sha3_384 } = await store.put((async function* () { yield BLOB; })());
  const plan = { sizeBytes: IMAGE.length, segments: [{ kind: 'blob' as const, sha3_384, offset: 2, length: 6, crc32: 0 }, { kind: 'zeros' as const, length: 5 }, { kind: 'blob' as const, sha3_384, offset: 10, length: 4, crc32: 0 }] };
  const image = { fileName: 'kiosk.img.zst', kind: 'image-zst' as const, sizeBytes: ARCHIVE.length, sha256: createHash('sha256').update(ARCHIVE).digest('hex'), blobs: [sha3_384] };
  const raw = { fileName: 'kiosk.img', kind: 'image-raw' as const, sizeBytes: IMAGE.length, sha256: null, blobs: [sha3_384] };
  ({ number } = await finishedBuild(owner, 'kiosk', { ...RESULT, plans: [{ volume: '', plan }], artifacts: [image, raw] }));
  const part = (offset: number, length: number) => ({ kind: 'blob' as const, sha3_384, offset, length, crc32: 0 });
  const firmware = { sizeBytes: DISKS.firmware.length, segments: [part(0, 3), { kind: 'zeros' as const, length: 2 }] };
  const files = Object.entries(DISKS).map(([volume, { length }]) => ({ ...raw, volume, fileName: `${volume}.img`, sizeBytes: length }));
  ({ number: many } = await finishedBuild(owner, 'kiosk', { ...RESULT, plans: [{ volume: 'pc', plan }, { volume: 'firmware', plan: firmware }], artifacts: files }));
  const serving = {
    next: (request: IncomingMessage, response: import('node:http').ServerResponse) => {
      seen = { headers: request.headers, ...(request.url === undefined ? {} : { url: request.url }) };
      if (request.url === '/broken') throw new Error('next broke');
      response.statusCode = 200;
      response.end('by next');
    },
    log: createLog({ level: 'info', secrets: [secret], write: (line) => lines.push(line) }),
    isTrustedProxy: matcher([]),
    limits: makeLimits({ ...LIMITS, 'sign-in': { points: 3, duration: 60 }, 'wrong-share': { points: 40, duration: 60 } }),
    db: brands.db,
    store,
    parts: { database: async () => 1 },
  };
  const made = { ...serving, base: '' };
  server = await listen((request, response) => makeHandler(made)(request, response), '127.0.0.1', 0);
  base = `http://localhost:${server.port}`;
  made.base = base;
  vi.stubEnv('IMPRINT_URL', base);
});
afterAll(async () => {
  await server.close();
  await brands.close();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(() => {
  seen = undefined;
  lines.length = 0;
});

async function ask(path: string, headers: Record<string, string> = {}, method = 'GET', body?: string) {
  const asked = send({ port: server.port, host: '127.0.0.1', path, method, headers: { host: new URL(base).host, ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }), ...headers }, agent: false });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, headers: response.headers, body: await text(response) };
}
const codeOf = ({ body }: { body: string }) => (JSON.parse(body) as { error: { code: string } }).error.code;

async function cookieOf(group: string): Promise<{ cookie: string; sessionId: string }> {
  const { sessionId } = await recordSignIn(brands.db, { issuer: 'https://issuer.example', subject: `web ${group}`, name: group, email: null, groups: [group], address: '', userAgent: '' });
  return { sessionId, cookie: `next-auth.session-token=${await encode({ token: { sessionId }, secret })}` };
}

describe('every request', () => {
  it('is named, and its answer hardened, with the nonce handed to the page', async () => {
    const { headers } = await ask('/acme');
    expect(headers).toMatchObject({ 'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string, 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    const nonce = /'nonce-([^']+)'/.exec(headers['content-security-policy'] as string)![1];
    expect(seen!.headers).toMatchObject({ 'x-nonce': nonce, 'content-security-policy': headers['content-security-policy'], 'x-request-id': headers['x-request-id'], 'x-imprint-address': '127.0.0.1', 'x-imprint-path': '/acme' });
    expect((await ask('/acme')).headers['content-security-policy']).not.toBe(headers['content-security-policy']);
  });
  it('loses what a client says under our names', async () => {
    await ask('/acme?_rsc=1&x=2', { 'x-request-id': 'mine', 'x-imprint-address': '1.2.3.4', 'x-nonce': 'n', 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '1.2.3.4', 'content-security-policy': "script-src 'nonce-n'", 'x-middleware-subrequest': 'x' });
    expect(seen!.headers).toMatchObject({ 'x-imprint-address': '127.0.0.1', 'x-imprint-path': '/acme?x=2' });
    expect(JSON.stringify(seen!.headers)).not.toMatch(/1\.2\.3\.4|evil|mine|middleware/);
  });
  it('is a line in the log, without tokens', async () => {
    await ask('/s/abc?t=hunter2hunter2', { 'user-agent': 'x' });
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ msg: 'request', method: 'GET', path: '/s/abc?t=[redacted]', status: 404, address: '127.0.0.1' });
    expect(lines.join()).not.toContain('hunter2');
  });
  it('that would change something is refused from elsewhere, before anybody sees it', async () => {
    const refused = await ask('/api/v1/acme/keys', { origin: 'http://evil.example', accept: 'application/json' }, 'POST', '{}');
    expect([refused.status, codeOf(refused), seen]).toEqual([403, 'origin-refused', undefined]);
    expect((await ask('/api/v1/acme/keys', { origin: base }, 'POST', '{}')).status).toBe(200);
  });
  it('that bears an API token needs no origin, and has no cookies', async () => {
    const cookie = 'next-auth.session-token=x';
    const answer = await ask('/api/v1/acme/keys', { authorization: 'Bearer imprint_x', cookie, origin: 'http://evil.example' }, 'POST', '{}');
    expect([answer.status, seen!.headers.authorization, seen!.headers.cookie]).toEqual([200, 'Bearer imprint_x', undefined]);
    await ask('/api/v1/acme/keys', { authorization: 'Basic dXNlcjpw', cookie });
    expect(seen!.headers.cookie).toBe(cookie);
    seen = undefined;
    expect((await ask('/sign-out', { authorization: 'Bearer imprint_x', cookie }, 'POST')).status).toBe(403);
    expect(seen).toBeUndefined();
  });
  it('under another name is refused, or led to the right one', async () => {
    expect((await ask('/acme', { host: 'evil.example' })).status).toBe(421);
    expect(await ask('/acme?x=1', { host: `127.0.0.1:${server.port}` })).toMatchObject({ status: 307, headers: { location: `${base}/acme?x=1` } });
    expect(seen).toBeUndefined();
  });
  it('with too much or no length is refused', async () => {
    expect((await ask('/api/v1/x', { origin: base, 'content-length': String(3 * 1024 * 1024) }, 'POST')).status).toBe(413);
    expect((await ask('/api/v1/x', { origin: base, 'transfer-encoding': 'chunked' }, 'POST')).status).toBe(411);
    expect(seen).toBeUndefined();
  });
  it.each(['/api/auth/_log', '/_next/image?url=%2Fx&w=64&q=75'])('for %s, which the frameworks bring and nobody uses, finds nothing', async (target) => {
    expect((await ask(target, { origin: base }, 'POST', '{}')).status).toBe(404);
    expect(seen).toBeUndefined();
  });
  it.each(['//evil.example/x', 'http://evil.example/x', '*'])('for %s finds nothing', async (target) => {
    expect((await ask(target)).status).toBe(404);
    expect(seen).toBeUndefined();
  });
  it('for an address of the API that there is not, or a method, is told so before Next sees it', async () => {
    for (const path of ['', '/acme', '/acme/buidls', '/acme/models//versions', '/me/x']) {
      const refused = await ask(`/api/v1${path}`, { accept: 'application/json' });
      expect(refused, path).toMatchObject({ status: 404, headers: { 'content-type': 'application/json' } });
      expect(codeOf(refused)).toBe('not-found');
    }
    const refused = await ask('/api/v1/acme/keys/main', { origin: base }, 'POST', '{}');
    expect(refused).toMatchObject({ status: 405, headers: { allow: 'GET, DELETE, HEAD, OPTIONS' } });
    expect(codeOf(refused)).toBe('method-refused');
    expect((await ask('/api/v1/acme/keys/main/register')).headers.allow).toBe('POST, OPTIONS');
    expect((await ask('/api/v1/openapi.json', { origin: base }, 'DELETE')).status).toBe(405);
    expect(seen).toBeUndefined();
    const there = ['HEAD /api/v1/me', 'OPTIONS /api/v1/acme/builds', 'GET /api/v1/openapi.json'];
    for (const one of [...there, 'GET /api/v1/acme/models/%2e%2e%2fx/', 'GET /api/v10']) {
      const [method, path] = one.split(' ') as [string, string];
      expect((await ask(path, {}, method)).status, one).toBe(200);
    }
  });
  it('that breaks something tells nothing but its name', async () => {
    const broken = await ask('/broken');
    expect(broken).toMatchObject({ status: 500, headers: { 'content-type': 'application/json' } });
    expect(broken.body).toContain(broken.headers['x-request-id']);
    expect(broken.body).not.toContain('next broke');
    expect(lines.join()).toContain('next broke');
  });
  it('to sign in has its limit, told with when to come again', async () => {
    for (let i = 0; i < 3; i += 1) await ask('/api/auth/providers');
    const refused = await ask('/api/auth/providers', { accept: 'text/html' });
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': expect.stringMatching(/^\d+$/) as string, 'content-type': 'text/html; charset=utf-8' } });
  });
});

describe('health', () => {
  it('answers under any name, and is not written down', async () => {
    expect(await ask('/healthz', { host: '10.0.0.1' })).toMatchObject({ status: 200, body: '{"status":"ok","parts":{"database":"ok"}}' });
    expect(lines).toEqual([]);
  });
});

describe('an artifact', () => {
  const path = (file: string, brand = 'acme') => `/artifacts/${brand}/${number}/${file}`;
  it('goes to a member who may download, as it is stored', async () => {
    const { cookie } = await cookieOf('acme-viewer');
    expect(await ask(path('kiosk.img.zst'), { cookie })).toMatchObject({ status: 200, body: ARCHIVE.toString(), headers: { 'content-type': 'application/zstd', 'content-length': String(ARCHIVE.length) } });
  });
  it('comes out of its archive, whole or in part', async () => {
    const { cookie } = await cookieOf('acme-viewer');
    const whole = await ask(path('kiosk.img'), { cookie });
    expect([whole.body, whole.headers['repr-digest']]).toEqual([IMAGE.toString(), undefined]);
    for (const [start, end] of [[0, 0], [3, 7], [5, 11], [6, 10], [10, 14], [14, 14]] as const)
      expect(await ask(path('kiosk.img'), { cookie, range: `bytes=${start}-${end}`, 'if-range': whole.headers.etag! })).toMatchObject({ status: 206, body: IMAGE.subarray(start, end + 1).toString() });
    expect((await ask(path('kiosk.img'), { cookie, 'if-none-match': whole.headers.etag! })).status).toBe(304);
    expect((await ask(path('kiosk.img.zst'), { cookie })).headers.etag).not.toBe(whole.headers.etag);
  });
  it('comes out of the volume that its name says', async () => {
    const { cookie } = await cookieOf('acme-viewer');
    for (const [volume, bytes] of Object.entries(DISKS)) expect(await ask(`/artifacts/acme/${many}/${volume}.img`, { cookie })).toMatchObject({ status: 200, body: bytes.toString(), headers: { 'content-length': String(bytes.length), 'content-disposition': `attachment; filename="${volume}.img"` } });
    expect((await ask(`/artifacts/globex/${many}/pc.img`, { cookie: (await cookieOf('globex-owner')).cookie })).status).toBe(404);
  });
  it('is not for strangers: a browser is led to sign in, a program is told', async () => {
    expect(await ask(path('kiosk.img'), { accept: 'text/html' })).toMatchObject({ status: 303, headers: { location: `/sign-in?callbackUrl=${encodeURIComponent(path('kiosk.img'))}` } });
    const refused = await ask(path('kiosk.img'));
    expect(refused).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="Imprint"' } });
    expect(await ask(path('kiosk.img'), { cookie: 'next-auth.session-token=forged' })).toMatchObject({ status: 401 });
  });
  it('is only read', async () => {
    const { cookie } = await cookieOf('acme-viewer');
    const refused = await ask(path('kiosk.img'), { cookie, origin: base }, 'POST');
    expect(refused).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });
  it('is not there for another brand, and forbidden to a role that may not download', async () => {
    const globex = await cookieOf('globex-owner');
    expect((await ask(path('kiosk.img'), { cookie: globex.cookie })).status).toBe(404);
    expect((await ask(path('kiosk.img', 'globex'), { cookie: globex.cookie })).status).toBe(404);
    expect((await ask(path('kiosk.img'), { cookie: (await cookieOf('acme-auditor')).cookie })).status).toBe(403);
  });
  it('goes to an API token that may download, and to no other', async () => {
    const viewer = await brands.as('acme', 'viewer');
    const { token, secret } = await createToken(viewer, { name: 'ci', scopes: ['read'], expiresInDays: 1 });
    const authorization = `Bearer ${secret}`;
    expect(await ask(path('kiosk.img.zst'), { authorization })).toMatchObject({ status: 200, body: ARCHIVE.toString() });
    expect((await ask(path('kiosk.img', 'globex'), { authorization })).status).toBe(404);
    const { secret: editing } = await createToken(await brands.as('acme', 'editor'), { name: 'ci', scopes: ['edit'], expiresInDays: 1 });
    expect((await ask(path('kiosk.img.zst'), { authorization: `Bearer ${editing}` })).status).toBe(403);
    await revokeToken(viewer, token.id);
    const { cookie } = await cookieOf('acme-viewer');
    expect((await ask(path('kiosk.img.zst'), { authorization, cookie })).status).toBe(401);
    expect(lines.join()).not.toMatch(/imprint_/);
  });
  it('is not for a session that has ended', async () => {
    const { cookie, sessionId } = await cookieOf('acme-builder');
    await endSession(brands.db, sessionId);
    expect((await ask(path('kiosk.img'), { cookie })).status).toBe(401);
  });
  it('that is not there is not found, nor is an address that cannot be read', async () => {
    const { cookie } = await cookieOf('acme-viewer');
    for (const file of ['other.img', '..%2f..%2fsecrets.json', '%00']) expect((await ask(path(file), { cookie })).status).toBe(404);
    expect((await ask('/artifacts/acme/1/%zz', { cookie })).status).toBe(404);
  });
});

describe('a shared file', () => {
  const share = async () => createShare(await brands.as('acme', 'builder'), number, { expiresInDays: 7, note: '' });
  const at = (id: string, token: string, file = 'kiosk.img.zst') => `/s/${id}/download/${file}?t=${token}`;
  it('goes to whoever has the link; what left of it is in the log, a download in parts once', async () => {
    const { share: made, token } = await share();
    const seen = async () => (await listShares(await brands.as('acme', 'builder'), number)).find(({ id }) => id === made.id)!;
    const agent = { 'user-agent': 'curl/8' };
    expect((await ask(at(made.id, token), agent, 'HEAD')).status).toBe(200);
    expect((await ask(at(made.id, token), { ...agent, range: `bytes=${ARCHIVE.length}-` })).status).toBe(416);
    expect(await seen()).toMatchObject({ opens: 0 });
    expect((await ask(at(made.id, token), { ...agent, range: 'bytes=5-' })).status).toBe(206);
    const sizeBytes = ARCHIVE.length;
    const told = { address: '127.0.0.1', userAgent: 'curl/8', what: 'kiosk.img.zst' };
    await vi.waitFor(async () => expect(await seen()).toMatchObject({ opens: 1, log: [{ ...told, download: { sentBytes: sizeBytes - 5, sizeBytes, complete: false } }] }));
    expect((await ask(at(made.id, token), { ...agent, range: 'bytes=0-4' })).status).toBe(206);
    await vi.waitFor(async () => expect(await seen()).toMatchObject({ opens: 1, log: [{ download: { sentBytes: sizeBytes, complete: true } }] }));
  });
  it.each(['x', 'bytes=5-2', 'bytes=-', 'items=0-1', 'bytes=1-'])('that leaves by the range %s is in the log by what left', async (range) => {
    const { share: made, token } = await share();
    const { body } = await ask(at(made.id, token), { range });
    const complete = range !== 'bytes=1-';
    await vi.waitFor(async () => {
      const [found] = (await listShares(await brands.as('acme', 'builder'), number)).filter(({ id }) => id === made.id);
      expect(found).toMatchObject({ opens: 1, log: [{ download: { sizeBytes: ARCHIVE.length, complete } }] });
      expect(found!.log[0]!.download!.sentBytes).toBe(complete ? ARCHIVE.length : ARCHIVE.length - 1);
    });
    expect(body.length).toBeGreaterThan(0);
  });
  it('comes out of the volume that its name says', async () => {
    const { share: made, token } = await createShare(await brands.as('acme', 'builder'), many, { expiresInDays: 7, note: '' });
    for (const [volume, bytes] of Object.entries(DISKS)) expect(await ask(at(made.id, token, `${volume}.img`), { range: 'bytes=1-3' })).toMatchObject({ status: 206, body: bytes.subarray(1, 4).toString() });
    expect((await ask(at(made.id, token, 'kiosk.img'))).status).toBe(404);
  });
  it('is not there alike for wrong, cut, revoked and unknown links', async () => {
    const { share: made, token } = await share();
    const { share: other } = await share();
    await revokeShare(await brands.as('acme', 'builder'), other.id);
    const answers = await Promise.all([at(made.id, 'x'.repeat(43)), at(made.id, ''), at(other.id, token), at('11111111-1111-4111-8111-111111111111', token), at('nonsense', token)].map((path) => ask(path, { accept: 'text/html' })));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    expect(answers[0]!.status).toBe(404);
    expect(lines.join()).not.toContain(token);
  });
  it('has a page that says 404 to a link that shows nothing, whatever Next says, and 200 to others', async () => {
    const { share: made, token } = await share();
    const page = (id: string, t: string) => ask(`/s/${id}?t=${t}`, { accept: 'text/html' });
    const [found] = await Promise.all([page(made.id, token)]);
    expect(found).toMatchObject({ status: 200, body: 'by next' });
    for (const [id, t] of [[made.id, 'x'.repeat(43)], [made.id, ''], ['nonsense', token]] as const) expect(await page(id, t)).toMatchObject({ status: 404, body: 'by next' });
    expect((await listShares(await brands.as('acme', 'builder'), number)).find(({ id }) => id === made.id)).toMatchObject({ opens: 0 });
  });
  it('is not sent for a query that it does not have, nor for two tokens', async () => {
    const { share: made, token } = await share();
    const problems = async (address: string) => {
      const answer = await ask(address);
      const { error } = JSON.parse(answer.body) as { error: { problems: { path: string; code: string }[] } };
      return [answer.status, ...error.problems.map(({ path, code }) => `${path} ${code}`)];
    };
    expect(await problems(`${at(made.id, token)}&dowload=1`)).toEqual([422, 'dowload unknown-field']);
    expect(await problems(`${at(made.id, token)}&t=${token}`)).toEqual([422, 't repeated']);
    expect(await problems(`/artifacts/acme/${number}/kiosk.img?t=1`)).toEqual([422, 't unknown-field']);
    const page = await ask(`/s/${made.id}?t=${token}&t=${token}`, { accept: 'text/html' });
    expect(page.status).toBe(404);
    const tracked = await ask(`/s/${made.id}?t=${token}&utm_source=mail`, { accept: 'text/html' });
    expect(tracked.status).toBe(200);
  });
  it('is gone once it was deleted', async () => {
    const { share: made, token } = await share();
    await deleteArtifacts(await brands.as('acme', 'owner'), number);
    expect((await ask(at(made.id, token))).status).toBe(410);
  });
});
