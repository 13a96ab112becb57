import { AppError } from '../errors';
import { encodeImage, type ImageForm } from '../image/forms';
import { sliceSegments } from '../image/segments';
import { blobsOf, type StoredPlan } from '../image/stored-plan';
import type { BlobStore } from './blob-store';
import { readSegments, type ReadOptions } from './read-segments';

/** A file as the database knows it: the bytes of one blob, or an image by its plan in one of its forms. */
export type StoredFile = { sizeBytes: number; blobs: string[]; image: { plan: StoredPlan; form: ImageForm } | null };

/** The bytes `start` to `end` of a file, both inclusive, in chunks of up to 1 MiB; chunks are not to be written to. Throws AppError `not-found` when a blob is gone. */
export async function readStored(store: BlobStore, file: StoredFile, range: { start: number; end: number }, options: ReadOptions = {}): Promise<AsyncIterable<Uint8Array>> {
  if (!file.image) {
    const [blob, ...more] = file.blobs;
    if (blob === undefined || more.length > 0) throw new TypeError(`a file of ${file.blobs.length} blobs`);
    return store.read(blob, range);
  }
  const segments = sliceSegments(encodeImage(file.image.form, file.image.plan).segments, range.start, range.end + 1);
  await Promise.all(blobsOf({ segments }).map(async (blob) => {
    if (!(await store.stat(blob))) throw new AppError('not-found', `A part of this image, ${blob}, is not in the store any more. Build it again.`);
  }));
  return readSegments(segments, (blob) => store.open(blob), options);
}
