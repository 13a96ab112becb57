import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { LogFile } from './log-file';

const MAX_SHOWN = 300;
/** Characters of a line that are kept: a process may pass on what strangers sent. */
const MAX_LINE = 8192;
const NEWEST = 12;

/**
 * Keeps every line of a process, and passes on what somebody at the console should see.
 * Returns the newest lines, for when it ends badly.
 */
export function followOutput(streams: Readable[], into: LogFile, show: (line: string) => void): () => string {
  const newest: string[] = [];
  const take = (line: string) => {
    into.write(line);
    newest.push(line);
    if (newest.length > NEWEST) newest.shift();
    const shown = forConsole(line);
    if (shown !== undefined) show(shown);
  };
  for (const stream of streams) splitLines(stream, take);
  return () => newest.map((line) => forConsole(line) ?? '').filter((line) => line !== '').join('\n');
}

/** Lines without their ends, shortened to what is kept, so that a line that never ends takes no memory. */
function splitLines(stream: Readable, take: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let line = '';
  const add = (text: string) => {
    if (line.length <= MAX_LINE) line += text.slice(0, MAX_LINE + 1 - line.length);
  };
  const finish = () => {
    take(escapeControls(line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line));
    line = '';
  };
  stream.on('data', (chunk: Buffer) => {
    const [first = '', ...rest] = decoder.write(chunk).split(/\r?\n/);
    add(first);
    for (const next of rest) {
      finish();
      add(next);
    }
  });
  stream.on('end', () => {
    if (line !== '') finish();
  });
}

/** What could move a terminal's cursor, hide text or turn its direction, as its code. */
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export const escapeControls = (line: string): string =>
  line.replace(CONTROLS, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

const LOUD = new Set(['warn', 'error', 'fatal']);

/** Log lines from warnings up, shortened; other lines as they are. Undefined for what is only of interest in the file. */
export function forConsole(line: string): string | undefined {
  if (line.trim() === '') return undefined;
  const entry = line.startsWith('{') ? parseEntry(line) : undefined;
  if (!entry) return shorten(line);
  if (!LOUD.has(String(entry.level))) return undefined;
  const cause = (entry.err as { message?: string } | undefined)?.message;
  const reason = cause && cause !== entry.msg ? ` (${cause})` : '';
  return escapeControls(shorten(`${String(entry.level)}: ${String(entry.msg ?? '')}${reason}`));
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const shorten = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
