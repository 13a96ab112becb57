/**
 * Where the bytes of an image lie in its `.zst` of raw blocks, so that the image itself is served from the one stored file.
 * A stored run begins at byte `at` of the archive with a block header; a header stands before each `blockBytes` of it.
 */
export type RawRun = { kind: 'zeros'; length: number } | { kind: 'stored'; length: number; at: number };
/** Plain JSON; `sizeBytes` is that of the image, `runs` cover it without a gap, and their places in the archive rise. */
export type RawView = { sizeBytes: number; blockBytes: number; headerBytes: number; runs: RawRun[] };

/** A piece of the archive to skip to and copy, or zeros. */
type Piece = { kind: 'zeros'; length: number } | { kind: 'copy'; at: number; length: number };

function* piecesOf(view: RawView, start: number, end: number): Generator<Piece> {
  let position = 0;
  for (const run of view.runs) {
    let from = Math.max(start - position, 0);
    const to = Math.min(end - position, run.length);
    if (run.kind === 'zeros' && from < to) yield { kind: 'zeros', length: to - from };
    while (run.kind === 'stored' && from < to) {
      const block = Math.floor(from / view.blockBytes);
      const stop = Math.min(to, (block + 1) * view.blockBytes);
      yield { kind: 'copy', at: run.at + (block + 1) * view.headerBytes + from, length: stop - from };
      from = stop;
    }
    position += run.length;
    if (position >= end) return;
  }
}

/** The stretch of the archive that holds the image's bytes `start` to before `end`; undefined when they are all zeros. */
export function storedRange(view: RawView, start: number, end: number): { start: number; end: number } | undefined {
  let range: { start: number; end: number } | undefined;
  for (const piece of piecesOf(view, start, end)) {
    if (piece.kind === 'copy') range = { start: range?.start ?? piece.at, end: piece.at + piece.length };
  }
  return range;
}

const ZEROS = new Uint8Array(2 ** 20);

/**
 * The image's bytes `start` to before `end`, from the archive's bytes of `storedRange` as they come (nothing is read when that is undefined).
 * Chunks are views of the given ones, or shared zeros: not to be written to. Throws RangeError when the archive ends early.
 */
export async function* unpackRange(view: RawView, start: number, end: number, archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (start < 0 || end > view.sizeBytes || start > end) throw new RangeError(`no bytes ${start} to ${end} in an image of ${view.sizeBytes}`);
  let position = storedRange(view, start, end)?.start ?? 0;
  const source = archive[Symbol.asyncIterator]();
  let chunk = new Uint8Array(0);
  const next = async () => {
    const { done, value } = await source.next();
    if (done) throw new RangeError(`the archive ends at byte ${position}`);
    chunk = value as Uint8Array<ArrayBuffer>;
  };
  try {
    for (const piece of piecesOf(view, start, end)) {
      let left = piece.length;
      if (piece.kind === 'zeros') {
        for (; left > 0; left -= Math.min(left, ZEROS.length)) yield ZEROS.subarray(0, Math.min(left, ZEROS.length));
        continue;
      }
      while (left > 0) {
        if (chunk.length === 0) {
          await next();
          continue;
        }
        const skip = Math.min(piece.at - position, chunk.length);
        if (skip > 0) {
          chunk = chunk.subarray(skip);
          position += skip;
          continue;
        }
        const take = Math.min(left, chunk.length);
        yield chunk.subarray(0, take);
        chunk = chunk.subarray(take);
        position += take;
        left -= take;
      }
    }
  } finally {
    await source.return?.();
  }
}
