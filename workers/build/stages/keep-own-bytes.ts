import { digestOf, keepBytes } from '@/lib/storage/keep-bytes';
import { together } from '@/lib/prepare/together';
import type { Teller } from '@/lib/prepare/teller';
import type { BuildRun } from '../run';

/** Keeps what a build has in memory: held at once, and written side by side, since each waits for the disk. In the order given. */
export async function keepOwnBytes({ services: { blobs }, stored, hold }: BuildRun, { signal }: Pick<Teller, 'signal'>, all: readonly Uint8Array[]): Promise<{ sha3_384: string; isNew: boolean }[]> {
  await hold(all.map(digestOf));
  return together(all, signal, async (bytes, stop) => {
    const kept = await keepBytes(blobs, bytes, { signal: stop });
    stored.push(kept.sha3_384);
    return kept;
  });
}
