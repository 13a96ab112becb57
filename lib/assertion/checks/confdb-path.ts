/** What reads a path, piece by piece. The names are those between the brackets and braces. */
export interface PathReader {
  key(name: string): void;
  /** `{name}` */
  anyKey(name: string): void;
  /** `[0]` */
  index(): void;
  /** `[{name}]` */
  anyIndex(name: string): void;
  /** `[.field={parameter}]`, which belongs to the piece before. */
  filter(field: string, parameter: string): void;
  /** `rest` is no path, or goes on with what is none. */
  stray(rest: string): never;
}

const DOT = 0x2e;
const HYPHEN = 0x2d;
const OPEN = 0x5b;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isLetter = (code: number): boolean => code >= 0x61 && code <= 0x7a;
const isWord = (code: number): boolean => isLetter(code) || isDigit(code);

/**
 * Reads a path, or what goes on after one: `.` before each key, nothing before brackets (snapd confdb/confdb.go ParsePathIntoAccessors).
 * By hand: paths of hostile megabytes would overflow the stack of patterns.
 */
export function readPath(text: string, reader: PathReader): void {
  for (let at = 0; at < text.length; ) at = readPiece(text, at, reader);
}

/** Where the next piece begins. */
function readPiece(text: string, at: number, reader: PathReader): number {
  const code = text.charCodeAt(at);
  const next = code === DOT ? readKey(text, at + 1, reader) : code !== OPEN ? 0 : text.charCodeAt(at + 1) === DOT ? readFilter(text, at, reader) : readIndex(text, at, reader);
  return next > 0 ? next : reader.stray(text.slice(at));
}

function readKey(text: string, at: number, reader: PathReader): number {
  const first = text[at] === '{' ? at + 1 : at;
  const end = nameEnd(text, first);
  if (end === first) return 0;
  const name = text.slice(first, end);
  if (first === at) {
    if (!endsPiece(text, end)) return 0;
    reader.key(name);
    return end;
  }
  if (text[end] !== '}' || !endsPiece(text, end + 1)) return 0;
  reader.anyKey(name);
  return end + 1;
}

function readIndex(text: string, at: number, reader: PathReader): number {
  if (text[at + 1] !== '{') {
    let end = at + 1;
    while (isDigit(text.charCodeAt(end))) end += 1;
    if (end === at + 1 || text[end] !== ']' || !endsPiece(text, end + 1)) return 0;
    reader.index();
    return end + 1;
  }
  const end = nameEnd(text, at + 2);
  if (end === at + 2 || !text.startsWith('}]', end) || !endsPiece(text, end + 2)) return 0;
  reader.anyIndex(text.slice(at + 2, end));
  return end + 2;
}

function readFilter(text: string, at: number, reader: PathReader): number {
  const fieldEnd = nameEnd(text, at + 2);
  if (fieldEnd === at + 2 || !text.startsWith('={', fieldEnd)) return 0;
  const end = nameEnd(text, fieldEnd + 2);
  if (end === fieldEnd + 2 || !text.startsWith('}]', end) || !endsPiece(text, end + 2)) return 0;
  reader.filter(text.slice(at + 2, fieldEnd), text.slice(fieldEnd + 2, end));
  return end + 2;
}

/** The end of the name that begins at `at`: a letter, then letters, digits and single inner hyphens. `at` when there is none. */
function nameEnd(text: string, at: number): number {
  if (!isLetter(text.charCodeAt(at))) return at;
  let end = at + 1;
  for (;;) {
    const code = text.charCodeAt(end);
    if (isWord(code)) end += 1;
    else if (code === HYPHEN && isWord(text.charCodeAt(end + 1))) end += 2;
    else return end;
  }
}

const endsPiece = (text: string, at: number): boolean => at === text.length || text[at] === '.' || text[at] === '[';
