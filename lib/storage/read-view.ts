import { z } from 'zod';
import { storedRange, unpackRange } from '../image/raw-view';
import type { RawView } from '../image/raw-view';
import type { BlobStore } from './blob-store';

/** A file as the database knows it: the bytes of one blob, or with a `view` the image inside the archive that the blob is. */
export type StoredFile = { sizeBytes: number; blobs: string[]; view: Record<string, unknown> | null };

const natural = z.number().int().nonnegative();
const rawView = z.object({
  sizeBytes: natural,
  blockBytes: z.number().int().positive(),
  headerBytes: natural,
  runs: z.array(z.union([z.object({ kind: z.literal('zeros'), length: natural }), z.object({ kind: z.literal('stored'), length: natural, at: natural })])),
}) satisfies z.ZodType<RawView>;

/** The bytes `start` to `end` of a file, both inclusive, in chunks of up to 1 MiB; chunks are not to be written to. Throws AppError `not-found` when the blob is gone. */
export async function readStored(store: BlobStore, file: StoredFile, range: { start: number; end: number }): Promise<AsyncIterable<Uint8Array>> {
  const blob = file.blobs[0];
  if (blob === undefined || file.blobs.length !== 1) throw new TypeError(`a file of ${file.blobs.length} blobs`);
  if (file.view === null) return store.read(blob, range);
  const view = rawView.parse(file.view);
  const inArchive = storedRange(view, range.start, range.end + 1);
  return unpackRange(view, range.start, range.end + 1, inArchive ? await store.read(blob, { start: inArchive.start, end: inArchive.end - 1 }) : none());
}

async function* none(): AsyncGenerator<Uint8Array> {}
