import { assertionRef, type Assertion } from '../assertion/assertion';
import type { SnapFacts } from '../seed/seed-snap';
import type { Links } from '../snap/links';
import type { SnapInfo } from '../snap/snap-yaml';

/** What a store says of a snap that no assertion does. */
export type StoreWord = { private: boolean; contact: string; website: string; links: Links };
export const NO_WORD: StoreWord = { private: false, contact: '', website: '', links: {} };

/** Which device asks. */
export type Device = { architecture: string; storeId?: string | undefined };

/** A snap to find: at a channel, or at one revision whatever its channel. */
export type Wanted = {
  name: string;
  snapId: string | undefined;
  channel: string;
  revision: number | undefined;
  /** Names of its components. */
  components: readonly string[];
  /** For a store: keys of the validation sets that speak of the snap, and whether to enforce validation. */
  validation?: { sets: readonly string[][]; isEnforced: boolean };
};

/** A file that is there for the asking. */
export type Offer = { sha3_384: string; sizeBytes: number; /** Of the snap or component. */ revision: number; downloadUrl?: string };

/** What is given for a wanted snap. Nothing of it is verified yet. */
export type OfferedSnap = Offer & {
  name: string;
  snapId: string;
  version: string;
  publisher: { id: string; displayName: string };
  facts: SnapFacts;
  /** What its snap.yaml says by the source's word, where the source has one that can be read. */
  said?: SnapInfo | undefined;
  /** What the source says of it beside; the snap's own word is added when it is read. */
  about: StoreWord;
  /** The channel that was given instead of the one asked for. */
  redirectChannel: string;
  components: (Offer & { name: string })[];
};

export type FetchOptions = { signal?: AbortSignal; device?: Device; /** Told with the bytes received so far. */ onBytes?: (received: number) => void };

/** Where the snaps of an image and their assertions come from: a store, or folders. */
export interface SnapSource {
  /** One answer a wanted snap, in order. Throws AppError `snap-unknown`, `channel-unknown` or `revision-unknown` with all that cannot be had. */
  find(wanted: readonly Wanted[], device: Device, signal?: AbortSignal): Promise<OfferedSnap[]>;
  /** A file on disk whose bytes have this digest and never change. */
  fetch(file: Offer & { name: string }, options?: FetchOptions): Promise<{ path: string; cached: boolean }>;
  /** Undefined when there is none. Not yet verified. Where a source has it in several formats, in none above `maxFormat`. */
  assertion(type: string, primaryKey: string[], signal?: AbortSignal, maxFormat?: number): Promise<Assertion | undefined>;
  /** The one of a sequence with the highest number. */
  latest(type: string, sequenceKey: string[], signal?: AbortSignal): Promise<Assertion | undefined>;
}

/** The same source with assertions at hand that are found first. */
export function withAssertions(assertions: readonly Assertion[], source: SnapSource): SnapSource {
  const known = new Map(assertions.map((each) => [assertionRef(each), each]));
  return { ...source, assertion: async (type, primaryKey, signal, maxFormat) => known.get(assertionRef({ type, primaryKey })) ?? source.assertion(type, primaryKey, signal, maxFormat) };
}
