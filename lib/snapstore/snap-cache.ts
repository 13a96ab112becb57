import type { FileHandle } from 'node:fs/promises';
import type { ResolvedSnap, StoreContext } from './snap-store';

export type Downloadable = Pick<ResolvedSnap, 'name' | 'sha3_384' | 'sizeBytes' | 'downloadUrl'>;

export type FetchOptions = {
  signal?: AbortSignal;
  /** Told with the bytes received so far, of all of `sizeBytes`; goes back to 0 when a download starts anew. */
  onBytes?: (received: number) => void;
  /** For a brand store. */
  device?: Omit<StoreContext, 'signal'>;
};

/** Snap files by their SHA3-384 (lower-case hexadecimal). What lies under a digest has been verified; files are read-only. */
export type SnapCache = {
  /**
   * The file's path, downloaded if need be. Any number of callers and processes may ask for the same digest at once.
   * Throws AppError snap-digest, snap-size, store-unreachable, store-auth, store-auth-expired, store-refused, store-origin or disk-full, or the signal's reason.
   */
  fetch(snap: Downloadable, options?: FetchOptions): Promise<{ path: string; cached: boolean }>;
  has(sha3_384: string, sizeBytes: number): Promise<boolean>;
  /** Where the file is or would be. Throws RangeError for anything that is not a digest. */
  path(sha3_384: string): string;
  /** For reading. Throws AppError `not-found`. */
  open(sha3_384: string): Promise<FileHandle>;
  /** Reads the whole file again; when it is no longer what its name says it is thrown away. False when it is not, or was never, there. */
  verify(sha3_384: string, signal?: AbortSignal): Promise<boolean>;
  /** What lies in the cache, the least recently fetched first. */
  list(): Promise<CachedSnap[]>;
  /** Throws away a file that no build uses; the next fetch downloads it again. */
  remove(sha3_384: string): Promise<void>;
};

/** `isLinked`: the store of artifacts has the same bytes of the same disk, so that removing this file frees nothing. */
export type CachedSnap = { sha3_384: string; sizeBytes: number; usedAt: Date; isLinked: boolean };
