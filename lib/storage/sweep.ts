import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** No image takes a day to write; younger files of other machines may still grow. */
const OLD_MS = 24 * 3600 * 1000;

/** Removes what killed writers left behind: files of a process of this machine that is gone, and files that nobody touched for a day. */
export async function sweepHalfWritten(folder: string, now = Date.now()): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (isOrphan(name) || (await isOld(path, now))) await rm(path, { force: true });
  }
}

/** Names are `host.pid.uuid`; a host name may itself have dots. */
function isOrphan(name: string): boolean {
  const [, host, pid] = /^(.+)\.(\d+)\.[0-9a-f-]{36}$/.exec(name) ?? [];
  return host === hostname() && pid !== undefined && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isOld(path: string, now: number): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    // Another sweeper was faster.
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return found !== undefined && now - found.mtimeMs > OLD_MS;
}
