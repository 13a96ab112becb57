import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ifMissing } from './disk';

const PATTERN = /^[0-9a-f]{96}\.([\w-]+)\.(\d+)\.([0-9a-f]+)-[0-9a-f]+\.part$/;
/** A download that has not written for so long is not running any more, on whatever machine. */
const STALE_MS = 60 * 60 * 1000;

const host = hostname().replace(/[^\w-]/g, '_').slice(0, 60) || 'localhost';
/** Tells this process from an earlier one with the same number: after a restart, containers count from 1 again. */
const token = randomBytes(6).toString('hex');

export const tempName = (digest: string): string => `${digest}.${host}.${process.pid}.${token}-${randomBytes(6).toString('hex')}.part`;

/** Removes what killed processes left behind. */
export async function sweepTempFiles(dir: string, now: number): Promise<void> {
  for (const name of await readdir(dir)) {
    const path = join(dir, name);
    if (PATTERN.test(name) && (isOrphan(name) || (await isStale(path, now)))) await rm(path, { force: true });
  }
}

function isOrphan(name: string): boolean {
  const [, ofHost, pid, ofToken] = PATTERN.exec(name) ?? [];
  if (ofHost !== host) return false;
  return Number(pid) === process.pid ? ofToken !== token : !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, but somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function isStale(path: string, now: number): Promise<boolean> {
  const found = await stat(path).catch(ifMissing);
  return found !== undefined && now - found.mtimeMs > STALE_MS;
}
