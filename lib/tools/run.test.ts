import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findTool, type ToolName } from './find-tool';
import { runTool } from './run';

// Tools and property tests share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** prlimit runs whatever it is given: here a shell, to see what a tool would see. */
const shell = (script: string, limits: Partial<Parameters<typeof runTool>[2]> = {}) => runTool('prlimit', ['--', '/bin/sh', '-c', script], { timeoutSeconds: 20, maxOutputBytes: 10_000, ...limits });
const codeOf = async (work: Promise<unknown>) => work.then(() => undefined, (error: { code?: string }) => error.code);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'run-'));
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
    const { stdout } = await shell('env; cat');
    expect(stdout.toString()).not.toContain('SECRET');
    expect(stdout.toString()).toContain('LC_ALL=C.UTF-8');
    expect(stdout.toString()).toContain('HOME=/nonexistent');
  });

  it('can write no file', async () => {
    expect(await codeOf(shell(`exec printf xxxx > ${folder}/made`))).toBe('tool-failed');
  });

  it('gets little memory', async () => expect((await shell('ulimit -v')).stdout.toString()).toBe(`${2 ** 20}\n`));

  // Its output stays open as long as one of the family lives, so that an answer means that all are gone.
  it('ends with its whole family when its time is over', async () => expect(await codeOf(shell('sleep 60 & wait', { timeoutSeconds: 1 }))).toBe('tool-timeout'));

  it('ends with its whole family when somebody stops it', async () => {
    const stop = new AbortController();
    const work = shell('echo started; sleep 60 & wait', { signal: stop.signal, maxOutputBytes: 1000 });
    stop.abort(new Error('stopped early'));
    await expect(work).rejects.toThrow('stopped early');
    await expect(shell('sleep 60 & wait', { signal: AbortSignal.timeout(300) })).rejects.toThrow(/timeout/);
  });

  it('ends when it says too much', async () => expect(await codeOf(shell('yes', { maxOutputBytes: 1000 }))).toBe('tool-output-too-big'));

  it('keeps only the beginning of its complaints', async () => expect((await shell('yes 2>&1 >&2 | head -c 1000000 >&2')).stderr.length).toBe(16 * 1024));

  it('is named with its package when it is missing', async () => {
    const error = await findTool('no-such-tool' as ToolName).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'tool-missing' });
  });
});
