import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { FileTrouble, Misuse, Refusal } from './failure';

/** What a command sees of the world. */
export type Terminal = {
  /** Relative names of files start here. */
  folder: string;
  /** Bytes of a file, or of stdin for `-`. Throws FileTrouble with a sentence that names the file, Refusal `file-too-big` for more than `maxBytes`. */
  read(file: string, maxBytes?: number): Promise<Uint8Array>;
  stdin: AsyncIterable<Uint8Array>;
  /** A part of the result. Waits until whoever reads has room for more. */
  write(part: string | Uint8Array): Promise<void>;
  /** A line for people, on stderr. */
  say(line: string): void;
};

/** What a file is called in sentences. */
export const nameOf = (file: string): string => (file === '-' ? 'standard input' : file);

const REASONS: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'you may not read it', ENOTDIR: 'a part of its path is no folder' };

export function openTerminal(folder: string): Terminal {
  let stdinTaken = false;
  const { stdin, stdout, stderr } = process;
  return {
    folder,
    stdin,
    async read(file, maxBytes = MAX_BYTES) {
      if (file !== '-') return readNamed(path.resolve(folder, file), file, maxBytes);
      if (stdinTaken) throw new Misuse('Standard input can be read once: give "-" for one file only.');
      stdinTaken = true;
      return gather(stdin as AsyncIterable<Uint8Array>, file, maxBytes);
    },
    async write(part) {
      if (part.length > 0 && !stdout.write(part)) await new Promise((resolve) => stdout.once('drain', resolve));
    },
    say: (line) => void stderr.write(`${printable(line)}\n`),
  };
}

/** No text that a command reads is longer; images and snaps are read in pieces. */
const MAX_BYTES = 256 * 2 ** 20;

const tooBig = (file: string, maxBytes: number): Refusal => new Refusal('file-too-big', `${nameOf(file)}: This is more than ${maxBytes} bytes, too much for what it should be.`);

async function readNamed(whole: string, file: string, maxBytes: number): Promise<Uint8Array> {
  try {
    const { size } = await stat(whole);
    if (size > maxBytes) throw tooBig(file, maxBytes);
    // What has no size, such as a pipe, is read until it ends or is too much.
    return await gather(createReadStream(whole) as AsyncIterable<Uint8Array>, file, maxBytes);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new FileTrouble(`${file} cannot be read: ${REASONS[code] ?? message}.`, { cause: error });
  }
}

async function gather(stream: AsyncIterable<Uint8Array>, file: string, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw tooBig(file, maxBytes);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Names out of a stranger's files may hold what a terminal takes for commands. */
export const printable = (line: string): string => line.replace(/[^\P{Cc}\n\t]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
