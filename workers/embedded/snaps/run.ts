import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AppError } from '@/lib/errors';
import type { DemoSnapsErrorCode } from './errors';
import tools from './tools.json';

const execute = promisify(execFile);

export type RunOptions = {
  cwd?: string;
  /** The whole environment. Without it the child has this process's own: apt reads its proxy there. */
  env?: Record<string, string>;
  /** Written to standard input, which is empty otherwise. */
  input?: string;
  signal?: AbortSignal;
};

/**
 * Runs a program to its end, without a shell, and gives what it printed to standard output (at most 64 MiB).
 * Throws AppError `tool-missing` or `tool-failed`, with the end of what it said.
 */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<Buffer> {
  const { input, env, ...rest } = options;
  try {
    const running = execute(command, args, { ...rest, env: env as NodeJS.ProcessEnv | undefined, encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 });
    // A program that ends without reading its input breaks the pipe; its exit code says what there is to say.
    running.child.stdin?.on('error', () => undefined);
    running.child.stdin?.end(input ?? '');
    return (await running).stdout;
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw failed(command, cause);
  }
}

function failed(command: string, cause: unknown): AppError<DemoSnapsErrorCode> {
  const { code, signal, stderr } = cause as { code?: string | number; signal?: string; stderr?: Buffer };
  if (code === 'ENOENT') {
    const debianPackage = (tools as Record<string, string>)[command];
    return new AppError('tool-missing', `The program ${command} is not on this machine.${debianPackage ? ` It is in the Debian package ${debianPackage}.` : ''}`, { cause });
  }
  const lines = stderr?.toString('utf8').trim().split('\n') ?? [];
  // apt mixes notes and warnings among its errors.
  const errors = lines.filter((line) => line.startsWith('E: '));
  const said = (errors.length > 0 ? errors : lines).slice(-3).join(' ').slice(-600);
  return new AppError('tool-failed', `${command} ended with ${signal ?? code}: ${said || 'it said nothing'}`, { cause });
}
