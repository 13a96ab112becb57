import type { Assertion } from '../assertion/assertion';
import type { SnapView } from '../api/snaps';

/** What to ask the store for: by name, at a channel or at one revision. */
export type SnapWanted = {
  name: string;
  snapId?: string;
  channel?: string;
  revision?: number;
  /** Primary keys of the validation sets that speak of it, and whether the store is to enforce validation. */
  validation?: { sets: readonly string[][]; isEnforced: boolean };
};

/** What the store says it will give for a wanted snap. */
export type ResolvedSnap = {
  name: string;
  snapId: string;
  revision: number;
  version: string;
  type: string;
  base: string | null;
  architectures: string[];
  confinement: 'strict' | 'devmode' | 'classic';
  publisher: { id: string; username: string; displayName: string; validation: string };
  /** The channel to record: the redirect, when the store redirects. */
  channel: string;
  /** Lower-case hexadecimal. */
  sha3_384: string;
  sizeBytes: number;
  downloadUrl: string;
  /** For aux-info.json. */
  private: boolean;
  contact: string;
  website: string;
  links: Record<string, string[]>;
  /** Its meta/snap.yaml as the store has it; empty where the store does not say. */
  snapYaml: string;
  resources: SnapResource[];
};

/** A file beside a snap's own that goes with this revision of it. A component's `type` is `component/` and the component's own. */
export type SnapResource = { name: string; type: string; revision: number; version: string; sha3_384: string; sizeBytes: number; downloadUrl: string };

export type AssertionContext = {
  signal?: AbortSignal;
  /** In none above it; the highest that Imprint reads unless told. */
  maxFormat?: number;
};

export type StoreContext = { architecture: string; storeId?: string; signal?: AbortSignal };

/**
 * A Snap Store by its device and publisher protocols. Every call throws AppError `store-unreachable`
 * (network, time-out, 5xx after retries, body that is not what the protocol says), `store-auth`, `store-auth-expired`, `store-refused` or `store-origin`.
 */
export interface SnapStore {
  /**
   * Undefined when the store has none. The last part of the key of a sequence-forming type may be `latest`.
   * Not yet verified: that is lib/trust's work.
   */
  assertion(type: string, primaryKey: string[], context?: AssertionContext): Promise<Assertion | undefined>;
  info(name: string, context: StoreContext): Promise<SnapView | undefined>;
  find(query: { q: string; type?: string }, context: StoreContext): Promise<SnapView[]>;
  /** One answer a wanted snap, in order. Throws AppError `snap-unknown` or `channel-unknown` naming the snap and what there is. */
  resolve(wanted: SnapWanted[], context: StoreContext): Promise<ResolvedSnap[]>;
  /** Sends a self-signed account-key-request for the brand's account; `credentials` are those of the brand's publisher account. */
  registerKey(accountKeyRequest: string, credentials: string, context?: { signal?: AbortSignal }): Promise<void>;
}
