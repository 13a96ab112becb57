/**
 * The text of a YAML file as far as it can be read; `fault` says why not all of it can, and in which line.
 */
export type DecodedYaml = { text: string; fault?: string | undefined };

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/**
 * What Go's YAML decodes at once: a character that it does not take also spoils what stands before it in
 * these.
 */
const CHUNK_BYTES = 512;

/**
 * Not taken as they are (yaml.v2 readerc.go): control characters but tab and line breaks, U+FFFE and U+FFFF.
 */
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/** UTF-8, or UTF-16 behind its byte order mark, as Go's YAML takes it. Never throws. */
export function decodeYaml(bytes: Uint8Array): DecodedYaml {
  const { encoding, markBytes } = encodingOf(bytes);
  const content = bytes.subarray(markBytes);
  // Go's YAML then loses a character of each line.
  if (markBytes > 0 && encodingOf(content).markBytes > 0)
    return { text: '', fault: 'line 1: a second byte order mark stands there' };
  const validBytes = countValid(content, encoding);
  const text = decode(content.subarray(0, validBytes), encoding);
  const at = text.search(FORBIDDEN);
  if (at >= 0) {
    const code = text.charCodeAt(at);
    const hex = code.toString(16).toUpperCase().padStart(4, '0');
    const before = text.slice(0, at);
    return {
      text: beforeChunk(before, markBytes, encoding, sizeOf(code, encoding)),
      fault: `line ${lineAfter(before)}: U+${hex} cannot stand there as it is`,
    };
  }
  if (validBytes === content.length) return { text };
  const neededBytes = encoding === 'utf-8' ? utf8Size(content[validBytes]!) : 2;
  const isCutOff = validBytes + neededBytes > content.length;
  const fault = `line ${lineAfter(text)}: the bytes are no ${encoding === 'utf-8' ? 'UTF-8' : 'UTF-16'}`;
  return { text: isCutOff ? text : beforeChunk(text, markBytes, encoding, neededBytes), fault };
}

const lineAfter = (text: string): number => text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).length;

function encodingOf([first, second, third]: Uint8Array): { encoding: Encoding; markBytes: number } {
  if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le', markBytes: 2 };
  if (first === 0xfe && second === 0xff) return { encoding: 'utf-16be', markBytes: 2 };
  return { encoding: 'utf-8', markBytes: first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0 };
}

const decode = (bytes: Uint8Array, encoding: Encoding, stream = false): string =>
  new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes, { stream });

function canDecode(bytes: Uint8Array, encoding: Encoding, stream = false): boolean {
  try {
    decode(bytes, encoding, stream);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** How many bytes are whole characters, up to the first that is none. */
function countValid(bytes: Uint8Array, encoding: Encoding): number {
  if (canDecode(bytes, encoding)) return bytes.length;
  let [good, bad] = [0, bytes.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (canDecode(bytes.subarray(0, middle), encoding, true)) good = middle;
    else bad = middle;
  }
  while (!canDecode(bytes.subarray(0, good), encoding)) good -= 1;
  return good;
}

/** Of a character by its first byte. */
const utf8Size = (byte: number): number =>
  byte < 0xc0 || byte > 0xf7 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;

function sizeOf(code: number, encoding: Encoding): number {
  if (encoding !== 'utf-8') return code > 0xffff ? 4 : 2;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/**
 * All of `text` but the chunk that a character of `nextBytes` behind it would share. Chunks end between
 * characters.
 */
function beforeChunk(text: string, markBytes: number, encoding: Encoding, nextBytes: number): string {
  let start = 0;
  let usedBytes = markBytes;
  for (let i = 0; i < text.length;) {
    const code = text.codePointAt(i)!;
    const bytes = sizeOf(code, encoding);
    if (usedBytes + bytes > CHUNK_BYTES) [start, usedBytes] = [i, 0];
    usedBytes += bytes;
    i += code > 0xffff ? 2 : 1;
  }
  return usedBytes + nextBytes > CHUNK_BYTES ? text : text.slice(0, start);
}
