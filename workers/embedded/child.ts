import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '@/lib/errors';
import { followOutput } from './child-log';
import { LogFile } from './log-file';
import type { Variables } from './settings';

export type ChildSpec = {
  name: string;
  /** Of the project; TypeScript is run by tsx. */
  file: string;
  args?: string[];
  /** Options of node itself. */
  nodeArgs?: string[];
  env: Variables;
  /** Milliseconds it has to end by itself when told to. */
  stopMs?: number;
  /** The console goes on without it: it is started again for as long as it takes, with longer and longer waits. */
  dispensable?: boolean;
};

export type Surroundings = {
  root: string;
  logDir: string;
  show: (line: string) => void;
  /** A process that ended again and again in a short time. */
  onGivenUp: (error: AppError) => void;
};

const READY_MS = 90_000;
const RESTART_MS = 1000;
const MAX_ENDS = 5;
const ENDS_WITHIN_MS = 60_000;
/** A minute or so between two starts, at most. */
const MAX_DOUBLINGS = 5;

/** A process of ours: started, waited for until it says that it is ready, started again when it ends by itself, and ended with us. */
export class Child {
  private process: ChildProcess | undefined;
  private stopping = false;
  private ends: number[] = [];

  constructor(
    readonly spec: ChildSpec,
    private readonly around: Surroundings,
  ) {}

  /** Resolves when the process itself says so. Throws AppError `process-failed` when it ends before, with what it said. */
  async start(): Promise<void> {
    const { name, file, args = [], nodeArgs = [], env } = this.spec;
    const { root, logDir, show } = this.around;
    // A group of its own: Ctrl-C in the terminal reaches us alone, and we end all in order.
    const child = spawn(process.execPath, [...nodeArgs, '--import', join(root, 'scripts/die-with-parent.mjs'), ...(file.endsWith('.ts') ? ['--import', 'tsx'] : []), join(root, file), ...args], {
      cwd: root,
      env: env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    this.process = child;
    const log = new LogFile(join(logDir, `${name}.log`));
    // What it says before it is ready is in the log, and in the failure if it never is.
    let shown = false;
    const newest = followOutput([child.stdout!, child.stderr!], log, (line) => {
      if (shown && !this.stopping) show(`[${name}] ${line}`);
    });
    child.once('close', () => log.close());
    await ready(child, name, newest);
    shown = true;
    child.once('exit', (code, signal) => void this.ended(`${signal ?? `code ${code}`}`));
  }

  private async ended(how: string): Promise<void> {
    if (this.stopping) return;
    const now = Date.now();
    this.ends = [...this.ends.filter((at) => now - at < ENDS_WITHIN_MS), now];
    const { name, dispensable } = this.spec;
    if (this.ends.length > MAX_ENDS && !dispensable) {
      return this.around.onGivenUp(new AppError('process-failed', `The ${name} process ended ${this.ends.length} times in a minute, last with ${how}.`));
    }
    const delay = RESTART_MS * 2 ** Math.min(this.ends.length - 1, dispensable ? MAX_DOUBLINGS : 0);
    this.around.show(`[${name}] ended with ${how}; starting it again${delay > RESTART_MS ? ` in ${delay / 1000} s` : ''}`);
    await wait(delay);
    if (this.stopping) return;
    await this.start().catch((error: unknown) => {
      if (this.stopping) return;
      if (!dispensable) return this.around.onGivenUp(error as AppError);
      void this.ended('a failed start');
    });
  }

  /** Returns when it is gone. */
  async stop(): Promise<void> {
    this.stopping = true;
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((done) => child.once('exit', () => done()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), this.spec.stopMs ?? 5000);
    await gone;
    clearTimeout(timer);
  }

  kill(): void {
    this.stopping = true;
    this.process?.kill('SIGKILL');
  }
}

function ready(child: ChildProcess, name: string, newest: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      settle();
      reject(new AppError('process-failed', `The ${name} process did not start: ${why}${newest() ? `\n\n${newest()}` : ''}`));
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`it was not ready after ${READY_MS / 1000} seconds.`);
    }, READY_MS);
    const onMessage = (message: unknown) => {
      if (typeof message !== 'object' || message === null || !('ready' in message)) return;
      settle();
      resolve();
    };
    // `close`, not `exit`: only then has everything been read that it said.
    const onClose = (code: number | null, signal: string | null) => fail(`it ended with ${signal ?? `code ${code}`}.`);
    const settle = () => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('close', onClose);
    };
    child.on('message', onMessage);
    child.once('close', onClose);
    child.once('error', (error) => fail(error.message));
  });
}
