import { encodeStored } from '@/lib/image/zst';
import type { ImagePlan } from '@/lib/image/plan';
import type { RawView } from '@/lib/image/raw-view';
import type { StoredBlob } from '@/lib/storage/blob-store';
import { readSegments } from '@/lib/storage/read-segments';
import type { BuildRun, StageRun } from '../run';
import { inMegabytes } from '../words';

export type RenderedImage = {
  zst: StoredBlob;
  rawSizeBytes: number;
  /** Where the raw image's bytes lie in the stored `.zst`. */
  view: RawView;
};

/** The one time that the image's bytes are copied: from the cache into the store, framed as zstd. */
export async function renderImage({ services, stored }: BuildRun, stage: StageRun, plan: ImagePlan): Promise<RenderedImage> {
  const { segments, sizeBytes, view } = encodeStored(plan.segments);
  const bytes = readSegments(segments, (digest) => services.cache.open(digest), { signal: stage.signal, reuse: true });
  const zst = await services.blobs.put(bytes, { signal: stage.signal, onBytes: (written) => stage.progress(written, sizeBytes) });
  stored.push(zst.sha256);
  stage.say(`Wrote ${inMegabytes(zst.sizeBytes)} for an image of ${inMegabytes(plan.sizeBytes)}.`);
  return { zst, rawSizeBytes: plan.sizeBytes, view };
}
