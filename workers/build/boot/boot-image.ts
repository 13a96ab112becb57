import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@/lib/errors';
import { SerialLog } from './serial-log';
import tools from './tools.json';

export type BootErrorCode = 'tool-missing' | 'image-missing' | 'boot-failed' | 'boot-timeout';

export type BootOptions = {
  imagePath: string;
  /** Which machine starts it. */
  architecture: 'amd64' | 'arm64';
  /** 300 when not given: emulated, a 40 MB seed takes about 15 s on two idle cores, and 400 MB a minute or more. */
  timeoutSeconds?: number;
  signal?: AbortSignal;
};

export type BootResult = {
  /** The whole line, `IMPRINT-BOOT OK <n> snaps` or `IMPRINT-BOOT BAD <reason>`. */
  marker: string;
  /** What the serial console showed until then, control sequences removed. */
  log: string;
  seconds: number;
};

type Machine = { program: string; firmware: string; variables: string; args: string[] };

/** Plain emulation: it runs everywhere. The Arm processor is an old one, because the newer ones sign their pointers, which takes an emulator long. */
const MACHINES: Record<BootOptions['architecture'], Machine> = {
  amd64: {
    program: 'qemu-system-x86_64',
    firmware: '/usr/share/OVMF/OVMF_CODE_4M.fd',
    variables: '/usr/share/OVMF/OVMF_VARS_4M.fd',
    args: ['-machine', 'q35,accel=tcg,smm=off', '-cpu', 'max', '-vga', 'std'],
  },
  arm64: {
    program: 'qemu-system-aarch64',
    firmware: '/usr/share/AAVMF/AAVMF_CODE.fd',
    variables: '/usr/share/AAVMF/AAVMF_VARS.fd',
    args: ['-machine', 'virt,accel=tcg', '-cpu', 'cortex-a57'],
  },
};

/**
 * Starts a raw disk image in a virtual machine with UEFI firmware and waits for the line that the demo kernel ends with.
 * The image is not written to. Throws AppError with a `BootErrorCode`; `details.log` then holds the end of the console's text.
 */
export async function bootImage({ imagePath, architecture, timeoutSeconds = 300, signal }: BootOptions): Promise<BootResult> {
  const machine = MACHINES[architecture];
  await assertReadable(imagePath, machine);
  const folder = await mkdtemp(join(tmpdir(), 'imprint-boot-'));
  try {
    const variables = join(folder, 'vars.fd');
    await copyFile(machine.variables, variables);
    await chmod(variables, 0o600);
    return await watch(machine.program, qemuArguments(machine, imagePath, variables), timeoutSeconds, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function assertReadable(imagePath: string, { firmware, variables }: Machine): Promise<void> {
  await access(imagePath, constants.R_OK).catch((cause: unknown) => Promise.reject(new AppError<BootErrorCode>('image-missing', `There is no image to start at ${imagePath}.`, { cause })));
  for (const path of [firmware, variables]) await access(path, constants.R_OK).catch((cause: unknown) => Promise.reject(missing(path, cause)));
}

/** A comma in a file name is doubled (QEMU, "-drive"). */
function qemuArguments({ firmware, args }: Machine, imagePath: string, variables: string): string[] {
  const name = (path: string) => path.replaceAll(',', ',,');
  return [
    ...args, '-smp', '2', '-m', '1024',
    '-display', 'none', '-serial', 'stdio', '-monitor', 'none', '-nic', 'none', '-no-reboot', '-nodefaults',
    '-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${firmware}`,
    '-drive', `if=pflash,unit=1,format=raw,file=${name(variables)}`,
    '-drive', `if=virtio,format=raw,snapshot=on,file=${name(imagePath)}`,
  ];
}

async function watch(program: string, args: string[], timeoutSeconds: number, signal: AbortSignal | undefined): Promise<BootResult> {
  signal?.throwIfAborted();
  const started = performance.now();
  const log = new SerialLog();
  const machine = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => machine.once('close', () => resolve()));
  const seconds = () => Math.round((performance.now() - started) / 100) / 10;
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    return await new Promise<BootResult>((resolve, reject) => {
      let complaint = '';
      const fail = (code: BootErrorCode, message: string) => reject(new AppError(code, message, { details: { log: log.tail() } }));
      machine.once('error', (cause) => reject((cause as NodeJS.ErrnoException).code === 'ENOENT' ? missing(program, cause) : cause));
      machine.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2000)));
      machine.stdout.on('data', (chunk: Buffer) => {
        log.add(chunk);
        const marker = log.marker();
        if (marker) resolve({ marker, log: log.text(), seconds: seconds() });
        else if (log.foundNothing()) fail('boot-failed', 'The firmware found nothing on the image that it could start.');
      });
      machine.once('close', (code) => fail('boot-failed', `The virtual machine ended after ${seconds()} s (${code}) without saying whether the image is good. ${complaint.trim() || 'Its last console lines are in the log.'}`));
      timer = setTimeout(() => fail('boot-timeout', `The image did not come up within ${timeoutSeconds} s.`), timeoutSeconds * 1000);
      onAbort = () => reject(signal?.reason);
      signal?.addEventListener('abort', onAbort);
    });
  } finally {
    clearTimeout(timer);
    if (onAbort) signal?.removeEventListener('abort', onAbort);
    if (machine.pid !== undefined) {
      machine.kill('SIGKILL');
      await ended;
    }
  }
}

function missing(what: string, cause: unknown): AppError<BootErrorCode> {
  return new AppError('tool-missing', `Starting an image needs ${what}, which is not on this machine. It is in the Debian package ${(tools as Record<string, string>)[what]}.`, { cause });
}
