import type { ResolvedSnaps } from './resolve-snaps';
import type { Offer, SnapSource } from './source';
import { count, inMegabytes, type Teller } from './teller';
import type { VerifiedModel } from './verify-model';

/** Where each snap or component is, by its digest. */
export type FilePaths = ReadonlyMap<string, string>;

/** Enough to fill a line, few enough for a store's patience. */
const AT_ONCE = 4;

/**
 * Has every file on disk that is not there already, the gadget before the others: `gadgetHere` may find that they are not worth fetching. `local` are the
 * caller's own. Throws what the source and `gadgetHere` throw; the first failure stops the others.
 */
export async function fetchSnaps(resolved: ResolvedSnaps, local: FilePaths, { model }: VerifiedModel, source: SnapSource, teller: Teller, gadgetHere: (gadget: { path: string; sha3_384: string }) => Promise<void>): Promise<FilePaths> {
  const files = [...resolved.offers.values()].flatMap((offer): (Offer & { name: string })[] => [offer, ...offer.components.map((component) => ({ ...component, name: `${offer.name}+${component.name}` }))]);
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const received = new Map<string, number>();
  const tell = (name: string, bytes: number) => {
    received.set(name, bytes);
    teller.progress([...received.values()].reduce((sum, each) => sum + each, 0), total);
  };
  const device = { architecture: model.architecture, storeId: model.store || undefined };
  const failed = new AbortController();
  const signal = AbortSignal.any([teller.signal, failed.signal]);
  const paths = new Map(local);
  let fromCache = 0;
  const gadget = [...resolved.fromModel, ...resolved.extras].find(({ found }) => found.facts.type === 'gadget')?.found.sha3_384;
  const work = async (queue: Iterable<(typeof files)[number]>) => {
    for (const file of queue) {
      const { path, cached } = await source.fetch(file, { signal, device, onBytes: (bytes) => tell(file.name, bytes) });
      tell(file.name, file.sizeBytes);
      if (cached) fromCache += 1;
      teller.log(cached ? `${file.name} is in the cache` : `fetched ${file.name}, ${inMegabytes(file.sizeBytes)}`);
      paths.set(file.sha3_384, path);
    }
  };
  await work(files.filter(({ sha3_384 }) => sha3_384 === gadget));
  if (gadget !== undefined && paths.has(gadget)) await gadgetHere({ path: paths.get(gadget)!, sha3_384: gadget });
  const rest = files.filter(({ sha3_384 }) => sha3_384 !== gadget).values();
  const workers = Array.from({ length: AT_ONCE }, () =>
    work(rest).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(workers);
  if (outcomes.some((outcome) => outcome.status === 'rejected')) throw teller.signal.aborted ? teller.signal.reason : failed.signal.reason;
  teller.say(fromCache === files.length ? `All ${count(files.length, 'snap')} were in the cache.` : `Fetched ${count(files.length - fromCache, 'snap')}; ${fromCache} ${fromCache === 1 ? 'was' : 'were'} in the cache.`);
  return paths;
}
