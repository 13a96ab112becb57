import { access, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findTool, type ToolName } from './find-tool';
import { runTool } from './run';
import type { ToolArg } from './sandbox';

// Tools and property tests share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** prlimit runs whatever it is given: here a shell, to see what a tool would see. It has no other programs than those it is given. */
const shell = (script: string, limits: Partial<Parameters<typeof runTool>[2]> = {}, ...given: ToolArg[]) =>
  runTool('prlimit', ['--', { reads: '/bin/sh' }, '-c', script, 'sh', ...given], { timeoutSeconds: 20, maxOutputBytes: 100_000, ...limits });
const said = async (script: string, ...given: ToolArg[]) => (await shell(script, {}, ...given)).stdout.toString();
const codeOf = async (work: Promise<unknown>) => work.then(() => undefined, (error: { code?: string }) => error.code);
const isThere = (file: string) => access(file).then(() => true, () => false);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'run-'));
  await writeFile(path.join(folder, 'secret'), 'in plain sight');
  vi.stubEnv('A_SECRET', 'in plain sight');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe('a tool that is run', () => {
  it('gives its output, its complaints and its exit code', async () => {
    const { exitCode, stdout, stderr } = await shell('echo out; echo err >&2; exit 3');
    expect([exitCode, stdout.toString(), stderr]).toEqual([3, 'out\n', 'err\n']);
  });

  it('sees nothing of our environment, and no input', async () => {
    const text = await said('export -p; read line && echo "$line"');
    expect(text).not.toContain('SECRET');
    expect(text).toMatch(/LC_ALL=.?C\.UTF-8/);
    expect(text).toMatch(/HOME=.?\/nonexistent/);
  });

  it('gets variables of its own', async () => expect((await shell('echo $E2FSPROGS_FAKE_TIME', { environment: { E2FSPROGS_FAKE_TIME: '1' } })).stdout.toString()).toBe('1\n'));

  it('gets little memory, few processes, few open files', async () => {
    expect(await said('ulimit -v; ulimit -n; ulimit -c; ulimit -f')).toBe(`${2 ** 20}\n64\n0\n0\n`);
    expect((await shell('ulimit -v', { memoryBytes: 2 ** 28 })).stdout.toString()).toBe(`${2 ** 18}\n`);
  });

  it('ends when its time is over', async () => {
    expect(await codeOf(shell('exec "$1" 60', { timeoutSeconds: 1 }, { reads: '/bin/sleep' }))).toBe('tool-timeout');
    expect(await codeOf(shell('while :; do :; done', { timeoutSeconds: 1 }))).toBe('tool-timeout');
  });

  it('ends when somebody stops it', async () => {
    const stop = new AbortController();
    const work = shell('exec "$1" 60', { signal: stop.signal }, { reads: '/bin/sleep' });
    stop.abort(new Error('stopped early'));
    await expect(work).rejects.toThrow('stopped early');
    await expect(shell('exec "$1" 60', { signal: AbortSignal.timeout(300) }, { reads: '/bin/sleep' })).rejects.toThrow(/timeout/);
  });

  it('ends when it says too much', async () => expect(await codeOf(shell('while :; do echo y; done', { maxOutputBytes: 1000 }))).toBe('tool-output-too-big'));

  it('keeps only the beginning of its complaints', async () => expect((await shell('i=0; while [ $i -lt 1000 ]; do echo 0123456789012345678901234567890123456789 >&2; i=$((i+1)); done')).stderr.length).toBe(16 * 1024));

  it('hands its output on as it comes, and ends when that is refused', async () => {
    const chunks: string[] = [];
    const { stdout } = await shell('echo one; echo two', { onOutput: (chunk) => void chunks.push(chunk.toString()) });
    expect([stdout.length, chunks.join('')]).toEqual([0, 'one\ntwo\n']);
    const refuse = () => {
      throw new Error('no more');
    };
    await expect(shell('while :; do echo y; done', { onOutput: refuse })).rejects.toThrow('no more');
  });

  it('writes into a file that it is given, and no more than it may', async () => {
    const file = path.join(folder, 'output');
    const handle = await open(file, 'wx');
    const write = (script: string) => shell(script, { outputTo: handle.fd, maxOutputBytes: 8 });
    expect((await write('echo one; echo two')).stdout).toHaveLength(0);
    expect(await readFile(file, 'utf8')).toBe('one\ntwo\n');
    expect(await codeOf(write('echo more'))).toBe('tool-crashed');
    await handle.close();
    expect(await readFile(file, 'utf8')).toBe('one\ntwo\n');
  });

  it('is told apart from one that fails when it crashes', async () => expect(await codeOf(shell('kill -SEGV $$'))).toBe('tool-crashed'));

  it('is named with its package when it is missing', async () => {
    const error = await findTool('no-such-tool' as ToolName).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'tool-missing' });
  });
});

