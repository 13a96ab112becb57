import type { BuildRun, StageRun } from '../run';
import { count, inMegabytes } from '../words';
import type { WantedSnap } from './resolve';
import type { VerifiedModel } from './verify-model';

export type FetchedSnap = WantedSnap & { /** The verified file in the cache. */ path: string };

/** Enough to fill a line, few enough for the store's patience. */
const AT_ONCE = 4;

export async function fetchSnaps({ services }: BuildRun, stage: StageRun, { model }: VerifiedModel, snaps: WantedSnap[]): Promise<FetchedSnap[]> {
  const total = snaps.reduce((sum, { resolved }) => sum + resolved.sizeBytes, 0);
  const received = new Map<string, number>();
  const tell = (name: string, bytes: number) => {
    received.set(name, bytes);
    stage.progress([...received.values()].reduce((sum, each) => sum + each, 0), total);
  };
  const device = { architecture: model.architecture, ...(model.store ? { storeId: model.store } : {}) };
  // The first failure stops the others.
  const failed = new AbortController();
  const signal = AbortSignal.any([stage.signal, failed.signal]);

  let fromCache = 0;
  const fetched: FetchedSnap[] = [];
  const queue = snaps.entries();
  const worker = async () => {
    for (const [i, snap] of queue) {
      const { path, cached } = await services.cache.fetch(snap.resolved, { signal, device, onBytes: (bytes) => tell(snap.resolved.name, bytes) });
      tell(snap.resolved.name, snap.resolved.sizeBytes);
      if (cached) fromCache += 1;
      stage.log(cached ? `${snap.resolved.name} is in the cache` : `fetched ${snap.resolved.name}, ${inMegabytes(snap.resolved.sizeBytes)}`);
      fetched[i] = { ...snap, path };
    }
  };
  const workers = Array.from({ length: AT_ONCE }, () =>
    worker().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(workers);
  if (outcomes.some((outcome) => outcome.status === 'rejected')) throw stage.signal.aborted ? stage.signal.reason : failed.signal.reason;

  stage.say(fromCache === snaps.length ? `All ${snaps.length} snaps were in the cache.` : `Fetched ${count(snaps.length - fromCache, 'snap')}; ${fromCache} ${fromCache === 1 ? 'was' : 'were'} in the cache.`);
  return fetched;
}
