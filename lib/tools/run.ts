import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { AppError } from '../errors';
import type { ToolName } from './find-tool';
import { OutputBuffer } from './output-buffer';
import { fence, whySandboxFailed, type Command, type ToolArg } from './sandbox';

export type RunLimits = {
  /** Wall clock, and processor time. */
  timeoutSeconds: number;
  /** Of standard output; more ends the tool with `tool-output-too-big`. */
  maxOutputBytes: number;
  signal?: AbortSignal | undefined;
  /** Takes standard output as it comes, at most `maxOutputBytes`; then `stdout` stays empty. What it throws ends the tool. */
  onOutput?: ((chunk: Buffer) => void) | undefined;
  /** File descriptor of a file that is written in place of standard output, at most `maxOutputBytes` long; then `stdout` stays empty, and more is a crash. */
  outputTo?: number | undefined;
  /** Address space; 1 GiB unless told. */
  memoryBytes?: number | undefined;
  /** The longest file it may write, in the folders that its arguments name with `writes`; none unless told. */
  maxFileBytes?: number | undefined;
  /** More than the few variables that every tool gets. */
  environment?: Record<string, ToolArg> | undefined;
};

export type RunResult = { exitCode: number; stdout: Buffer; /** The first 16 KiB. */ stderr: string };
export type ToolErrorCode = 'tool-missing' | 'sandbox-missing' | 'tool-failed' | 'tool-crashed' | 'tool-timeout' | 'tool-output-too-big';

const { signals } = constants;
const MAX_STDERR_BYTES = 16 * 1024;
const MEMORY_BYTES = 2 ** 30;

/**
 * Runs a tool on hostile input: in a sandbox, no shell, no input, its own process group, limits on memory, processor time, open files and file size. Of this
 * machine's files it reaches those that its arguments name as `reads` or `writes`. Whatever ends it early kills the whole group; of its output no more is held
 * than `maxOutputBytes`. Throws AppError with a ToolErrorCode (`tool-crashed`: it met a signal, as hostile input may make it), or the signal's reason; a
 * non-zero exit is not thrown.
 */
export async function runTool(name: ToolName, args: readonly ToolArg[], limits: RunLimits): Promise<RunResult> {
  const { memoryBytes = MEMORY_BYTES, timeoutSeconds, environment, outputTo } = limits;
  const maxFileBytes = Math.max(limits.maxFileBytes ?? 0, outputTo === undefined ? 0 : limits.maxOutputBytes);
  const command = await fence(name, args, { cpuSeconds: timeoutSeconds, memoryBytes, maxFileBytes, environment });
  // What was aborted while the tools were looked for would never tell the listener below.
  limits.signal?.throwIfAborted();
  return await collect(name, command, limits);
}

function collect(name: string, command: Command, limits: RunLimits): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = start(command, limits.outputTo);
    const out = new OutputBuffer(limits.onOutput ? 0 : limits.maxOutputBytes);
    const err = new OutputBuffer(MAX_STDERR_BYTES);
    const status = new OutputBuffer(MAX_STDERR_BYTES);
    const take = limits.onOutput ?? ((chunk: Buffer) => out.add(chunk));
    let outBytes = 0;
    let failure: { reason: unknown } | undefined;
    const stop = (reason: unknown) => {
      failure ??= { reason };
      killGroup(child.pid);
    };
    const onAbort = () => stop(limits.signal?.reason);
    const timer = setTimeout(() => stop(tooLate(name, limits)), limits.timeoutSeconds * 1000);
    const settle = () => {
      clearTimeout(timer);
      limits.signal?.removeEventListener('abort', onAbort);
    };
    limits.signal?.addEventListener('abort', onAbort, { once: true });

    child.stdout?.on('data', (chunk: Buffer) => {
      if (failure) return;
      outBytes += chunk.length;
      if (outBytes > limits.maxOutputBytes) return stop(new AppError<ToolErrorCode>('tool-output-too-big', `${name} wrote more than ${limits.maxOutputBytes} bytes.`));
      try {
        take(chunk);
      } catch (error) {
        stop(error);
      }
    });
    child.stderr!.on('data', (chunk: Buffer) => err.add(chunk));
    (child.stdio[3] as Readable | undefined)?.on('data', (chunk: Buffer) => status.add(chunk));
    child.on('error', (cause) => {
      settle();
      reject(new AppError<ToolErrorCode>('tool-failed', `${name} could not be started.`, { cause }));
    });
    child.on('close', (code, signal) => {
      settle();
      const said = { exitCode: code ?? 0, stdout: out.bytes(), stderr: err.bytes().toString('utf8') };
      const wrong = failure ?? (signal ? { reason: killed(name, signal, command) } : command.sandbox && wrongInside(name, limits, said, status.bytes().toString('utf8')));
      if (wrong) reject(wrong.reason);
      else resolve(said);
    });
  });
}

function start({ file, args, environment, sandbox }: Command, outputTo: number | undefined): ChildProcess {
  const more = sandbox ? (['pipe', 'pipe'] as const) : [];
  const child = spawn(file, args, { cwd: '/', env: environment as NodeJS.ProcessEnv, stdio: ['ignore', outputTo ?? 'pipe', 'pipe', ...more], detached: true, shell: false });
  // A sandbox that ended before it had read the filter says why on its standard error.
  (child.stdio[4] as Writable | undefined)?.on('error', () => undefined).end(sandbox?.filter);
  return child;
}

const tooLate = (name: string, { timeoutSeconds }: RunLimits): AppError => new AppError<ToolErrorCode>('tool-timeout', `${name} did not end within ${timeoutSeconds} seconds.`);
const endedBy = (name: string, signal: string | number): string => `${name} was ended by the signal ${signal}.`;

/** A sandbox has no hostile bytes to stumble over, and what is killed outright was killed by this machine: for want of memory, or by hand. */
const killed = (name: string, signal: NodeJS.Signals, { sandbox }: Command): AppError => new AppError<ToolErrorCode>(sandbox || signal === 'SIGKILL' ? 'tool-failed' : 'tool-crashed', endedBy(name, signal));

/** bubblewrap gives what a signal ended as 128 and the signal. */
const BY_SIGNAL = 128;

function wrongInside(name: string, limits: RunLimits, { exitCode, stderr }: RunResult, status: string): { reason: AppError } | undefined {
  if (exitCode === 0) return undefined;
  const wall = whySandboxFailed(name, status, stderr);
  if (wall) return { reason: wall };
  const signal = exitCode - BY_SIGNAL;
  if (signal <= 0) return undefined;
  if (signal === signals.SIGXCPU) return { reason: tooLate(name, limits) };
  return { reason: new AppError<ToolErrorCode>(signal === signals.SIGKILL ? 'tool-failed' : 'tool-crashed', endedBy(name, signal)) };
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