describe('inside the sandbox', () => {
  it('there is next to nothing, and nobody to be', async () => {
    expect(await said('echo /* /etc/* /usr/bin/*')).toMatch(/^\/etc \/in (?:\/lib \/lib64|\/lib) \/usr \/etc\/ld\.so\.cache \/usr\/bin\/prlimit\n$/);
    expect(await said('exec "$1" -u', { reads: '/usr/bin/id' })).toBe('65534\n');
  });

  it('a file is there by no name of ours, to be read only', async () => {
    const secret = path.join(folder, 'secret');
    expect(await said('read line < "$1"; echo "$line $1"', { reads: secret })).toMatch(/^in plain sight \/in\/\d+\n$/);
    expect(await said(`read line < ${secret} || echo gone`)).toBe('gone\n');
    expect((await shell('echo changed > "$1"', {}, { reads: secret })).stderr).toContain('Read-only');
    expect((await shell('echo new > /in/new', {}, { reads: secret })).stderr).toContain('Read-only');
    expect((await shell('echo new > /new')).stderr).toContain('Read-only');
    expect(await readFile(secret, 'utf8')).toBe('in plain sight');
  });

  it('files are written only where and as long as they may be', async () => {
    const made = path.join(folder, 'made');
    expect(await codeOf(shell('echo xxxx > "$1"', {}, { writes: folder, name: 'made' }))).toBe('tool-crashed');
    expect((await stat(made)).size).toBe(0);
    await shell('echo xxxx > "$1"', { maxFileBytes: 5 }, { writes: folder, name: 'made' });
    expect(await readFile(made, 'utf8')).toBe('xxxx\n');
    expect(await codeOf(shell('echo yyyy > "$1" && echo zzzz >> "$1"', { maxFileBytes: 5 }, { writes: folder, name: 'made' }))).toBe('tool-crashed');
    expect((await stat(made)).size).toBe(5);
    await shell('echo escaped > "$1/../../escaped"; echo escaped > /tmp/escaped', { maxFileBytes: 100 }, { writes: folder });
    expect([await isThere(path.join(folder, '../escaped')), await isThere('/tmp/escaped')]).toEqual([false, false]);
  });

  it('no process is made', async () => {
    const { exitCode, stderr } = await shell('(echo child); echo went on');
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/fork/i)]);
  });

  it('nobody is called, not even on this machine', async () => {
    const calls: unknown[] = [];
    const server = createServer((socket) => void calls.push(socket.end()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { stderr } = await shell('exec "$1" s_client -connect "$2"', {}, { reads: '/usr/bin/openssl' }, `127.0.0.1:${port}`);
    await new Promise((resolve) => server.close(resolve));
    expect([stderr, calls]).toEqual([expect.stringMatching(/not permitted/), []]);
  });

  it('no namespace is made and nothing mounted', async () => {
    expect((await shell('exec "$1" -U true', {}, { reads: '/usr/bin/unshare' })).stderr).toMatch(/not permitted/);
    expect((await shell('exec "$1" -t tmpfs none /in', {}, { reads: '/bin/mount' })).exitCode).not.toBe(0);
  });

  it('the channel of the sandbox itself is closed', async () => expect((await shell('echo \'{ "exit-code": 0 }\' >&3')).stderr).toMatch(/bad f(?:d|ile)/i));

  it('a file that cannot be reached is no lack of a sandbox', async () => {
    const error = await shell('echo', {}, { reads: path.join(folder, 'absent') }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'tool-failed', message: expect.stringContaining('cannot reach') });
  });
});
