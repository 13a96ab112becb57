import type { Reader } from './reader';

/** For tests: bytes in memory, and how many were read of them. Throws RangeError where it is read outside. */
export function memory(bytes: Uint8Array): Reader & { readBytes: number } {
  const reader = {
    sizeBytes: bytes.length,
    readBytes: 0,
    read: async (offset: number, length: number): Promise<Uint8Array> => {
      if (!Number.isSafeInteger(offset) || offset < 0 || length < 0 || offset + length > bytes.length) throw new RangeError(`read of ${length} bytes at ${offset}`);
      reader.readBytes += length;
      return bytes.slice(offset, offset + length);
    },
  };
  return reader;
}

/** For tests: the code of what is thrown; undefined when nothing is, and the error's name where it has no code. */
export async function codeOf(work: () => unknown): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
