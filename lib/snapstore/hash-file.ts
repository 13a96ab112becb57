import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { createHasher } from './hasher';

/** SHA3-384 of a file in lower-case hexadecimal, off the event loop and with flat memory. Links are not followed. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  const hasher = createHasher('sha3-384');
  try {
    for (;;) {
      signal?.throwIfAborted();
      const buffer = await hasher.lend();
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return await hasher.digest();
      hasher.update(buffer, bytesRead);
    }
  } finally {
    await hasher.close();
    await file.close();
  }
}
