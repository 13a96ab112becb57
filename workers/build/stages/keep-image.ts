import { blobsOfPacking, notIn, type Packing } from '@/lib/image/packing';
import { PACKED_FORMS, type ImagePlan } from '@/lib/image/plan';
import { gatherLiterals, type Literal } from '@/lib/image/stored-plan';
import type { StoredPlan } from '@/lib/image/stored-plan';
import { checkBlob, mapBlocks, wholeBlobs, type BlobChecks } from '@/lib/prepare/block-map';
import { openerOf } from '@/lib/prepare/content-store';
import type { FilePaths } from '@/lib/prepare/fetch-snaps';
import { packBlob, rangeFacts, readShortFiles, usedBlobs, type PackSource } from '@/lib/prepare/pack-blobs';
import { noteBlobChecks, readBlobChecks } from '@/db/blob-checks';
import { notePacking, readPackings } from '@/db/blob-packings';
import { count, inMegabytes, type Teller } from '@/lib/prepare/teller';
import { together } from '@/lib/prepare/together';
import type { BuildRun } from '../run';
import { keepOwnBytes } from './keep-own-bytes';

/** Puts into the store what it does not have: the image's own bytes, the snaps as they lie in the cache, and compressed once what of them shrinks. No image is written. */
export async function keepImage(run: BuildRun, stage: Teller, { plan: planned, paths }: { plan: ImagePlan; paths: FilePaths }): Promise<{ image: StoredPlan; bmap: string }> {
  const { services } = run;
  const plan = await readShortFiles(planned, openerOf(paths, services.blobs), stage.signal);
  const { literals, place } = gatherLiterals(plan);
  const { digests, written } = await keepLiterals(run, stage, literals);
  const files = usedBlobs(plan);
  const snaps = files.map(({ sha3_384 }) => sha3_384).filter((digest) => paths.has(digest));
  const taken = await keepSnaps(run, stage, snaps, paths);
  const checks = await checksumSnaps(run, stage, plan);
  const packings = await packBlobs(run, stage, [...literals.map(({ ranges }, i) => ({ sha3_384: digests[i]!, ranges })), ...files]);
  stage.say(`Kept ${inMegabytes(written)} of its own for an image of ${inMegabytes(plan.sizeBytes)}; ${taken === 0 ? 'all snaps were in the store' : `${count(taken, 'snap')} of ${snaps.length} came into the store`}.`);
  return { image: place(digests, rangeFacts(literals, digests, checks, packings)), bmap: await mapBlocks(plan, checks, (digest) => services.blobs.open(digest), stage.signal) };
}

async function keepLiterals(run: BuildRun, stage: Teller, literals: Literal[]): Promise<{ digests: string[]; /** In bytes. */ written: number }> {
  const kept = await keepOwnBytes(run, stage, literals.map(({ bytes }) => bytes));
  return { digests: kept.map(({ sha3_384 }) => sha3_384), written: literals.reduce((sum, { bytes }, i) => sum + (kept[i]!.isNew ? bytes.length : 0), 0) };
}

async function keepSnaps({ services: { blobs }, stored, hold }: BuildRun, { signal }: Teller, snaps: string[], paths: FilePaths): Promise<number> {
  await hold(snaps);
  let taken = 0;
  for (const digest of snaps) {
    signal.throwIfAborted();
    stored.push(digest);
    if (await blobs.stat(digest)) continue;
    await blobs.adopt(paths.get(digest)!, digest);
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

/** What shrinks is compressed once in its life, and again only when what came of it was removed. */
async function packBlobs({ services: { db, blobs }, stored, hold, packer }: BuildRun, { signal }: Teller, sources: PackSource[]): Promise<Map<string, Packing>> {
  const noted = await readPackings(db, sources.map(({ sha3_384 }) => sha3_384));
  await hold([...noted.values()].flatMap(blobsOfPacking));
  if (sources.some(({ sha3_384, ranges }) => notIn(noted.get(sha3_384) ?? [], ranges).length > 0)) packer.warm(PACKED_FORMS);
  const packings = await together(sources, signal, async ({ sha3_384, ranges }, stop) => {
    const before = noted.get(sha3_384) ?? [];
    const known = (await Promise.all(blobsOfPacking(before).map((digest) => blobs.stat(digest)))).every(Boolean) ? before : [];
    const missing = notIn(known, ranges);
    const found = missing.length === 0 ? [] : await packBlob({ sha3_384, ranges: missing }, { forms: PACKED_FORMS, openBlob: (digest) => blobs.open(digest), packer, keep: async (bytes) => (await blobs.put(bytes, { signal: stop })).sha3_384, signal: stop });
    const packing = [...known, ...found];
    stored.push(...blobsOfPacking(packing));
    if (missing.length > 0) await notePacking(db, sha3_384, packing);
    return packing;
  });
  return new Map(sources.map(({ sha3_384 }, i) => [sha3_384, packings[i]!]));
}
