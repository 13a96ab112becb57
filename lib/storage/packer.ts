import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { PACKED_FORMS, type PackedForm } from '../image/plan';
import { PACKED_WINDOW_BYTES } from '../image/zst';

/** What is compressed at once, and all that a compressor sees: with xz a piece takes about eleven times its length of memory. */
export const PIECE_BYTES = PACKED_WINDOW_BYTES;

const PROGRAM = fileURLToPath(new URL('./pack-worker.mjs', import.meta.url));
/**
 * The processes that a form is made by, by their numbers; starting one takes more than some forms' work. xz is the slowest by far, and its pieces know nothing of each
 * other; those of gz go on from one to the next.
 */
const LANES: Record<PackedForm, number[]> = { zst: [0], gz: [0], xz: Array.from({ length: Math.min(availableParallelism(), 4) }, (_, i) => i + 1) };

/** It loads at once what its forms need. */
const start = (lane: number): ChildProcess =>
  fork(PROGRAM, PACKED_FORMS.filter((form) => LANES[form].includes(lane)), { execArgv: [], env: {} as NodeJS.ProcessEnv, serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });

/** `isQuick`: only to see how long it becomes. */
type Piece = { form: PackedForm; piece: Uint8Array; isFirst: boolean; isLast: boolean; isQuick?: boolean };

/**
 * Compresses in processes of its own, so that forms are made side by side, and pieces of the slowest form too; of each form one source after the other. A process begins
 * with its first piece, and all end with `close`.
 */
export class Packer {
  readonly #processes = new Map<number, ChildProcess>();
  readonly #answers = new Map<ChildProcess, Promise<unknown>>();
  readonly #turns = new Map<PackedForm, Promise<void>>();
  #isClosed = false;

  /** Starts the processes of these forms, so that nobody waits for that later. */
  warm(forms: readonly PackedForm[]): void {
    for (const form of forms) this.#processOf(LANES[form][0]!);
  }

  /** The `length` bytes of `source`, at least one, as Packed speaks of them. A chunk of the source is done with before the next is asked for. */
  async *pack(form: PackedForm, source: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
    const end = await this.#turn(form);
    const running: Promise<Uint8Array[]>[] = [];
    try {
      let count = 0;
      for await (const { piece, isLast } of pieces(source, Math.min(length, PIECE_BYTES))) {
        if (running.length === LANES[form].length) yield* await running.shift()!;
        const sent = this.#send(LANES[form][count % LANES[form].length]!, { form, piece, isFirst: count === 0, isLast });
        // It may fail before its turn has come; it is thrown then.
        sent.catch(() => undefined);
        running.push(sent);
        count += 1;
      }
      while (running.length > 0) yield* await running.shift()!;
    } finally {
      await Promise.allSettled(running);
      end();
    }
  }

  /** How many bytes zstd makes of some, with little effort. */
  async measure(bytes: Uint8Array): Promise<number> {
    const end = await this.#turn('zst');
    try {
      return (await this.#send(LANES.zst[0]!, { form: 'zst', piece: bytes, isFirst: true, isLast: true, isQuick: true })).reduce((sum, { length }) => sum + length, 0);
    } finally {
      end();
    }
  }

  /** Who works already goes on to an error. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const running = [...this.#processes.values()];
    this.#processes.clear();
    await Promise.all(
      running.map(async (one) => {
        if (one.exitCode !== null || one.signalCode !== null) return;
        const gone = once(one, 'exit');
        one.kill('SIGKILL');
        await gone;
      }),
    );
  }

  /** Waits until nobody else works with this form; the function given lets the next one in. */
  async #turn(form: PackedForm): Promise<() => void> {
    const before = this.#turns.get(form);
    let end!: () => void;
    this.#turns.set(form, new Promise((resolve) => (end = resolve)));
    await before;
    return end;
  }

  #processOf(lane: number): ChildProcess {
    if (this.#isClosed) throw new Error('the compressing processes were ended');
    const running = this.#processes.get(lane) ?? start(lane);
    this.#processes.set(lane, running);
    return running;
  }

  async #send(lane: number, message: Piece): Promise<Uint8Array[]> {
    const running = this.#processOf(lane);
    // It answers in the order in which it is asked.
    const answer = (this.#answers.get(running) ?? Promise.resolve()).then(() => ask(running, message));
    this.#answers.set(running, answer.catch(() => undefined));
    return answer;
  }
}

function ask(running: ChildProcess, message: Piece): Promise<Uint8Array[]> {
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

/** Pieces of `pieceBytes`, the last one shorter. */
async function* pieces(source: AsyncIterable<Uint8Array>, pieceBytes: number): AsyncGenerator<{ piece: Uint8Array; isLast: boolean }> {
  let piece: Uint8Array | undefined;
  let filled = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      // Only now is it known that there is more.
      if (piece && filled === pieceBytes) {
        yield { piece, isLast: false };
        piece = undefined;
      }
      piece ??= new Uint8Array(pieceBytes);
      if (filled === pieceBytes) filled = 0;
      const part = chunk.subarray(at, at + pieceBytes - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
    }
  }
  if (piece) yield { piece: piece.subarray(0, filled), isLast: true };
}
