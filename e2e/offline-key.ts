import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const IMPRINT = join(import.meta.dirname, '..', 'scripts', 'imprint.mjs');

/** A machine that the console never sees, with a key of its own. The command line signs there as `snap sign` does, to the byte. */
export type OfflineMachine = {
  /** What `snap export-key --account=ID NAME` prints. */
  request: (accountId: string, name: string) => Promise<string>;
  /** What `snap sign` prints for that JSON. */
  sign: (json: string, options?: { updateTimestamp?: boolean }) => Promise<string>;
  leave: () => Promise<void>;
};

const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;

export async function offlineMachine(): Promise<OfflineMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'offline-machine-'));
  const imprint = async (...args: string[]): Promise<string> => (await promisify(execFile)(process.execPath, [IMPRINT, ...args], { cwd: folder })).stdout;
  await imprint('key', 'generate', '--out', 'key.pem');
  return {
    request: (accountId, name) => imprint('key', 'request', '--key', 'key.pem', '--account', accountId, '--name', name),
    sign: async (json, { updateTimestamp = false } = {}) => {
      await writeFile(join(folder, 'model.json'), json);
      return imprint('assertion', 'sign', '--key', 'key.pem', '--time', now(), ...(updateTimestamp ? ['--update-timestamp'] : []), 'model.json');
    },
    leave: () => rm(folder, { recursive: true, force: true }),
  };
}
