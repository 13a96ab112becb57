import { mkdir, open, statfs } from 'node:fs/promises';
import { AppError } from '../errors';

/** Room that is left for others on the same disk. */
const SPARE_BYTES = 64 * 1024 * 1024;

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);

/** For catch(): a missing file is undefined, everything else is thrown on. */
export function ifMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
  return undefined;
}

/** AppError `disk-full` for what a full disk throws; everything else as it is. */
export function toDiskError(error: unknown, dir: string): unknown {
  const code = codeOf(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new AppError('disk-full', `The disk that holds ${dir} is full. Free some space or delete old artifacts, then build again.`, { cause: error });
}

/** Throws AppError `disk-full` before a byte is written when `sizeBytes` more cannot be kept in `dir`. */
export async function assertFits(dir: string, name: string, sizeBytes: number): Promise<void> {
  await mkdir(dir, { recursive: true });
  const { bavail, bsize } = await statfs(dir);
  const freeBytes = bavail * bsize;
  if (freeBytes >= sizeBytes + SPARE_BYTES) return;
  throw new AppError('disk-full', `The snap ${name} needs ${sizeBytes} bytes, but the disk that holds ${dir} has only ${freeBytes} left. Free some space or delete old artifacts, then build again.`, { details: { snap: name, sizeBytes, freeBytes } });
}

/** A rename is only on the disk for good once its folder is. */
export async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
