import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { blobsOf, gatherLiterals } from '@/lib/image/stored-plan';
import type { StoredPlan } from '@/lib/image/stored-plan';
import type { ImagePlan } from '@/lib/image/plan';
import { readSegments } from '@/lib/storage/read-segments';
import { noteBlobCheck, readBlobChecks } from '@/db/blob-checks';
import type { BuildRun, StageRun } from '../run';
import { count, inMegabytes } from '../words';

/** Puts into the store what it does not have: the image's own bytes, and the snaps as they lie in the cache. No image is written. */
export async function keepImage(run: BuildRun, stage: StageRun, plan: ImagePlan): Promise<StoredPlan> {
  const { stored } = run;
  const { literals, place } = gatherLiterals(plan);
  const digests = literals.map((bytes) => createHash('sha3-384').update(bytes).digest('hex'));
  const snaps = blobsOf(plan);
  stored.push(...digests, ...snaps);
  const written = await keepLiterals(run, stage, digests, literals);
  const taken = await keepSnaps(run, stage, snaps);
  const crcs = await checkSnaps(run, stage, plan);
  stage.say(`Kept ${inMegabytes(written)} of its own for an image of ${inMegabytes(plan.sizeBytes)}; ${taken === 0 ? 'all snaps were in the store' : `${count(taken, 'snap')} of ${snaps.length} came into the store`}.`);
  return place(digests, ({ sha3_384 }) => crcs.get(sha3_384)!);
}

async function keepLiterals({ services: { blobs } }: BuildRun, { signal }: StageRun, digests: string[], literals: Uint8Array[]): Promise<number> {
  let written = 0;
  for (const [i, digest] of digests.entries()) {
    if (await blobs.stat(digest)) continue;
    await blobs.put(once(literals[i]!), { signal });
    written += literals[i]!.length;
  }
  return written;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function keepSnaps({ services: { blobs, cache } }: BuildRun, { signal }: StageRun, snaps: string[]): Promise<number> {
  let taken = 0;
  for (const digest of snaps) {
    signal.throwIfAborted();
    if (await blobs.stat(digest)) continue;
    await blobs.adopt(cache.path(digest), digest);
    taken += 1;
  }
  return taken;
}

/** The CRC-32 of each snap, read once in its life: forms are framed by arithmetic from there on. */
async function checkSnaps({ services: { db, blobs } }: BuildRun, { signal }: StageRun, { segments }: ImagePlan): Promise<Map<string, number>> {
  const crcs = await readBlobChecks(db, blobsOf({ segments }));
  for (const segment of segments) {
    if (segment.kind !== 'blob' || crcs.has(segment.sha3_384)) continue;
    let crc = 0;
    for await (const chunk of readSegments([segment], (digest) => blobs.open(digest), { signal, reuse: true })) crc = zlib.crc32(chunk, crc);
    await noteBlobCheck(db, segment.sha3_384, crc);
    crcs.set(segment.sha3_384, crc);
  }
  return crcs;
}
