import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readFixture, testKey } from '../../lib/keys/testing';
import { imprint, inProject, makeFolder } from './testing';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const JWK = 'lib/keys/fixtures/test-key-1024.jwk.json';
const PASSPHRASE = 'correct horse';

let folder: string;
let remove: () => void;
beforeAll(() => {
  const key = createPrivateKey({ key: JSON.parse(readFileSync(inProject(JWK), 'utf8')) as JsonWebKey, format: 'jwk' });
  ({ folder, remove } = makeFolder({
    'key.pem': key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'locked.pem': key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE }).toString(),
    passphrase: `${PASSPHRASE}\n`,
    'public.pem': createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
    'taken.pem': 'mine',
    'key.pub': readFixture('test-key-1024.pub'),
  }));
});
afterAll(() => remove());

describe('key id', () => {
  it.each(['key.pem', 'public.pem', 'key.pub', inProject(JWK)])('tells that of %s', async (file) => {
    expect(await imprint(['key', 'id', file], { folder })).toEqual({ code: 0, stdout: `${testKey().keyId}\n`, stderr: '' });
  });
  it('tells it as JSON with the size and what it was read from', async () => {
    const { stdout } = await imprint(['key', 'id', '--json', '-'], { input: readFileSync(inProject('lib/trust/fixtures/production-chain/valid-for-testing.account-key'), 'utf8') });
    expect(JSON.parse(stdout)).toEqual({ keyId: '7qWG-Uwck6Dji43a3Z8ZZrm7rAziZAch3xf76iFvqe4GaD0LI7U9lYPWMSJAsEgu', bits: 4096, source: 'account-key' });
  });
  it('refuses what is no key, by name', async () => {
    expect(await imprint(['key', 'id', 'taken.pem'], { folder })).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^taken\.pem: There is no key/) as string });
  });
});

describe('key request', () => {
  const request = (...more: string[]): string[] => ['key', 'request', '--account', 'acme', '--name', 'models', '--since', '2026-01-01T01:00:00+01:00', ...more];

  it('gives the same request for the same time, which is an account-key-request of that key', async () => {
    const made = await imprint(request('--key', 'key.pem', '--allow-small-key'), { folder });
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/^type: account-key-request\npublic-key-sha3-384: 6w7.*\naccount-id: acme\nname: models\nsince: 2026-01-01T00:00:00Z\nbody-length: \d+\n/);
    expect(await imprint(request('--key', 'locked.pem', '--passphrase-file', 'passphrase', '--allow-small-key'), { folder })).toEqual(made);
    expect((await imprint(['key', 'id', '-'], { input: made.stdout })).stdout).toBe(`${testKey().keyId}\n`);
  });
  it.each([
    ['a small key', ['--key', 'key.pem'], /key\.pem: .*4096/],
    ['a locked key', ['--key', 'locked.pem', '--allow-small-key'], /locked\.pem: .*passphrase/],
    ['a public key', ['--key', 'public.pem'], /public\.pem: .*public half/],
    ['a name that keys do not have', ['--key', 'key.pem', '--allow-small-key', '--name', 'My Key'], /My Key/],
  ])('refuses %s', async (_, more, sentence) => {
    expect(await imprint(request(...more), { folder })).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(sentence) as string });
  });
});

describe('key generate', () => {
  it('writes a key of 4096 bits that its owner alone can read, and tells its id', async () => {
    const { code, stdout, stderr } = await imprint(['key', 'generate', '--json', '--out', 'new.pem'], { folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { keyId, bits, file } = JSON.parse(stdout) as { keyId: string; bits: number; file: string };
    expect({ bits, file }).toEqual({ bits: 4096, file: 'new.pem' });
    expect(statSync(path.join(folder, 'new.pem')).mode & 0o777).toBe(0o600);
    expect((await imprint(['key', 'id', 'new.pem'], { folder })).stdout).toBe(`${keyId}\n`);
  });
  it('never writes over a file', async () => {
    expect(await imprint(['key', 'generate', '--out', 'taken.pem'], { folder })).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^taken\.pem is there already/) as string });
    expect(readFileSync(path.join(folder, 'taken.pem'), 'utf8')).toBe('mine');
  });
});
