import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { FileTrouble, Misuse } from './failure';

/** What a command sees of the world. */
export type Terminal = {
  /** Relative names of files start here. */
  folder: string;
  /** Bytes of a file, or of stdin for `-`. Throws FileTrouble with a sentence that names the file. */
  read(file: string): Promise<Uint8Array>;
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
    async read(file) {
      if (file !== '-') return readNamed(path.resolve(folder, file), file);
      if (stdinTaken) throw new Misuse('Standard input can be read once: give "-" for one file only.');
      stdinTaken = true;
      const chunks: Uint8Array[] = [];
      for await (const chunk of stdin as AsyncIterable<Uint8Array>) chunks.push(chunk);
      return new Uint8Array(Buffer.concat(chunks));
    },
    async write(part) {
      if (part.length > 0 && !stdout.write(part)) await new Promise((resolve) => stdout.once('drain', resolve));
    },
    say: (line) => void stderr.write(`${line}\n`),
  };
}

async function readNamed(whole: string, file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(whole));
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new FileTrouble(`${file} cannot be read: ${REASONS[code] ?? message}.`, { cause: error });
  }
}
