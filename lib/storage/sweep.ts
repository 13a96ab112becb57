import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** No image takes a day to write; younger files of other machines may still grow. */
export const OLD_MS = 24 * 3600 * 1000;

/** Removes what killed writers left behind: files and folders of a process of this machine that is gone, and those that nobody has touched since `untouchedSince`, in milliseconds since 1970. */
export async function sweepHalfWritten(folder: string, untouchedSince: number): Promise<{ files: number; sizeBytes: number }> {
  const removed = { files: 0, sizeBytes: 0 };
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      // Another sweeper was faster, or the writer is done.
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    // Not its time of writing: what is taken over by a link has that of the file that it links to.
    if (!found || !(isOrphan(name) || found.ctimeMs < untouchedSince)) continue;
    await rm(path, { recursive: true, force: true });
    removed.files += 1;
    removed.sizeBytes += found.size;
  }
  return removed;
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
