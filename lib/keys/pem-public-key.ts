const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';

/**
 * The bytes of a PEM block without its first and last line, as Go's encoding/pem finds them when those lines are
 * put around the text: further blocks, headers and spaces within are taken as it takes them. Undefined when there
 * is none.
 */
export function readPemBody(text: string): Uint8Array | undefined {
  const lines = [`${BEGIN}PUBLIC KEY${DASHES}`, ...text.split('\n'), `${END}PUBLIC KEY${DASHES}`];
  const ends = nextEnds(lines);
  for (let at = 0; at < lines.length;) {
    const first = lines[at]!;
    at += 1;
    if (!first.startsWith(BEGIN)) continue;
    const type = trimLine(first.slice(BEGIN.length));
    if (!type.endsWith(DASHES)) continue;
    const start = at;
    while (at < lines.length && trimLine(lines[at]!).includes(':')) at += 1;
    // Only without headers may the last line come at once.
    const end = ends[at === start ? at : at + 1];
    if (end === undefined || trimLine(lines[end]!.slice(END.length)) !== type) continue;
    const bytes = decode(lines, at, end);
    if (bytes) return bytes;
  }
  return undefined;
}

/** For each line the first one from there on that ends a block. */
function nextEnds(lines: readonly string[]): (number | undefined)[] {
  const ends: (number | undefined)[] = Array.from({ length: lines.length + 1 });
  for (let at = lines.length - 1; at >= 0; at -= 1) ends[at] = lines[at]!.startsWith(END) ? at : ends[at + 1];
  return ends;
}

function trimLine(line: string): string {
  let end = line.endsWith('\r') ? line.length - 1 : line.length;
  while (line[end - 1] === ' ' || line[end - 1] === '\t') end -= 1;
  return line.slice(0, end);
}

/** Base64 with its padding, out of the lines from `start` to before `end`; undefined at the first that is none. */
function decode(lines: readonly string[], start: number, end: number): Uint8Array | undefined {
  for (let at = start; at < end; at += 1) if (!/^[A-Za-z0-9+/=\r \t]*$/.test(lines[at]!)) return undefined;
  const text = lines.slice(start, end).join('').replace(/[\r \t]+/g, '');
  const isWhole = text.length % 4 === 0 && /^[^=]*={0,2}$/.test(text);
  return isWhole ? new Uint8Array(Buffer.from(text, 'base64')) : undefined;
}
