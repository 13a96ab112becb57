import { compareBytes } from '../bytes';
import { AppError } from '../errors';
import type { EvidenceFile } from './input';

export type Checksum = { fileName: string; /** Lower-case hexadecimal. */ sha256: string };

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r' };
const UNESCAPES: Record<string, string> = Object.fromEntries(Object.entries(ESCAPES).map(([plain, escaped]) => [escaped, plain]));

/**
 * SHA256SUMS as `sha256sum -c` takes it, sorted by name: the digest, two spaces, the name. Where a name has a backslash or a line's end, those are
 * escaped and a backslash stands before the line (coreutils, md5sum invocation).
 */
export const writeChecksums = (files: readonly Pick<EvidenceFile, 'fileName' | 'sha256'>[]): string =>
  [...files]
    .sort((a, b) => compareBytes(a.fileName, b.fileName))
    .map(({ fileName, sha256 }) => {
      if (!isPlainName(fileName)) throw new RangeError(`"${fileName}" is no file name`);
      const escaped = fileName.replace(/[\\\n\r]/g, (c) => ESCAPES[c]!);
      return `${escaped === fileName ? '' : '\\'}${sha256}  ${escaped}\n`;
    })
    .join('');

/** Digest, a space, and a space for text or `*` for binary, which is the same to sha256sum. */
const LINE = /^(\\?)([0-9a-fA-F]{64}) [ *]([^]+)$/;

/**
 * Reads such a list. Throws AppError `checksums-malformed`, with the line: for what is no such line, a name that leads out of the folder,
 * or a name that is there twice.
 */
export function parseChecksums(text: string): Checksum[] {
  const found = new Map<string, Checksum>();
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  lines.forEach((raw, i) => {
    const refuse = (sentence: string): never => {
      throw new AppError('checksums-malformed', `${sentence} (line ${i + 1}).`, { details: { line: i + 1 } });
    };
    const match = LINE.exec(raw.endsWith('\r') ? raw.slice(0, -1) : raw) ?? refuse('This is no checksum: a line is a SHA-256 in hexadecimal, two spaces and the name of a file');
    const fileName = match[1] === '' ? match[3]! : (unescape(match[3]!) ?? refuse('The name has an escape that there is not'));
    if (!isPlainName(fileName)) refuse(`"${fileName}" is no name of a file in the same folder`);
    if (found.has(fileName)) refuse(`${fileName} is listed twice`);
    found.set(fileName, { fileName, sha256: match[2]!.toLowerCase() });
  });
  return [...found.values()];
}

function unescape(text: string): string | undefined {
  const plain = text.replace(/\\[\\nr]/g, (escape) => UNESCAPES[escape]!);
  return /\\(?:[^\\nr]|$)/.test(text.replace(/\\[\\nr]/g, '')) ? undefined : plain;
}

/** Without a folder. */
const isPlainName = (name: string): boolean => name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
