import { AppError } from '../errors';
import { segmentLength, type Segment } from '../image/plan';

/** What node's FileHandle is: reads at a position into several buffers. */
export type BlobReader = {
  readv(buffers: NodeJS.ArrayBufferView[], position: number): Promise<{ bytesRead: number }>;
  close(): Promise<void>;
};
export type OpenBlob = (sha3_384: string) => Promise<BlobReader>;

export type ReadOptions = {
  /** Of every chunk but the last. */
  chunkBytes?: number;
  /** Two buffers take turns, and a chunk is valid only until the next is asked for: for who has written it by then. A stream that reads ahead has not. */
  reuse?: boolean;
  /** Where the buffer of each chunk comes from, `chunkBytes` long; the chunk is at its start, and the caller's to give back. */
  lend?: (() => Promise<Uint8Array<ArrayBuffer>>) | undefined;
  signal?: AbortSignal | undefined;
};

const MAX_OPEN = 32;
/** Whole chunks of zeros are this one, neither made nor filled: most of a raw image is nothing else. Nobody writes to a chunk. */
const ZEROS = Buffer.alloc(2 ** 20);
const NOTHING = new Uint8Array(0);

/** The bytes of a plan in chunks of 1 MiB, the next one read while the caller has the last. Throws AppError `blob-short` when a blob ends early, or the signal's reason. */
export async function* readSegments(segments: Iterable<Segment>, openBlob: OpenBlob, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
  const chunkBytes = options.chunkBytes ?? 2 ** 20;
  const ring = options.reuse ? [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)] : [];
  const bufferOf = async (turn: number): Promise<Buffer> => {
    if (options.lend) return Buffer.from((await options.lend()).buffer);
    return ring[turn % 2] ?? Buffer.allocUnsafeSlow(chunkBytes);
  };
  const blobs = new OpenBlobs(openBlob);
  const cursor = new Cursor(segments);
  const next = async (turn: number): Promise<Uint8Array> => {
    if (cursor.isAtEnd()) return NOTHING;
    if (!options.lend && chunkBytes <= ZEROS.length && cursor.skipZeros(chunkBytes)) return ZEROS.subarray(0, chunkBytes);
    return fill(cursor, await bufferOf(turn), blobs);
  };
  let ahead: Promise<Uint8Array> | undefined;
  try {
    ahead = next(0);
    for (let turn = 1; ; turn += 1) {
      const chunk = await ahead;
      options.signal?.throwIfAborted();
      if (chunk.length === 0) return;
      ahead = next(turn);
      // The caller may stop before it is awaited; its failure is then nobody's.
      ahead.catch(() => undefined);
      yield chunk;
    }
  } finally {
    await ahead?.catch(() => undefined);
    await blobs.close();
  }
}

type Piece = { target: Buffer; sha3_384: string; offset: number };

/** Fills one buffer: literal bytes and zeros at once, stretches of a blob by one read each, though headers may stand between them. */
async function fill(cursor: Cursor, buffer: Buffer, blobs: OpenBlobs): Promise<Uint8Array> {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < buffer.length) {
    const part = cursor.take(buffer.length - at);
    if (!part) break;
    const target = buffer.subarray(at, at + part.length);
    if (part.segment.kind === 'bytes') target.set(part.segment.bytes.subarray(part.from, part.from + part.length));
    else if (part.segment.kind === 'zeros') target.fill(0);
    else pieces.push({ target, sha3_384: part.segment.sha3_384, offset: part.segment.offset + part.from });
    at += part.length;
  }
  for (let i = 0; i < pieces.length; ) {
    const run = [pieces[i]!];
    let end = pieces[i]!.offset + pieces[i]!.target.length;
    for (i += 1; i < pieces.length && pieces[i]!.sha3_384 === run[0]!.sha3_384 && pieces[i]!.offset === end; i += 1) {
      run.push(pieces[i]!);
      end += pieces[i]!.target.length;
    }
    await readRun(run, blobs);
  }
  return buffer.subarray(0, at);
}

async function readRun(run: Piece[], blobs: OpenBlobs): Promise<void> {
  const { sha3_384, offset } = run[0]!;
  const blob = await blobs.get(sha3_384);
  let targets = run.map((p) => p.target);
  let position = offset;
  while (targets.length > 0) {
    const { bytesRead } = await blob.readv(targets, position);
    if (bytesRead === 0) throw new AppError('blob-short', `The stored file ${sha3_384} ends at byte ${position}, before all of it could be read.`);
    position += bytesRead;
    let left = bytesRead;
    while (targets.length > 0 && left >= targets[0]!.length) left -= targets.shift()!.length;
    if (left > 0) targets = [targets[0]!.subarray(left), ...targets.slice(1)];
  }
}

class Cursor {
  readonly #segments: Iterator<Segment>;
  #current: Segment | undefined;
  #from = 0;

  constructor(segments: Iterable<Segment>) {
    this.#segments = segments[Symbol.iterator]();
    this.#current = this.#segments.next().value as Segment | undefined;
  }

  isAtEnd(): boolean {
    while (this.#current && this.#from === segmentLength(this.#current)) this.#step();
    return this.#current === undefined;
  }

  /** Goes on behind the next `length` bytes if all of them are zeros of one segment. */
  skipZeros(length: number): boolean {
    if (this.#current?.kind !== 'zeros' || this.#current.length - this.#from < length) return false;
    this.#from += length;
    return true;
  }

  /** The next bytes, at most `atMost`, all of one segment; undefined at the end. */
  take(atMost: number): { segment: Segment; from: number; length: number } | undefined {
    if (this.isAtEnd()) return undefined;
    const [segment, from] = [this.#current!, this.#from];
    const length = Math.min(atMost, segmentLength(segment) - from);
    this.#from += length;
    return { segment, from, length };
  }

  #step(): void {
    this.#current = this.#segments.next().value as Segment | undefined;
    this.#from = 0;
  }
}

/** Blobs come one after the other, each in one stretch: a few open files are enough, the oldest closed first. */
class OpenBlobs {
  readonly #open: OpenBlob;
  readonly #readers = new Map<string, BlobReader>();

  constructor(open: OpenBlob) {
    this.#open = open;
  }

  async get(sha3_384: string): Promise<BlobReader> {
    const known = this.#readers.get(sha3_384);
    if (known) return known;
    const [oldest] = this.#readers;
    if (oldest && this.#readers.size >= MAX_OPEN) {
      this.#readers.delete(oldest[0]);
      await oldest[1].close();
    }
    const reader = await this.#open(sha3_384);
    this.#readers.set(sha3_384, reader);
    return reader;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#readers.values()].map((reader) => reader.close()));
    this.#readers.clear();
  }
}
