import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from './connect';
import { freshDatabase } from './testing/database';
import type { FreshDatabase } from './testing/database';

let opened: FreshDatabase;
beforeAll(async () => {
  opened = await freshDatabase();
});
afterAll(() => opened.close());

const changed = (change: (url: URL) => void): string => {
  const url = new URL(opened.url);
  change(url);
  return url.href;
};
const failureOf = (url: string, seconds = 0) =>
  connect(url, 'test', { seconds }).then(
    () => expect.fail('connected'),
    (error: unknown) => error as Error & { code: string },
  );

test.each([
  ['a wrong password', (url: URL) => (url.password = 'not-it'), /refuses the password of imprint\. Correct it; characters such as @ \/ # % : have to be percent-encoded/],
  ['a database that is not there', (url: URL) => (url.pathname = '/nowhere'), /has no database nowhere\. Make it: createdb -O imprint nowhere/],
  ['nobody who listens', (url: URL) => (url.port = '1'), /does not answer: .*ECONNREFUSED.*Start it, or correct host and port/],
  ['TLS that the server does not speak', (url: URL) => (url.search = '?sslmode=require'), /do not agree on TLS/],
  ['a CA file that is not there', (url: URL) => (url.search = '?sslmode=verify-full&sslrootcert=/nowhere/ca.pem'), /a file that DATABASE_URL names cannot be read/],
])('says what is wrong in one sentence: %s', async (_, change, words) => {
  const url = changed(change);
  const { code, message } = await failureOf(url);
  expect([code, message]).toEqual(['database-unreachable', expect.stringMatching(words)]);
  expect(message).not.toContain(new URL(url).password);
});

test('waits for a database that does not answer yet', async () => {
  const real = new URL(opened.url);
  const gate = createServer((socket) => socket.destroy());
  await new Promise<void>((done) => gate.listen(0, '127.0.0.1', done));
  const { port } = gate.address() as AddressInfo;
  const said: string[] = [];
  const url = changed((each) => (each.port = String(port)));
  const waiting = connect(url, 'test', { say: (line) => said.push(line), seconds: 30 });
  await expect.poll(() => said.length).toBe(1);
  expect(said[0]).toMatch(/does not answer yet .*; waiting for it/);
  // From now on what comes is passed on to the database.
  const { connect: dial } = await import('node:net');
  gate.removeAllListeners('connection');
  gate.on('connection', (socket) => {
    const onward = dial(Number(real.port), real.hostname);
    socket.pipe(onward).pipe(socket);
    for (const each of [socket, onward]) each.on('error', () => each.destroy());
  });
  const client = await waiting;
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await client.end();
  await new Promise((done) => gate.close(done));
});

test('stops waiting when it is told to', async () => {
  const stop = new AbortController();
  const url = changed((each) => (each.port = '1'));
  const waiting = connect(url, 'test', { say: () => stop.abort(new Error('stopped')), signal: stop.signal, seconds: 60 });
  await expect(waiting).rejects.toThrow();
});
