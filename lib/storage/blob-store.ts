import type { Readable } from 'node:stream';
import type { BlobReader } from './read-segments';

export type StoredBlob = { /** SHA3-384 of the bytes, lower-case hexadecimal: the blob's only name. */ sha3_384: string; sizeBytes: number };

/** `storedAt`: when it came here, or later. */
export type ListedBlob = StoredBlob & { storedAt: Date };

/** Where artifacts are kept: content-addressed, immutable, never half-written. */
export interface BlobStore {
  /** Reads `source` to its end and keeps it; on any failure or abort nothing is kept. The same bytes twice are one blob. A chunk is done with before the next is asked for, so that the source may use its buffer again. Throws AppError `disk-full`. */
  put(source: AsyncIterable<Uint8Array>, options?: { signal?: AbortSignal; onBytes?: (written: number) => void }): Promise<StoredBlob>;
  /** Keeps a file that is known to have this digest and never changes: where it can be, without copying a byte. Throws AppError `disk-full`. */
  adopt(path: string, sha3_384: string): Promise<void>;
  /** Size, or undefined when there is no such blob. */
  stat(sha3_384: string): Promise<StoredBlob | undefined>;
  /** The bytes `start` to `end`, both inclusive, in chunks of 1 MiB. Throws AppError `not-found`. */
  read(sha3_384: string, range?: { start: number; end: number }): Promise<Readable>;
  /** For reading here and there. Throws AppError `not-found`. */
  open(sha3_384: string): Promise<BlobReader>;
  delete(sha3_384: string): Promise<void>;
  /** Every blob, in no order; those that come or go meanwhile may be among them. */
  list(): AsyncIterable<ListedBlob>;
  /** Removes what writers left half-written: those that are known to be gone, and what nobody has written to since `untouchedSince`. */
  removeHalfWritten(untouchedSince: Date): Promise<{ files: number; sizeBytes: number }>;
  /** Bytes that may still be written; undefined when there is no such limit. */
  freeBytes(): Promise<number | undefined>;
}

/** Bytes of the disk that no build takes: for the database, logs and downloads, which go on when the disk is nearly full. */
export const RESERVE_BYTES = 256 * 2 ** 20;
