import { createHash } from 'node:crypto';
import type { BlobStore } from './blob-store';

/** What `keepBytes` will call them. */
export const digestOf = (bytes: Uint8Array): string => createHash('sha3-384').update(bytes).digest('hex');

/** Keeps bytes that are in memory, and writes them only when the store does not have them yet. Throws as BlobStore.put. */
export async function keepBytes(store: Pick<BlobStore, 'stat' | 'put'>, bytes: Uint8Array, { signal }: { signal: AbortSignal }): Promise<{ sha3_384: string; isNew: boolean }> {
  const sha3_384 = digestOf(bytes);
  if (await store.stat(sha3_384)) return { sha3_384, isNew: false };
  await store.put(once(bytes), { signal });
  return { sha3_384, isNew: true };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
