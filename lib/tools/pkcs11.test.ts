import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SignerConfig } from '../api/keys';
import { signAssertion } from '../keys/sign';
import { sha512 } from '../keys/signer';
import { verifySignature } from '../keys/verify';
import { utf8 } from '../bytes';
import { openPkcs11Signer } from './pkcs11';

vi.mock('node:child_process', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:child_process')>();
  return { ...real, spawn: vi.fn(real.spawn) };
});

/** SoftHSM2: a token of PKCS#11 in a folder. */
const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const run = promisify(execFile);

let folder: string;
let config: SignerConfig;
const tool = (...args: string[]) => run('/usr/bin/pkcs11-tool', ['--module', MODULE, '--token-label', 'acme', '--login', '--pin', '5678', ...args], { env: { ...config.environment, PATH: '/usr/bin:/bin', NODE_ENV: 'test' } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imprint-hsm-'));
  await mkdir(join(folder, 'tokens'));
  await writeFile(join(folder, 'softhsm2.conf'), `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  await writeFile(join(folder, 'pin'), '5678\n', { mode: 0o600 });
  config = { name: 'hsm', module: MODULE, token: 'acme', pinFile: join(folder, 'pin'), environment: { SOFTHSM2_CONF: join(folder, 'softhsm2.conf') } };
  await run('/usr/bin/softhsm2-util', ['--init-token', '--free', '--label', 'acme', '--so-pin', '1234', '--pin', '5678'], { env: { ...config.environment, PATH: '/usr/bin:/bin', NODE_ENV: 'test' } });
  await tool('--keypairgen', '--key-type', 'rsa:4096', '--label', 'models', '--id', '01');
  await tool('--keypairgen', '--key-type', 'rsa:2048', '--label', 'small', '--id', '02');
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const MODEL = { type: 'model', 'authority-id': 'acme', series: '16', 'brand-id': 'acme', model: 'box', architecture: 'armhf', kernel: 'pi-kernel=18-pi3', gadget: 'pi=18-pi3', base: 'core18', timestamp: '2026-01-01T00:00:00Z' };

describe('a key in a token', () => {
  it('signs an assertion that verifies, the same each time', async () => {
    const signer = await openPkcs11Signer(config, 'models');
    expect(signer.publicKey.bits).toBe(4096);
    const time = new Date('2026-01-01T00:00:00Z');
    const assertion = await signAssertion({ headers: MODEL, key: signer, time });
    expect(assertion.signKeyId).toBe(signer.keyId);
    expect(verifySignature(assertion, signer.publicKey)).toBe(true);
    expect(await signAssertion({ headers: MODEL, key: signer, time })).toEqual(assertion);
  });

  it('signs a digest as it signs the bytes', async () => {
    const signer = await openPkcs11Signer(config, 'models');
    const bytes = utf8('what is signed');
    expect(await signer.signDigest(sha512(bytes))).toEqual(await signer.sign(bytes));
  });

  it('is told apart by its label, and too small a one signs no assertion', async () => {
    const small = await openPkcs11Signer(config, 'small');
    expect(small.publicKey.bits).toBe(2048);
    await expect(signAssertion({ headers: MODEL, key: small, time: new Date() })).rejects.toMatchObject({ code: 'key-too-small' });
  });

  it('is asked for with the PIN on no command line', async () => {
    vi.mocked(spawn).mockClear();
    await (await openPkcs11Signer(config, 'models')).sign(utf8('x'));
    const started = vi.mocked(spawn).mock.calls.map(([, args, { env } = {}]) => ({ args: args.join(' '), env: Object.values(env ?? {}) }));
    expect(started.map(({ args }) => args).join('\n')).toMatch(/--read-object[\s\S]*--sign/);
    expect(started.filter(({ args }) => args.includes('5678'))).toEqual([]);
    expect(started.map(({ env }) => env.includes('5678'))).toEqual([false, false, true]);
  });

  it('never leaves the token', async () => {
    expect((await tool('--read-object', '--type', 'privkey', '--label', 'models')).stdout).toBe('');
    const { stdout } = await tool('--list-objects', '--type', 'privkey');
    expect(stdout).toMatch(/never extractable/);
  });
});

describe('what does not work is told', () => {
  it.each<[string, (config: SignerConfig) => SignerConfig, string]>([
    ['no module', (c) => ({ ...c, module: '/nonexistent.so' }), 'signer-unreachable'],
    ['no token', (c) => ({ ...c, token: 'globex' }), 'signer-unreachable'],
  ])('%s', async (_, change, code) => {
    await expect(openPkcs11Signer(change(config), 'models')).rejects.toMatchObject({ code });
  });

  it('no key of that label, and which there are', async () => {
    await expect(openPkcs11Signer(config, 'other')).rejects.toMatchObject({ code: 'signer-key-missing', message: expect.stringMatching(/models.*small|small.*models/) as string });
  });

  it('a wrong PIN, without saying it', async () => {
    const pinFile = join(folder, 'wrong');
    await writeFile(pinFile, '9876', { mode: 0o600 });
    const signer = await openPkcs11Signer({ ...config, pinFile }, 'models');
    const refusal = signer.sign(utf8('x')).catch((error: Error) => error);
    expect(await refusal).toMatchObject({ code: 'signer-refused', message: expect.stringContaining('CKR_PIN_INCORRECT') as string });
    expect(JSON.stringify(await refusal)).not.toContain('9876');
    // The token counts the tries; the same PIN is not shown to it again.
    await expect(signer.sign(utf8('x'))).rejects.toMatchObject({ code: 'signer-refused', message: expect.stringContaining('already') as string });
    await writeFile(pinFile, '5678', { mode: 0o600 });
    expect(await signer.sign(utf8('x'))).toEqual(await (await openPkcs11Signer(config, 'models')).sign(utf8('x')));
  });

  it('an empty PIN', async () => {
    const pinFile = join(folder, 'empty');
    await writeFile(pinFile, '\n', { mode: 0o600 });
    await expect((await openPkcs11Signer({ ...config, pinFile }, 'models')).sign(utf8('x'))).rejects.toMatchObject({ code: 'signer-unreachable', message: 'The PIN file of the signer hsm is empty.' });
  });

  it('a PIN file that others can read, or that is not there', async () => {
    const pinFile = join(folder, 'open');
    await writeFile(pinFile, '5678');
    await chmod(pinFile, 0o644);
    for (const path of [pinFile, join(folder, 'none')]) await expect((await openPkcs11Signer({ ...config, pinFile: path }, 'models')).sign(utf8('x'))).rejects.toMatchObject({ code: 'signer-unreachable' });
  });
});
