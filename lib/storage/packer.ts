import { Worker } from 'node:worker_threads';
import type { PackedForm } from '../image/plan';

/** What is compressed at once, and all that a compressor sees: with xz a piece takes about eleven times its length of memory. */
export const PIECE_BYTES = 4 * 2 ** 20;

/** Compresses in a thread of its own, which begins with the first piece and ends with `close`. */
export class Packer {
  #thread: Worker | undefined;

  /** The bytes of `source`, of which there is at least one, as Packed speaks of them. A chunk of the source is done with before the next is asked for. One at a time. */
  async *pack(form: PackedForm, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let isFirst = true;
    for await (const { piece, isLast } of pieces(source)) {
      yield* await this.#send({ piece, isLast, ...(isFirst && { form }) });
      isFirst = false;
    }
  }

  /** How many bytes zstd makes of some. */
  async measure(bytes: Uint8Array): Promise<number> {
    return (await this.#send({ form: 'zst', piece: bytes.slice(), isLast: true })).reduce((sum, { length }) => sum + length, 0);
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
    this.#thread = undefined;
  }

  async #send(message: { form?: PackedForm; piece: Uint8Array<ArrayBuffer>; isLast: boolean }): Promise<Uint8Array[]> {
    const thread = (this.#thread ??= new Worker(new URL('./pack-worker.mjs', import.meta.url), { execArgv: [] }));
    // Only while somebody waits may the thread keep the process alive.
    thread.ref();
    try {
      return await new Promise((resolve, reject) => {
        const ended = () => reject(new Error('the compressing thread ended'));
        thread.once('exit', ended).once('error', reject);
        thread.once('message', ({ parts, error }: { parts?: Uint8Array[]; error?: string }) => {
          thread.off('exit', ended).off('error', reject);
          if (parts) resolve(parts);
          else reject(new Error(`the compressing thread failed: ${error}`));
        });
        thread.postMessage(message, [message.piece.buffer]);
      });
    } finally {
      thread.unref();
    }
  }
}

/** Pieces of PIECE_BYTES, the last one shorter; each is a buffer of its own, to be given away. */
async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<{ piece: Uint8Array<ArrayBuffer>; isLast: boolean }> {
  let piece: Uint8Array<ArrayBuffer> | undefined;
  let filled = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      // Only now is it known that there is more.
      if (piece && filled === PIECE_BYTES) {
        yield { piece, isLast: false };
        piece = undefined;
      }
      piece ??= new Uint8Array(PIECE_BYTES);
      if (filled === PIECE_BYTES) filled = 0;
      const part = chunk.subarray(at, at + PIECE_BYTES - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
    }
  }
  if (piece) yield { piece: filled === PIECE_BYTES ? piece : piece.slice(0, filled), isLast: true };
}
