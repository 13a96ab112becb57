import { readFile } from 'node:fs/promises';
import { decodeStream } from '../assertion/decode';
import { env } from '../env';
import { AppError } from '../errors';
import { trustAnchors } from '../trust/anchors';
import type { TrustAnchors } from '../trust/types';

/**
 * Canonical's root and, when the environment names a file of them, the embedded store's own.
 * Throws AppError `anchor-invalid` when that file cannot be read or holds something else.
 */
export async function readTrustAnchors(file = env().STORE_TRUSTED): Promise<TrustAnchors> {
  if (file === undefined) return trustAnchors();
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new AppError('anchor-invalid', `The trust anchors in ${file} cannot be read. They are made when the embedded store first starts; start it, or set STORE_TRUSTED to the right file.`, { cause });
  });
  return trustAnchors(decodeStream(bytes));
}
