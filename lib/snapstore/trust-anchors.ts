import { readFile } from 'node:fs/promises';
import { decodeStream } from '../assertion/decode';
import { env } from '../env';
import { AppError } from '../errors';
import { trustAnchors } from '../trust/anchors';
import type { TrustAnchors } from '../trust/types';

/** Canonical's root, and with the embedded store the root that it made for itself. Throws AppError `anchor-invalid`. */
export async function readTrustAnchors(): Promise<TrustAnchors> {
  const path = env().STORE_TRUSTED;
  if (path === undefined) return trustAnchors();
  let text: Uint8Array;
  try {
    text = await readFile(path);
  } catch (cause) {
    throw new AppError('anchor-invalid', `The trusted assertions in ${path} cannot be read. STORE_TRUSTED names that file; the embedded store writes it at its first start.`, { cause });
  }
  return trustAnchors(decodeStream(text));
}
