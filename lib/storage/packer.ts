import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PackedForm } from '../image/plan';

/** What is compressed at once, and all that a compressor sees: with xz a piece takes about eleven times its length of memory. */
export const PIECE_BYTES = 4 * 2 ** 20;

/** Compresses in a process of its own, which begins with the first piece and ends with `close`. */
export class Packer {
  #process: ChildProcess | undefined;

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
    return (await this.#send({ form: 'zst', piece: bytes, isLast: true })).reduce((sum, { length }) => sum + length, 0);
  }

  async close(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    running.kill('SIGKILL');
    await gone;
  }

  #send(message: { form?: PackedForm; piece: Uint8Array; isLast: boolean }): Promise<Uint8Array[]> {
    const running = (this.#process ??= fork(fileURLToPath(new URL('./pack-worker.mjs', import.meta.url)), { execArgv: [], env: {} as NodeJS.ProcessEnv, serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error('the compressing process ended'));
      running.once('exit', ended).once('error', reject);
      running.once('message', (answer) => {
        const { parts, error } = answer as { parts?: Uint8Array[]; error?: string };
        running.off('exit', ended).off('error', reject);
        if (parts) resolve(parts);
        else reject(new Error(`the compressing process failed: ${error}`));
      });
      running.send(message);
    });
  }
}

/** Pieces of PIECE_BYTES, the last one shorter. */
async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<{ piece: Uint8Array; isLast: boolean }> {
  let piece: Uint8Array | undefined;
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
  if (piece) yield { piece: piece.subarray(0, filled), isLast: true };
}
