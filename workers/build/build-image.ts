import { decodeAssertion, decodeStream } from '@/lib/assertion/decode';
import { LOCK_FORMAT } from '@/lib/build/lock';
import { utf8 } from '@/lib/bytes';
import { AppError } from '@/lib/errors';
import { PACKED_FORMS } from '@/lib/image/plan';
import { whyNotBuildable } from '@/lib/model/buildable';
import type { ContentStore } from '@/lib/prepare/content-store';
import { NO_OPTIONS } from '@/lib/prepare/options';
import { prepareImage } from '@/lib/prepare/prepare-image';
import { withAssertions } from '@/lib/prepare/source';
import { storeSource } from '@/lib/prepare/store-source';
import { hashFile } from '@/lib/snapstore/hash-file';
import { readPackings } from '@/db/blob-packings';
import { recordLock } from '@/db/build-progress';
import { assertRoom } from './assert-room';
import { LeaseLost } from './failures';
import type { BuildRun } from './run';
import { trustedPublishers } from './services';
import { keepDisks } from './stages/keep-disks';
import { publish, storeArtifacts } from './stages/publish';

/** A signed model in, published artifacts out. Throws what stopped it. */
export async function buildImage(run: BuildRun): Promise<void> {
  const { taken, services, owner } = run;
  const model = decodeAssertion(utf8(taken.model.text));
  assertBuildable(run, model.headers);
  const prepared = await prepareImage(
    {
      model,
      options: NO_OPTIONS,
      // What vouches for the model was kept with it when it was signed.
      source: withAssertions(decodeStream(utf8(taken.model.chain)), storeSource(services.store, services.cache)),
      anchors: services.anchors,
      trustedPublishers: trustedPublishers(services),
      now: services.now(),
      hash: hashFile,
      // An earlier attempt's lock is followed: the same build stays the same, whatever was released meanwhile.
      lock: taken.lock?.format === LOCK_FORMAT ? taken.lock : undefined,
      content: contentOf(run),
      scratch: services.scratch,
      async resolved(resolved, { model: parsed }) {
        await run.hold([...resolved.offers.values()].flatMap((offer) => [offer, ...offer.components]).map(({ sha3_384 }) => sha3_384));
        await assertRoom(services, resolved, parsed);
      },
      // A snap that no image had yet has new bytes with it that will be compressed: what does that is ready by then.
      async fetched(paths) {
        const digests = [...paths.keys()];
        if ((await readPackings(services.db, digests)).size < digests.length) run.packer.warm(PACKED_FORMS);
      },
      async locked(lock) {
        if (!(await recordLock(services.db, taken.buildId, owner, lock))) throw new LeaseLost();
      },
    },
    run.stage,
  );
  const disks = await run.stage('render', (stage) => keepDisks(run, stage, prepared));
  const publication = { prepared, disks };
  const stored = await run.stage('publish', (stage) => storeArtifacts(run, stage, publication));
  await publish(run, publication, stored);
}

/** The store itself: what is put there goes with the build when nobody will see it. */
const contentOf = ({ services: { blobs }, stored }: BuildRun): ContentStore => ({
  stat: blobs.stat,
  open: blobs.open,
  async put(source, options) {
    const blob = await blobs.put(source, options);
    stored.push(blob.sha3_384);
    return blob;
  },
});

function assertBuildable({ taken }: BuildRun, headers: Parameters<typeof whyNotBuildable>[0]): void {
  const reason = whyNotBuildable(headers);
  if (reason !== undefined) throw new AppError('model-not-supported', reason);
  if (headers['brand-id'] !== taken.brand.accountId) throw new AppError('model-brand', `The model is of the brand ${String(headers['brand-id'])}, not of ${taken.brand.accountId}.`);
}
