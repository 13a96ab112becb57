import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../errors';
import type * as Tools from './find-tool';
import { runTool } from './run';
import { whySandboxFailed } from './sandbox';

vi.setConfig({ testTimeout: 60_000 });

/** Stands in for what is installed as bwrap. */
let bubblewrap: string | undefined;
vi.mock('./find-tool', async (original) => {
  const tools = await original<typeof Tools>();
  const findTool: typeof Tools.findTool = async (name) => {
    if (name !== 'bwrap') return await tools.findTool(name);
    if (bubblewrap === undefined) throw new AppError('tool-missing', 'no bwrap');
    return bubblewrap;
  };
  return { ...tools, findTool };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sandbox-'));
  await writeFile(path.join(folder, 'tenant'), 'of a tenant');
  bubblewrap = undefined;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const script = async (text: string) => {
  const file = path.join(folder, 'bwrap');
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
};
const show = () => runTool('prlimit', ['--', '/bin/cat', { reads: path.join(folder, 'tenant') }], { timeoutSeconds: 20, maxOutputBytes: 1000 });

describe('without bubblewrap', () => {
  it('no tool is run, and what to do is said', async () => {
    await expect(show()).rejects.toMatchObject({ code: 'sandbox-missing', message: expect.stringMatching(/not installed on this machine.*apt-get install bubblewrap.*IMPRINT_SANDBOX=off/) });
  });

  it('no tool is run where the system forbids it its namespaces', async () => {
    bubblewrap = await script(`exec unshare --user --map-root-user /bin/sh -c 'echo 0 > /proc/sys/user/max_user_namespaces && exec bwrap "$@"' sh "$@"`);
    await expect(show()).rejects.toMatchObject({ code: 'sandbox-missing', message: expect.stringMatching(/^prlimit was not run: bubblewrap cannot make a sandbox.*namespace.*max_user_namespaces/) });
  });

  it('no tool is run by something that only says that it is bubblewrap and fails', async () => {
    bubblewrap = await script('exit 1');
    await expect(show()).rejects.toMatchObject({ code: 'sandbox-missing' });
  });

  it('an installed one that somebody kills is no fault of the bytes', async () => {
    bubblewrap = await script('kill -SEGV $$');
    await expect(show()).rejects.toMatchObject({ code: 'tool-failed' });
  });
});

describe('IMPRINT_SANDBOX', () => {
  it('off runs tools on the files themselves, still without environment and with limits', async () => {
    vi.stubEnv('IMPRINT_SANDBOX', 'off');
    vi.stubEnv('A_SECRET', 'in plain sight');
    expect((await show()).stdout.toString()).toBe('of a tenant');
    const shell = (text: string, maxFileBytes = 0) => runTool('prlimit', ['--', '/bin/sh', '-c', text, 'sh', { writes: folder, name: 'made' }], { timeoutSeconds: 2, maxOutputBytes: 1000, maxFileBytes });
    expect((await shell('export -p')).stdout.toString()).not.toContain('SECRET');
    await expect(shell('exec printf xxxx > "$1"')).rejects.toMatchObject({ code: 'tool-crashed' });
    await expect(shell('kill -KILL $$')).rejects.toMatchObject({ code: 'tool-failed' });
    // Its output stays open as long as one of the family lives, so that an answer means that all are gone.
    await expect(shell('sleep 60 & wait')).rejects.toMatchObject({ code: 'tool-timeout' });
    await shell('exec printf xxxx > "$1"', 4);
    expect(await readFile(path.join(folder, 'made'), 'utf8')).toBe('xxxx');
  });

  it('with a word that means neither runs nothing', async () => {
    vi.stubEnv('IMPRINT_SANDBOX', 'no');
    await expect(show()).rejects.toMatchObject({ code: 'environment-invalid', message: expect.stringContaining('IMPRINT_SANDBOX must be on or off') });
  });
});

it('a tool that has run is never taken for a missing sandbox, whatever it says', () => {
  expect(whySandboxFailed('unsquashfs', '{ "child-pid": 7 }\n{ "exit-code": 1 }\n', 'bwrap: No permissions')).toBeUndefined();
});
