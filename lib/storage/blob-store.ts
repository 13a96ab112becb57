import type { Readable } from 'node:stream';

export type StoredBlob = { /** SHA-256 of the bytes, lower-case hexadecimal: the blob's only name. */ sha256: string; sizeBytes: number };

/** Where artifacts are kept: content-addressed, immutable, never half-written. */
export interface BlobStore {
  /** Reads `source` to its end and keeps it; on any failure or abort nothing is kept. The same bytes twice are one blob. A chunk is done with before the next is asked for, so that the source may use its buffer again. Throws AppError `disk-full`. */
  put(source: AsyncIterable<Uint8Array>, options?: { signal?: AbortSignal; onBytes?: (written: number) => void }): Promise<StoredBlob>;
  /** Size, or undefined when there is no such blob. */
  stat(sha256: string): Promise<StoredBlob | undefined>;
  /** The bytes `start` to `end`, both inclusive, in chunks of 1 MiB. Throws AppError `not-found`. */
  read(sha256: string, range?: { start: number; end: number }): Promise<Readable>;
  delete(sha256: string): Promise<void>;
  /** Bytes that may still be written; undefined when there is no such limit. */
  freeBytes(): Promise<number | undefined>;
}
