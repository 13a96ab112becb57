import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

const MAX_LOG_BYTES = 20 * 1024 * 1024;
const MAX_SHOWN = 300;

/** Opens `file` to be added to; one that has grown large is put aside as `file.1`, which is kept until the next. */
export function openLog(file: string): WriteStream {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > MAX_LOG_BYTES) renameSync(file, `${file}.1`);
  return createWriteStream(file, { flags: 'a', mode: 0o640 });
}

/** Keeps every line of a process, and passes on what somebody at the console should see. Returns the newest lines, for when it ends badly. */
export function followOutput(streams: Readable[], into: WriteStream, show: (line: string) => void): () => string {
  const newest: string[] = [];
  for (const stream of streams) {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      into.write(`${line}\n`);
      newest.push(line);
      if (newest.length > 12) newest.shift();
      const shown = forConsole(line);
      if (shown !== undefined) show(shown);
    });
  }
  return () => newest.map((line) => forConsole(line) ?? '').filter((line) => line !== '').join('\n');
}

const LOUD = new Set(['warn', 'error', 'fatal']);

/** Log lines from warnings up, shortened; other lines as they are. Undefined for what is only of interest in the file. */
export function forConsole(line: string): string | undefined {
  if (line.trim() === '') return undefined;
  const entry = line.startsWith('{') ? parseEntry(line) : undefined;
  if (!entry) return shorten(line);
  if (!LOUD.has(String(entry.level))) return undefined;
  const cause = (entry.err as { message?: string } | undefined)?.message;
  return shorten(`${String(entry.level)}: ${String(entry.msg ?? '')}${cause && cause !== entry.msg ? ` (${cause})` : ''}`);
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
