import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, json } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { digestRequest } from '@/lib/api/tokens';
import { decodeAssertion } from '@/lib/assertion/decode';
import { fromBase64, toBase64 } from '@/lib/bytes';
import { generateSigningKey } from '@/lib/keys/generate';
import { publicKeyWithin } from '@/lib/keys/public-key';
import { signPrepared } from '@/lib/keys/signer';
import type { SigningKey } from '@/lib/keys/signing-key';
import { verifySignature } from '@/lib/keys/verify';

// Each run of snap is three or four processes.
vi.setConfig({ testTimeout: 60_000 });

const PROGRAM = join(import.meta.dirname, 'imprint-keymgr.mjs');
const TOKEN = `imprint_${'A'.repeat(43)}`;
const MODEL = {
  type: 'model',
  series: '16',
  'authority-id': 'acme',
  'brand-id': 'acme',
  model: 'kiosk',
  architecture: 'amd64',
  base: 'core24',
  grade: 'dangerous',
  timestamp: '2026-01-01T00:00:00Z',
  snaps: [
    { name: 'pc', type: 'gadget', id: 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH' },
    { name: 'pc-kernel', type: 'kernel', id: 'pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza' },
  ],
};

type Asked = { method: string; url: string; authorization: string | undefined; cookie: string | undefined };
type Answer = { status?: number; headers?: Record<string, string>; body?: unknown };

let key: SigningKey;
let server: Server;
let home: string;
let url: string;
let asked: Asked[] = [];
/** What the console answers instead, by method and path. */
let instead: Record<string, Answer> = {};

const keyView = (name: string, more: object = {}) => ({ name, state: 'registered', custody: 'sealed', publicKey: key.encodedPublicKey, ...more });
const refusal = (status: number, message: string): Answer => ({ status, body: { error: { code: 'x', message, requestId: '', problems: [], details: {} } } });

/** What a console answers, in little; its own tests hold it to the same schemas. */
async function answer(request: IncomingMessage): Promise<Answer> {
  const { method = '', url: target = '', headers } = request;
  asked.push({ method, url: target, authorization: headers.authorization, cookie: headers.cookie });
  const name = `${method} ${target}`;
  if (instead[name]) return instead[name];
  if (headers.authorization !== `Bearer ${TOKEN}`) return refusal(401, 'This API token is not known.');
  if (name === 'GET /api/v1/acme/keys') return { body: { items: [keyView('main'), keyView('old', { state: 'retired' }), keyView('new', { state: 'draft' }), keyView('away', { custody: 'offline' })] } };
  if (name === 'GET /api/v1/acme/keys/main') return { body: keyView('main') };
  if (name === 'GET /api/v1/acme/keys/old') return { body: keyView('old', { state: 'retired' }) };
  if (name === 'GET /api/v1/acme/keys/away') return { body: keyView('away', { custody: 'offline' }) };
  if (name !== 'POST /api/v1/acme/keys/main/digests') return refusal(404, 'There is no such key in Acme.');
  const { digest } = digestRequest.parse(await json(request));
  return { body: { keyId: key.keyId, signature: toBase64(signPrepared(key, fromBase64(digest)!)) } };
}

beforeAll(async () => {
  key = await generateSigningKey();
  home = await mkdtemp(join(tmpdir(), 'imprint-keymgr-'));
  server = createServer((request, response) => {
    void answer(request).then(({ status = 200, headers = {}, body }) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 120_000);
afterAll(async () => {
  server.close();
  await rm(home, { recursive: true, force: true });
});
beforeEach(() => {
  asked = [];
  instead = {};
});

async function run(command: string, args: string[], env: Record<string, string>, input: Uint8Array | string = '') {
  const child = spawn(command, args, { env: { NODE_ENV: 'test', PATH: process.env.PATH, HOME: home, ...env } });
  // A program that refuses has not waited for what it would have read.
  child.stdin.on('error', () => undefined).end(input);
  const [stdout, stderr, [code]] = await Promise.all([buffer(child.stdout), buffer(child.stderr), once(child, 'close')]);
  return { code: code as number, stdout, text: stdout.toString(), stderr: stderr.toString() };
}
const configured = () => ({ IMPRINT_URL: url, IMPRINT_BRAND: 'acme', IMPRINT_TOKEN: TOKEN });
const keymgr = (args: string[], env: Record<string, string> = configured(), input?: Uint8Array) => run(process.execPath, [PROGRAM, ...args], env, input);
const snap = (args: string[], input = '') => run('snap', args, { ...configured(), SNAPD_EXT_KEYMGR: PROGRAM }, input);

describe('stock snap with this key manager', () => {
  it('lists the keys that may sign, by the ids that the console gives them', async () => {
    expect(await snap(['keys', '--json'])).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse((await snap(['keys', '--json'])).text)).toEqual([{ name: 'main', 'sha3-384': key.keyId }]);
  });

  it('signs a model with a key that never leaves the console', async () => {
    const { code, stdout, stderr } = await snap(['sign', '-k', 'main'], JSON.stringify(MODEL));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const model = decodeAssertion(new Uint8Array(stdout));
    expect(model).toMatchObject({ type: 'model', headers: { model: 'kiosk', 'sign-key-sha3-384': key.keyId } });
    expect(verifySignature(model, key.publicKey)).toBe(true);
    expect(asked.every(({ authorization, cookie }) => authorization === `Bearer ${TOKEN}` && cookie === undefined)).toBe(true);
  });

  it('exports a request to register the key, signed by the key itself', async () => {
    const { code, stdout } = await snap(['export-key', '--account=acme', 'main']);
    expect(code).toBe(0);
    const request = decodeAssertion(new Uint8Array(stdout));
    expect(request).toMatchObject({ type: 'account-key-request', headers: { 'account-id': 'acme', name: 'main', 'public-key-sha3-384': key.keyId } });
    expect(verifySignature(request, publicKeyWithin(request))).toBe(true);
  });

  it('neither makes nor deletes keys', async () => {
    for (const args of [['create-key', 'other'], ['delete-key', 'main']]) expect(await snap(args)).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: cannot .* external keypair manager key/) as string });
    expect(asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('passes on what the console says when it refuses', async () => {
    const why = 'The store limits what key main may sign.';
    instead = { 'POST /api/v1/acme/keys/main/digests': refusal(409, why) };
    expect(await snap(['sign', '-k', 'main'], JSON.stringify(MODEL))).toMatchObject({ code: 1, text: '', stderr: expect.stringContaining(why) as string });
    expect((await snap(['sign', '-k', 'old'], JSON.stringify(MODEL))).stderr).toContain('Key old is retired; only a registered key signs.');
    expect((await snap(['sign', '-k', 'away'], JSON.stringify(MODEL))).stderr).toContain('Key away is kept offline');
    expect((await snap(['sign', '-k', 'none'], JSON.stringify(MODEL))).stderr).toContain('There is no such key in Acme.');
  });
});

describe('the key manager', () => {
  const prepared = Buffer.concat([Buffer.from('3051300d060960864801650304020305000440', 'hex'), Buffer.alloc(64, 7)]);
  const signing = ['sign', '-m', 'RSA-PKCS', '-k', 'main'];

  it('says what it can do without asking anybody', async () => {
    expect(await keymgr(['features'], {})).toMatchObject({ code: 0, text: '{"signing":["RSA-PKCS"],"public-keys":["DER"]}\n' });
    expect(asked).toEqual([]);
  });

  it('signs nothing but a SHA-512, and says so before it asks', async () => {
    for (const input of [Buffer.alloc(0), prepared.subarray(1), Buffer.concat([prepared, Buffer.alloc(1)]), prepared.subarray(19), Buffer.alloc(83), Buffer.alloc(100_000)]) expect(await keymgr(signing, configured(), input)).toMatchObject({ code: 2, stdout: Buffer.alloc(0), stderr: expect.stringContaining('is no SHA-512') as string });
    expect(asked).toEqual([]);
    expect((await keymgr(signing, configured(), prepared)).stdout).toEqual(Buffer.from(signPrepared(key, prepared.subarray(19))));
  });

  it('gives out no signature that is not the key’s', async () => {
    const other = Buffer.from(signPrepared(key, Buffer.alloc(64, 8))).toString('base64');
    for (const signature of [other, '', 'AAAA', undefined, 7]) {
      instead = { 'POST /api/v1/acme/keys/main/digests': { body: { keyId: key.keyId, signature } } };
      expect(await keymgr(signing, configured(), prepared)).toMatchObject({ code: 1, stdout: Buffer.alloc(0), stderr: expect.stringContaining('is no signature of key main') as string });
    }
  });

  it('refuses a public key that it cannot read', async () => {
    for (const publicKey of ['', 'AAAA', key.encodedPublicKey.slice(0, 80), 'Acb/AAAA', undefined]) {
      instead = { 'GET /api/v1/acme/keys/main': { body: { ...keyView('main'), publicKey } } };
      expect(await keymgr(['get-public-key', '-f', 'DER', '-k', 'main'])).toMatchObject({ code: 1, text: '', stderr: 'imprint-keymgr: The public key of main is not one that this program can read.\n' });
    }
  });

  it.each([
    [[], /^imprint-keymgr: This program is called by snap/],
    [['delete'], /There is no operation "delete"/],
    [['constructor'], /There is no operation "constructor"/],
    [['sign', '-m', 'OPENPGP', '-k', 'main'], /RSA-PKCS, not OPENPGP/],
    [['sign', '-m', 'RSA-PKCS'], /Name it with -k/],
    [['get-public-key', '-f', 'PEM', '-k', 'main'], /DER, not PEM/],
    [['key-names', '--what'], /Unknown option '--what'/],
  ])('misused as %j says how it is used', async (args, message) => expect(await keymgr(args)).toMatchObject({ code: 2, text: '', stderr: expect.stringMatching(message) as string }));

  it('tells of a console that it cannot talk to, in one line and without the token', async () => {
    const name = 'GET /api/v1/acme/keys';
    const failing: [Answer | undefined, Record<string, string>, string][] = [
      [undefined, { IMPRINT_TOKEN: 'imprint_wrong' }, 'This API token is not known.'],
      [{ status: 307, headers: { location: 'https://elsewhere.example/' } }, {}, 'leads on to https://elsewhere.example/. Set IMPRINT_URL'],
      [{ status: 502, body: 'bad gateway' }, {}, 'answered with HTTP 502 and is perhaps no Imprint console.'],
      [undefined, { IMPRINT_URL: 'http://127.0.0.1:1' }, 'http://127.0.0.1:1 cannot be reached: '],
    ];
    for (const [said, env, message] of failing) {
      instead = said ? { [name]: said } : {};
      const { code, text, stderr } = await keymgr(['key-names'], { ...configured(), ...env });
      expect({ code, text, stderr }).toEqual({ code: 1, text: '', stderr: expect.stringContaining(message) as string });
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(stderr).not.toMatch(/imprint_/);
    }
  });
});

describe('its settings', () => {
  const file = () => join(home, 'config', 'imprint', 'keymgr.json');
  const secret = () => join(home, 'token');
  const fromFile = () => ({ XDG_CONFIG_HOME: join(home, 'config') });
  const names = '{"key-names":["main"]}\n';
  async function write(path: string, text: string, mode = 0o600) {
    await mkdir(join(home, 'config', 'imprint'), { recursive: true });
    await writeFile(path, text);
    await chmod(path, mode);
  }

  it('come from the environment, a token file, or a file in the home folder', async () => {
    await write(secret(), `${TOKEN}\n`);
    expect((await keymgr(['key-names'], { IMPRINT_URL: `${url}/`, IMPRINT_BRAND: 'acme', IMPRINT_TOKEN_FILE: secret() })).text).toBe(names);
    await write(file(), JSON.stringify({ url, brand: 'acme', tokenFile: secret() }));
    expect((await keymgr(['key-names'], fromFile())).text).toBe(names);
    await write(file(), JSON.stringify({ url: 'https://elsewhere.example', brand: 'acme', token: TOKEN }));
    expect((await keymgr(['key-names'], { ...fromFile(), IMPRINT_URL: url })).text).toBe(names);
  });

  it('are refused when somebody else can read the secret', async () => {
    await write(secret(), TOKEN, 0o640);
    expect(await keymgr(['key-names'], { IMPRINT_URL: url, IMPRINT_BRAND: 'acme', IMPRINT_TOKEN_FILE: secret() })).toMatchObject({ code: 2, stderr: expect.stringContaining(`chmod 600 ${secret()}`) as string });
    await write(file(), JSON.stringify({ url, brand: 'acme', token: TOKEN }), 0o604);
    expect(await keymgr(['key-names'], fromFile())).toMatchObject({ code: 2, stderr: expect.stringContaining('can be read or changed by others') as string });
    expect(asked).toEqual([]);
  });

  it('send no token over plain http but to this machine', async () => {
    for (const wrong of ['http://imprint.example', 'http://127.0.0.1.evil.example', 'http://localhost.evil.example', 'ftp://localhost', 'localhost:3000', 'https://user:pass@imprint.example', 'https://imprint.example/?x=1']) expect(await keymgr(['key-names'], { ...configured(), IMPRINT_URL: wrong })).toMatchObject({ code: 2, text: '' });
  });

  it('are asked for when they are missing or make no sense', async () => {
    const nowhere = { XDG_CONFIG_HOME: join(home, 'none') };
    expect((await keymgr(['key-names'], nowhere)).stderr).toMatch(/^imprint-keymgr: Set IMPRINT_URL, or "url" in .*imprint\/keymgr\.json\.\n$/);
    expect((await keymgr(['key-names'], { ...nowhere, IMPRINT_URL: url, IMPRINT_TOKEN: TOKEN })).stderr).toContain('Set IMPRINT_BRAND');
    expect((await keymgr(['key-names'], { ...nowhere, IMPRINT_URL: url, IMPRINT_BRAND: 'acme' })).stderr).toContain('Set IMPRINT_TOKEN_FILE');
    expect((await keymgr(['key-names'], { ...configured(), IMPRINT_TOKEN: 'two words' })).stderr).toContain('The API token is not one');
    for (const text of ['no json', '[]', 'null']) {
      await write(file(), text);
      expect(await keymgr(['key-names'], fromFile())).toMatchObject({ code: 2, stderr: expect.stringContaining('is no JSON object') as string });
    }
  });
});
