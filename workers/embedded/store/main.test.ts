import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeStream } from '@/lib/assertion/decode';
import { openAuthority } from './authority';
import { storeDir } from './store-dir';
import { makeDataDir, SMALL } from './testing/small-store';

const MAIN = join(import.meta.dirname, 'main.ts');
let data: Awaited<ReturnType<typeof makeDataDir>>;
beforeEach(async () => {
  data = await makeDataDir();
});
afterEach(() => data.remove());

const args = () => ['--data-dir', data.dataDir, '--account', 'acme=Acme = Sons'];
const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('exit', resolve));
const firstLine = (child: ChildProcess) => new Promise<string>((resolve) => child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString())));

describe('the process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('says where it listens on one line, and ends with %s', async (signal) => {
    await openAuthority(data.dataDir, SMALL);
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args()], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ready = JSON.parse(await firstLine(child)) as { ready: boolean; url: string };
    expect(ready).toEqual({ ready: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/) });
    const account = await fetch(new URL('v2/assertions/account/acme?max-format=0', ready.url));
    expect(await account.text()).toContain('display-name: Acme = Sons\n');
    child.kill(signal);
    expect(await ended(child)).toBe(0);
  });

  it('tells its parent by message, and ends with it', async () => {
    await openAuthority(data.dataDir, SMALL);
    const child = fork(MAIN, args(), { execArgv: ['--import', 'tsx'] });
    const ready = await new Promise<{ url: string }>((resolve) => child.once('message', (message) => resolve(message as { url: string })));
    expect((await fetch(new URL('v2/snaps/find', ready.url))).status).toBe(200);
    child.disconnect();
    expect(await ended(child)).toBe(0);
  });

  it('that is killed while it makes its authority leaves nothing that the next one trips over', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args()], { stdio: ['ignore', 'pipe', 'inherit'] });
    const gone = ended(child);
    // Long before two keys of 4096 bits are there, and after it has begun.
    const dir = storeDir(data.dataDir);
    await waitFor(() => readdir(dir.root).then((names) => names.length > 0, () => false));
    child.kill('SIGKILL');
    await gone;
    await openAuthority(data.dataDir, SMALL);
    expect(decodeStream(await readFile(dir.trusted))).toMatchObject([{ type: 'account' }, { type: 'account-key' }]);
  });

  it.each([[[]], [['--data-dir', '/nowhere', '--port', 'x']], [['--data-dir', '/nowhere', '--port', '70000']]])('says how it is used when it is called otherwise: %j', async (wrong) => {
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...wrong], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    expect(await ended(child)).toBe(2);
    expect(said).toContain('--data-dir');
  });
});

async function waitFor(ready: () => Promise<boolean>): Promise<void> {
  while (!(await ready())) await new Promise((resolve) => setImmediate(resolve));
}
