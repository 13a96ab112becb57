import { spawn } from 'node:child_process';
import { AppError } from '../errors';
import { findTool, type ToolName } from './find-tool';

export type RunLimits = {
  /** Wall clock. */
  timeoutSeconds: number;
  /** Of standard output; more ends the tool with `tool-output-too-big`. */
  maxOutputBytes: number;
  signal?: AbortSignal | undefined;
};

export type RunResult = { exitCode: number; stdout: Buffer; /** The first 16 KiB. */ stderr: string };

const MAX_STDERR_BYTES = 16 * 1024;
const MEMORY_BYTES = 2 ** 30;

/** Nothing of the caller's environment: no secrets, no settings that change what a tool does. */
const ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC', HOME: '/nonexistent' } as unknown as NodeJS.ProcessEnv;

/**
 * Runs a tool on hostile input: no shell, no input, its own process group, limits on memory, CPU time, open files and file size (it can write none).
 * Whatever ends it early kills the whole group. Throws AppError `tool-missing`, `tool-timeout`, `tool-output-too-big`, or the signal's reason;
 * a non-zero exit is not thrown.
 */
export async function runTool(name: ToolName, args: string[], limits: RunLimits): Promise<RunResult> {
  const [prlimit, tool] = await Promise.all([findTool('prlimit'), findTool(name)]);
  // What was aborted while the tools were looked for would never tell the listener below.
  limits.signal?.throwIfAborted();
  const fences = [`--as=${MEMORY_BYTES}`, `--cpu=${limits.timeoutSeconds}`, '--fsize=0', '--core=0', '--nofile=64'];
  return await collect(name, prlimit, [...fences, '--', tool, ...args], limits);
}

function collect(name: string, file: string, args: string[], limits: RunLimits): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: '/', env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'], detached: true, shell: false });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let outBytes = 0;
    let errBytes = 0;
    let failure: unknown;
    const stop = (reason: unknown) => {
      failure ??= reason;
      killGroup(child.pid);
    };
    const onAbort = () => stop(limits.signal?.reason);
    const timer = setTimeout(() => stop(new AppError('tool-timeout', `${name} did not end within ${limits.timeoutSeconds} seconds.`)), limits.timeoutSeconds * 1000);
    limits.signal?.addEventListener('abort', onAbort, { once: true });

    child.stdout.on('data', (chunk: Buffer) => {
      outBytes += chunk.length;
      if (outBytes > limits.maxOutputBytes) stop(new AppError('tool-output-too-big', `${name} wrote more than ${limits.maxOutputBytes} bytes.`));
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (errBytes < MAX_STDERR_BYTES) err.push(chunk.subarray(0, MAX_STDERR_BYTES - errBytes));
      errBytes += chunk.length;
    });
    const settle = () => {
      clearTimeout(timer);
      limits.signal?.removeEventListener('abort', onAbort);
    };
    child.on('error', (cause) => {
      settle();
      reject(new AppError('tool-failed', `${name} could not be started.`, { cause }));
    });
    child.on('close', (code, signal) => {
      settle();
      if (failure !== undefined) reject(failure);
      else if (code === null) reject(new AppError('tool-failed', `${name} was ended by ${signal ?? 'a signal'}.`));
      else resolve({ exitCode: code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString('utf8') });
    });
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // Already gone.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
