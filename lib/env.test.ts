import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { isLoopback, parseEnv, secretsOf, warningsOf } from './env';

const LEAST = { DATABASE_URL: 'postgres://imprint:pw@127.0.0.1:5432/imprint' };
const MASTER = Buffer.alloc(32, 7).toString('base64');

test('needs the database alone; the rest has defaults of a console for this machine', () => {
  expect(parseEnv(LEAST)).toMatchObject({
    IMPRINT_DATA: resolve('data'),
    IMPRINT_MASTER_KEY_FILE: resolve('data', 'master.key'),
    IMPRINT_URL: 'http://localhost:3000',
    PORT: 3000,
    HOST: '127.0.0.1',
    OIDC_GROUPS_CLAIM: 'groups',
    STORE_API_URL: 'https://api.snapcraft.io',
    IMPRINT_EMBEDDED: [],
    IMPRINT_WORKER_CONCURRENCY: 1,
  });
});

test('an empty variable is as good as none', () => {
  expect(parseEnv({ ...LEAST, PORT: '', OIDC_ISSUER: '', IMPRINT_EMBEDDED: '' })).toMatchObject({ PORT: 3000, IMPRINT_EMBEDDED: [] });
  expect(parseEnv({ ...LEAST, OIDC_ISSUER: '' }).OIDC_ISSUER).toBeUndefined();
});

test('the address follows the port, and has no slash at its end', () => {
  expect(parseEnv({ ...LEAST, PORT: '8080' }).IMPRINT_URL).toBe('http://localhost:8080');
  expect(parseEnv({ ...LEAST, IMPRINT_URL: 'https://imprint.example/' }).IMPRINT_URL).toBe('https://imprint.example');
});

test.each(['https://imprint.example/console', 'https://imprint.example/?x=1', 'https://me:pw@imprint.example'])('refuses the address %s, under which pages would not find each other', (url) => {
  expect(problemsOf({ ...LEAST, IMPRINT_URL: url }).map((p) => p.path)).toEqual(['IMPRINT_URL']);
});

test.each(['0.0.0.0/0', '10.0.0.1, ::/0'])('refuses to believe every proxy (%s)', (list) => {
  expect(problemsOf({ ...LEAST, IMPRINT_TRUSTED_PROXIES: list }).map((p) => p.path)).toEqual(['IMPRINT_TRUSTED_PROXIES']);
});

test('tells that a password with characters of its own kind has to be encoded', () => {
  expect(problemsOf({ DATABASE_URL: 'postgres://imprint:a/b#c@db:5432/imprint' })[0]!.message).toContain('percent-encoded');
});

test('warns of addresses without TLS that others can reach', () => {
  expect(warningsOf(parseEnv({ ...LEAST, IMPRINT_URL: 'http://imprint.example', OIDC_ISSUER: 'http://id.example' }))).toEqual([expect.stringContaining('IMPRINT_URL'), expect.stringContaining('OIDC_ISSUER')]);
  expect(warningsOf(parseEnv({ ...LEAST, IMPRINT_URL: 'https://imprint.example', OIDC_ISSUER: 'http://localhost:9000' }))).toEqual([]);
});

test('reads the lists of embedded parts and of demo snaps', () => {
  expect(parseEnv({ ...LEAST, IMPRINT_EMBEDDED: 'postgres, oidc,store,' }).IMPRINT_EMBEDDED).toEqual(['postgres', 'oidc', 'store']);
  expect(parseEnv(LEAST).IMPRINT_DEMO_ARCHITECTURES).toEqual(['amd64']);
  expect(parseEnv({ ...LEAST, IMPRINT_DEMO_ARCHITECTURES: 'amd64, arm64' }).IMPRINT_DEMO_ARCHITECTURES).toEqual(['amd64', 'arm64']);
});

test('tells every problem at once, by the name of its variable', () => {
  const wrong = { PORT: 'x', OIDC_ISSUER: 'ftp://id.example', NEXTAUTH_SECRET: 'short', IMPRINT_MASTER_KEY: 'AAAA', IMPRINT_EMBEDDED: 'mail', IMPRINT_DEMO_ARCHITECTURES: 'sparc', LOG_LEVEL: 'loud', IMPRINT_WORKER_CONCURRENCY: '0' };
  const problems = problemsOf(wrong);
  expect(problems.map((p) => p.path).sort()).toEqual(['DATABASE_URL', ...Object.keys(wrong)].sort());
  expect(problems.find((p) => p.path === 'DATABASE_URL')!.message).toBe('is not set');
});

test.each(['mysql://x/y', 'localhost:5432', 'postgres'])('refuses %s as a database', (url) => {
  expect(problemsOf({ DATABASE_URL: url }).map((p) => p.path)).toEqual(['DATABASE_URL']);
});

test('takes a master key of exactly 32 bytes', () => {
  expect(parseEnv({ ...LEAST, IMPRINT_MASTER_KEY: MASTER }).IMPRINT_MASTER_KEY).toBe(MASTER);
  for (const key of [Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64'), MASTER.replace('=', ''), 'x'.repeat(44), `${MASTER}\n`]) expect(problemsOf({ ...LEAST, IMPRINT_MASTER_KEY: key })).toHaveLength(1);
});

test('refuses to show the embedded sign-in, which asks for no password, to other machines', () => {
  for (const HOST of ['0.0.0.0', '::', '192.0.2.1', 'imprint.example']) expect(problemsOf({ ...LEAST, HOST, IMPRINT_EMBEDDED: 'oidc' }).map((p) => p.path)).toEqual(['HOST']);
  expect(parseEnv({ ...LEAST, HOST: '0.0.0.0', IMPRINT_EMBEDDED: 'postgres,store', STORE_TRUSTED: '/x' }).HOST).toBe('0.0.0.0');
  expect(parseEnv({ ...LEAST, HOST: 'localhost', IMPRINT_EMBEDDED: 'oidc' }).HOST).toBe('localhost');
});

test('trusts a root of its own for the embedded store only', () => {
  expect(problemsOf({ ...LEAST, STORE_TRUSTED: '/x' }).map((p) => p.path)).toEqual(['STORE_TRUSTED']);
});

test('knows this machine’s own addresses', () => {
  expect(['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '::', '128.0.0.1', '127.0.0.1.example', 'localhost.example', ''].some(isLoopback)).toBe(false);
});

test('no message and no problem repeats a secret', () => {
  const secret = 'postgres://u:hunter2@host/db?x=';
  const error = failure({ DATABASE_URL: `${secret} `, NEXTAUTH_SECRET: 'hunter2', IMPRINT_MASTER_KEY: 'hunter2', PORT: '-1' });
  expect(JSON.stringify([error.message, error.problems])).not.toContain('hunter2');
  expect(secretsOf(parseEnv({ ...LEAST, IMPRINT_MASTER_KEY: MASTER }))).toEqual([LEAST.DATABASE_URL, MASTER]);
});

function failure(variables: Record<string, string>): { message: string; problems: { path: string; message: string }[] } {
  try {
    parseEnv(variables);
  } catch (error) {
    expect(error).toMatchObject({ code: 'environment-invalid' });
    return error as never;
  }
  throw new Error('it was taken');
}

const problemsOf = (variables: Record<string, string>) => failure(variables).problems;
