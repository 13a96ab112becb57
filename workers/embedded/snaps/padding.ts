import { createCipheriv } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const MIB = 1024 * 1024;

/** Writes bytes that nothing compresses and that are the same every time: AES-CTR of zeros under a key made of the name. */
export async function writePadding(file: string, mebibytes: number, name: string, signal?: AbortSignal): Promise<void> {
  const key = Buffer.alloc(16);
  key.write(name);
  const zeros = Buffer.alloc(MIB);
  const blocks = Readable.from(
    (function* () {
      for (let i = 0; i < mebibytes; i += 1) yield zeros;
    })(),
  );
  await pipeline(blocks, createCipheriv('aes-128-ctr', key, Buffer.alloc(16)), createWriteStream(file), { signal });
}
