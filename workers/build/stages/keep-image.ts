import { blobsOf, gatherLiterals } from '@/lib/image/stored-plan';
import type { StoredPlan } from '@/lib/image/stored-plan';
import type { ImagePlan } from '@/lib/image/plan';
import { checkBlob, mapBlocks, wholeBlobs, type BlobChecks } from '@/lib/prepare/block-map';
import { keepBytes } from '@/lib/storage/keep-bytes';
import { noteBlobChecks, readBlobChecks } from '@/db/blob-checks';
import { count, inMegabytes, type Teller } from '@/lib/prepare/teller';
import type { BuildRun } from '../run';

/** Puts into the store what it does not have: the image's own bytes, and the snaps as they lie in the cache. No image is written. */
export async function keepImage(run: BuildRun, stage: Teller, plan: ImagePlan): Promise<{ image: StoredPlan; bmap: string }> {
  const { services } = run;
  const { literals, place } = gatherLiterals(plan);
  const { digests, written } = await keepLiterals(run, stage, literals);
  const snaps = blobsOf(plan);
  const taken = await keepSnaps(run, stage, snaps);
  const checks = await checksumSnaps(run, stage, plan);
  stage.say(`Kept ${inMegabytes(written)} of its own for an image of ${inMegabytes(plan.sizeBytes)}; ${taken === 0 ? 'all snaps were in the store' : `${count(taken, 'snap')} of ${snaps.length} came into the store`}.`);
  return { image: place(digests, ({ sha3_384, crc32 }) => crc32 ?? checks.get(sha3_384)!.crc32), bmap: await mapBlocks(plan, checks, (digest) => services.blobs.open(digest), stage.signal) };
}

async function keepLiterals({ services: { blobs }, stored }: BuildRun, { signal }: Teller, literals: Uint8Array[]): Promise<{ digests: string[]; /** In bytes. */ written: number }> {
  const digests: string[] = [];
  let written = 0;
  for (const bytes of literals) {
    const { sha3_384, isNew } = await keepBytes(blobs, bytes, { signal });
    stored.push(sha3_384);
    digests.push(sha3_384);
    if (isNew) written += bytes.length;
  }
  return { digests, written };
}

async function keepSnaps({ services: { blobs, cache }, stored }: BuildRun, { signal }: Teller, snaps: string[]): Promise<number> {
  let taken = 0;
  for (const digest of snaps) {
    signal.throwIfAborted();
    stored.push(digest);
    if (await blobs.stat(digest)) continue;
    await blobs.adopt(cache.path(digest), digest);
    taken += 1;
  }
  return taken;
}

/** Checksums of each snap, read once in its life: images are framed and mapped by arithmetic from there on. */
async function checksumSnaps({ services: { db, blobs } }: BuildRun, { signal }: Teller, plan: ImagePlan): Promise<Map<string, BlobChecks>> {
  const whole = wholeBlobs(plan);
  const checks = await readBlobChecks(db, whole.map(({ sha3_384 }) => sha3_384));
  for (const blob of whole) {
    if (checks.has(blob.sha3_384)) continue;
    const found = await checkBlob(blob, (digest) => blobs.open(digest), signal);
    await noteBlobChecks(db, blob.sha3_384, found);
    checks.set(blob.sha3_384, found);
  }
  return checks;
}
