import os from 'node:os';
import path from 'node:path';
import { sandboxSetting } from '../env';
import { AppError, isAppError } from '../errors';
import { findTool, type ToolName } from './find-tool';
import { seccompFilter } from './seccomp';

export type SandboxErrorCode = 'sandbox-missing';

/** A path of this machine among a tool's arguments: a file or folder that it may read, or a folder in which it may write, with the name of a file in it. */
export type ToolFile = { reads: string } | { writes: string; name?: string };
export type ToolArg = string | ToolFile;

export type Fences = {
  /** Of processor time. */
  cpuSeconds: number;
  /** Address space. */
  memoryBytes: number;
  /** The longest file that it may write. */
  maxFileBytes: number;
  /** More than the few that every tool gets. */
  environment?: Record<string, ToolArg> | undefined;
};

/** What to start, with what environment. In a sandbox it tells on file descriptor 3 how far it came, and reads the filter of system calls from 4. */
export type Command = { file: string; args: string[]; environment: Record<string, string>; sandbox?: { filter: Uint8Array | undefined } };

/**
 * What a tool finds inside. Its root is empty and cannot be written to; of the machine it sees shared libraries and itself, so that there is no shell to take
 * over and nothing to read; it has no network, no /proc, no /dev, no other process and no capability, and is nobody. seccomp.ts says what it may ask of the kernel.
 */
const POLICY = {
  alone: ['--unshare-user', '--unshare-ipc', '--unshare-pid', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try', '--new-session', '--die-with-parent'],
  nobody: ['--uid', '65534', '--gid', '65534', '--hostname', 'sandbox', '--cap-drop', 'ALL'],
  libraries: ['/usr/lib', '/usr/lib64', '/usr/local/lib', '/lib', '/lib64', '/etc/ld.so.cache'],
  /** Nothing of the caller's environment: no secrets, no settings that change what a tool does. */
  environment: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC', HOME: '/nonexistent' },
  openFiles: 64,
  processes: 16,
};

/**
 * How a tool is started on bytes that somebody else wrote: in bubblewrap, with limits; by limits alone when IMPRINT_SANDBOX is off.
 * Throws AppError `sandbox-missing` or `tool-missing`.
 */
export async function fence(name: ToolName, args: readonly ToolArg[], fences: Fences): Promise<Command> {
  const [prlimit, tool] = await Promise.all([findTool('prlimit'), findTool(name)]);
  const variables = Object.entries(fences.environment ?? {});
  const environmentOf = (values: readonly string[]) => ({ ...POLICY.environment, ...Object.fromEntries(variables.map(([name], i) => [name, values[i]!])) });
  if (sandboxSetting() === 'off') return { file: prlimit, args: [...limits(fences), '--', tool, ...args.map(outside)], environment: environmentOf(variables.map(([, value]) => outside(value))) };

  const inside = [...args, ...variables.map(([, value]) => value)].map(place);
  const insideArgs = inside.slice(0, args.length).map(({ arg }) => arg);
  const environment = environmentOf(inside.slice(args.length).map(({ arg }) => arg));
  const binds = [
    ...POLICY.libraries.flatMap((folder) => ['--ro-bind-try', folder, folder]),
    ...[prlimit, tool].flatMap((file) => ['--ro-bind', file, file]),
    ...inside.flatMap(({ bind }) => bind),
  ];
  const filter = seccompFilter();
  const walls = [...POLICY.alone, ...POLICY.nobody, ...binds, '--remount-ro', '/', '--chdir', '/', '--json-status-fd', '3', ...(filter ? ['--seccomp', '4'] : [])];
  return { file: await findBubblewrap(), args: [...walls, '--', prlimit, ...limits(fences), ...fewProcesses(), '--', tool, ...insideArgs], environment, sandbox: { filter } };
}

const limits = ({ cpuSeconds, memoryBytes, maxFileBytes }: Fences): string[] => [
  `--as=${memoryBytes}`,
  // At the first it is told why, at the second it is killed.
  `--cpu=${cpuSeconds}:${cpuSeconds + 2}`,
  `--fsize=${maxFileBytes}`,
  '--core=0',
  `--nofile=${POLICY.openFiles}`,
];

/** Since Linux 5.14 they are counted in the sandbox; before, all that the user runs counted, and a tool might not start. */
const fewProcesses = (release = os.release()): string[] => {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 14) ? [`--nproc=${POLICY.processes}`] : [];
};

function outside(arg: ToolArg): string {
  if (typeof arg === 'string') return arg;
  return 'reads' in arg ? path.resolve(arg.reads) : path.resolve(arg.writes, arg.name ?? '');
}

/** Where it lies inside says nothing of where it lies outside. */
function place(arg: ToolArg, i: number): { arg: string; bind: string[] } {
  if (typeof arg === 'string') return { arg, bind: [] };
  if ('reads' in arg) return { arg: `/in/${i}`, bind: ['--ro-bind', path.resolve(arg.reads), `/in/${i}`] };
  return { arg: path.posix.join(`/out/${i}`, arg.name ?? ''), bind: ['--bind', path.resolve(arg.writes), `/out/${i}`] };
}

const WHAT_TO_DO =
  'Install bubblewrap (on Debian: apt-get install bubblewrap) and allow unprivileged user namespaces (sysctl user.max_user_namespaces, and kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu; in a container, a seccomp profile that permits them). ' +
  'Only where all who build trust each other: IMPRINT_SANDBOX=off runs the tools without it.';

async function findBubblewrap(): Promise<string> {
  try {
    return await findTool('bwrap');
  } catch (cause) {
    if (!isAppError(cause) || cause.code !== 'tool-missing') throw cause;
    throw new AppError<SandboxErrorCode>('sandbox-missing', `Tools read files of others in a sandbox only, and bubblewrap, which makes it, is not installed on this machine. ${WHAT_TO_DO}`, { cause });
  }
}

/**
 * Why no tool was run, when `status` (what came on file descriptor 3) has no exit code of one: the walls could not be built. Undefined when it ran.
 * bubblewrap itself never sees the hostile bytes, so that its words can be shown.
 */
export function whySandboxFailed(name: string, status: string, stderr: string): AppError | undefined {
  if (status.includes('"exit-code"')) return undefined;
  const words = stderr.trim().split('\n').at(-1)!.slice(0, 300);
  if (/source path|bind mount|bind file/i.test(words)) return new AppError('tool-failed', `The sandbox for ${name} cannot reach a file that it needs: ${words}`);
  return new AppError<SandboxErrorCode>('sandbox-missing', `${name} was not run: bubblewrap cannot make a sandbox on this machine (${words || 'it said nothing'}). ${WHAT_TO_DO}`);
}
