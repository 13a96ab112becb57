import { open } from 'node:fs/promises';
import { AppError } from '../errors';
import type { Downloadable } from './snap-cache';
import { createHasher } from './hasher';

/** What was received is not what the store announced. */
export class Mismatch extends Error {
  readonly code: 'snap-size' | 'snap-digest';
  readonly found: string | number;

  constructor(code: 'snap-size' | 'snap-digest', found: string | number) {
    super(`${code}: ${found}`);
    this.code = code;
    this.found = found;
  }

  toAppError({ name, sizeBytes, sha3_384 }: Downloadable): AppError {
    const details = { snap: name, found: this.found, expected: this.code === 'snap-size' ? sizeBytes : sha3_384 };
    const what = this.code === 'snap-size' ? `has ${this.found} bytes where the store announced ${sizeBytes}` : `has another content than the store announced (SHA3-384 ${this.found}, not ${sha3_384})`;
    return new AppError(this.code, `The snap ${name}, downloaded twice, ${what}. Nothing of it was kept; report it to whoever runs the store, or check what stands between.`, { details, cause: this });
  }
}

/** A new file that is hashed while it is written. */
export type Sink = {
  /** Bytes taken so far. */
  readonly received: number;
  /** Throws Mismatch as soon as there are more than `limit` bytes. */
  write(chunk: Uint8Array, limit: number): Promise<void>;
  restart(): Promise<void>;
  /** Writes what is left and throws Mismatch unless size and digest are those of the snap. */
  assertIs(snap: Downloadable): Promise<void>;
  /** Read-only, and on the disk for good. */
  keep(): Promise<void>;
  close(): Promise<void>;
};

export async function openSink(path: string, onBytes: (received: number) => void): Promise<Sink> {
  const file = await open(path, 'wx', 0o600);
  const hasher = createHasher('sha3-384');
  let buffer: Uint8Array<ArrayBuffer> | undefined;
  let filled = 0;
  let received = 0;

  const flush = async () => {
    if (!buffer || filled === 0) return;
    const [full, length] = [buffer, filled];
    await writeAll(full.subarray(0, length), received - length);
    [buffer, filled] = [undefined, 0];
    hasher.update(full, length);
  };
  const writeAll = async (bytes: Uint8Array, position: number) => {
    for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  };

  return {
    get received() {
      return received;
    },
    async write(chunk, limit) {
      if (received + chunk.length > limit) throw new Mismatch('snap-size', received + chunk.length);
      for (let at = 0; at < chunk.length; ) {
        buffer ??= await hasher.lend();
        const part = chunk.subarray(at, at + buffer.length - filled);
        buffer.set(part, filled);
        at += part.length;
        filled += part.length;
        received += part.length;
        if (filled === buffer.length) await flush();
      }
      onBytes(received);
    },
    async restart() {
      [received, filled] = [0, 0];
      hasher.reset();
      await file.truncate(0);
      onBytes(0);
    },
    async assertIs(snap) {
      await flush();
      const digest = await hasher.digest();
      if (received !== snap.sizeBytes) throw new Mismatch('snap-size', received);
      if (digest !== snap.sha3_384) throw new Mismatch('snap-digest', digest);
    },
    async keep() {
      await file.chmod(0o444);
      await file.sync();
    },
    async close() {
      await hasher.close();
      await file.close();
    },
  };
}
