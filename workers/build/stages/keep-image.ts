import { createHash } from 'node:crypto';
import { blobsOf, gatherLiterals } from '@/lib/image/stored-plan';
import type { StoredPlan } from '@/lib/image/stored-plan';
import type { ImagePlan } from '@/lib/image/plan';
import type { BuildRun, StageRun } from '../run';
import { count, inMegabytes } from '../words';

/** Puts into the store what it does not have: the image's own bytes, and the snaps as they lie in the cache. No image is written. */
export async function keepImage({ services, stored }: BuildRun, stage: StageRun, plan: ImagePlan): Promise<StoredPlan> {
  const { blobs, cache } = services;
  const { literals, place } = gatherLiterals(plan);
  const digests = literals.map((bytes) => createHash('sha3-384').update(bytes).digest('hex'));
  const image = place(digests);
  const all = blobsOf(image);
  stored.push(...all);
  let written = 0;
  for (const [i, digest] of digests.entries()) {
    if (await blobs.stat(digest)) continue;
    await blobs.put(once(literals[i]!), { signal: stage.signal });
    written += literals[i]!.length;
  }
  const own = new Set(digests);
  const snaps = all.filter((digest) => !own.has(digest));
  let kept = 0;
  for (const digest of snaps) {
    stage.signal.throwIfAborted();
    if (await blobs.stat(digest)) continue;
    await blobs.adopt(cache.path(digest), digest);
    kept += 1;
  }
  stage.say(`Kept ${inMegabytes(written)} of its own for an image of ${inMegabytes(plan.sizeBytes)}; ${kept === 0 ? 'all snaps were in the store' : `${count(kept, 'snap')} of ${snaps.length} came into the store`}.`);
  return image;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
