/** A line that is longer is given as undefined: 10 MB of text, each byte as a JSON escape, and then some. */
export const MAX_LINE_BYTES = 128 * 1024 * 1024;

const LF = 0x0a;

/** The lines that each piece of the input completes, without their line feeds, in order; the last one also without a line feed at its end. */
export async function* lineGroups(chunks: AsyncIterable<Uint8Array>, maxBytes = MAX_LINE_BYTES): AsyncGenerator<(string | undefined)[]> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const keep = (piece: Uint8Array): void => {
    size += piece.length;
    if (size > maxBytes) pieces = [];
    else if (piece.length > 0) pieces.push(piece);
  };
  const take = (): string | undefined => {
    const line = size > maxBytes ? undefined : Buffer.concat(pieces).toString('utf8');
    pieces = [];
    size = 0;
    return line;
  };
  for await (const chunk of chunks) {
    const lines: (string | undefined)[] = [];
    let at = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, at)) {
      keep(chunk.subarray(at, end));
      lines.push(take());
      at = end + 1;
    }
    keep(chunk.subarray(at));
    if (lines.length > 0) yield lines;
  }
  if (size > 0) yield [take()];
}
