import type { FileHandle } from 'node:fs/promises';
import { imageFault, type Reader } from '../image/read/reader';

/** An open file at random access, as long as it is now. Throws AppError `image-truncated` when it became shorter meanwhile. */
export async function readerOf(file: FileHandle): Promise<Reader> {
  const { size } = await file.stat();
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) imageFault('image-truncated', 'The file became shorter while it was read.');
      done += bytesRead;
    }
    return bytes;
  };
  return { sizeBytes: size, read };
}
