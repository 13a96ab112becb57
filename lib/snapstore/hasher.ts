import { Worker } from 'node:worker_threads';

export const CHUNK_BYTES = 1024 * 1024;
/** Buffers between the network, the disk and the hash: what a download may hold in memory. */
const BUFFERS = 4;

type FromThread = { kind: 'done'; buffer: ArrayBuffer } | { kind: 'digest'; hex: string };

/**
 * A digest in a thread of its own. Buffers are lent out, filled, handed in and come round again, so that memory stays flat.
 */
export type Hasher = {
  /** An empty buffer of CHUNK_BYTES; waits until the thread has given one back. */
  lend(): Promise<Uint8Array<ArrayBuffer>>;
  /** Hands in a lent buffer, `length` bytes of which are hashed; it cannot be used afterwards. */
  update(buffer: Uint8Array<ArrayBuffer>, length: number): void;
  /** Hashes so many zeros. */
  zeros(length: number): void;
  /** Lower-case hexadecimal; starts anew. */
  digest(): Promise<string>;
  /** Forgets what was hashed so far. */
  reset(): void;
  close(): Promise<void>;
};

export function createHasher(algorithm: 'sha3-384' | 'sha256'): Hasher {
  const options = { execArgv: [], workerData: algorithm };
  const thread = new Worker(new URL('./hash-worker.mjs', import.meta.url), options);
  const free: Uint8Array<ArrayBuffer>[] = Array.from({ length: BUFFERS }, () => new Uint8Array(CHUNK_BYTES));
  const waiting: Waiter<Uint8Array<ArrayBuffer>>[] = [];
  const digests: Waiter<string>[] = [];
  let broken: Error | undefined;

  const giveBack = (buffer: Uint8Array<ArrayBuffer>) => {
    const waiter = waiting.shift();
    if (waiter) waiter.resolve(buffer);
    else free.push(buffer);
  };
  const fail = (error: Error) => {
    broken ??= error;
    for (const waiter of [...waiting.splice(0), ...digests.splice(0)]) waiter.reject(error);
  };
  thread.on('message', (message: FromThread) => {
    if (message.kind === 'done') giveBack(new Uint8Array(message.buffer));
    else digests.shift()?.resolve(message.hex);
  });
  thread.on('error', fail);
  thread.on('exit', () => fail(new Error('the hashing thread ended')));
  thread.unref();

  const wait = <T>(queue: Waiter<T>[]) =>
    new Promise<T>((resolve, reject) => {
      if (broken) return reject(broken);
      // Only while somebody waits may the thread keep the process alive.
      thread.ref();
      const settle = <V>(then: (value: V) => void) => (value: V) => {
        if (waiting.length + digests.length === 0) thread.unref();
        then(value);
      };
      queue.push({ resolve: settle(resolve), reject: settle(reject) });
    });

  return {
    lend: async () => free.pop() ?? wait(waiting),
    update: (buffer, length) => thread.postMessage({ kind: 'update', buffer: buffer.buffer, length }, [buffer.buffer]),
    zeros: (length) => thread.postMessage({ kind: 'zeros', length }),
    digest() {
      const digest = wait(digests);
      thread.postMessage({ kind: 'digest' });
      return digest;
    },
    reset: () => thread.postMessage({ kind: 'reset' }),
    async close() {
      await thread.terminate();
    },
  };
}

type Waiter<T> = { resolve: (value: T) => void; reject: (error: Error) => void };
