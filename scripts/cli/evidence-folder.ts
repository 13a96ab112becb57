import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseChecksums } from '../../lib/evidence/checksums';
import type { Checksum } from '../../lib/evidence/checksums';
import { CHECKSUMS_NAME } from '../../lib/evidence/file-names';
import { about, FileTrouble, Refusal } from './failure';

/** Documents are some kilobytes; nothing that is larger is one of them. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

/** A list of checksums and the files that stand beside it, of which any number may be missing. */
export class EvidenceFolder {
  readonly checksums: readonly Checksum[];
  readonly #folder: string;

  private constructor(folder: string, checksums: Checksum[]) {
    this.#folder = folder;
    this.checksums = checksums;
  }

  /** `name` is a folder that holds SHA256SUMS, or such a list under any name. Throws FileTrouble, or Refusal for what is no such list. */
  static async open(name: string, base: string): Promise<EvidenceFolder> {
    const whole = path.resolve(base, name);
    const isFolder = (await statOf(whole))?.isDirectory() ?? false;
    const [file, shown] = isFolder ? [path.join(whole, CHECKSUMS_NAME), path.join(name, CHECKSUMS_NAME)] : [whole, name];
    const bytes = await readDocument(file, shown);
    if (!bytes) throw new FileTrouble(`${shown} cannot be read: there is no such file.`);
    return new EvidenceFolder(path.dirname(file), await about(shown, () => parseChecksums(bytes.toString('utf8'))));
  }

  get names(): string[] {
    return this.checksums.map(({ fileName }) => fileName);
  }

  /** undefined where there is none. Throws FileTrouble where it cannot be read, Refusal where it is too large. */
  read(name: string): Promise<Buffer | undefined> {
    return readDocument(path.join(this.#folder, name), name);
  }

  /** SHA-256 in hexadecimal, of a file of any size. undefined where there is none. */
  async digest(name: string): Promise<string | undefined> {
    const file = path.join(this.#folder, name);
    if (!(await fileSize(file, name))) return undefined;
    const hash = createHash('sha256');
    try {
      for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
    } catch (error) {
      throw unreadable(name, error);
    }
    return hash.digest('hex');
  }
}

async function readDocument(file: string, name: string): Promise<Buffer | undefined> {
  const found = await fileSize(file, name);
  if (!found) return undefined;
  if (found.sizeBytes > MAX_DOCUMENT_BYTES) throw new Refusal('document-too-large', `${name}: This is too large to be what its name says.`);
  return readFile(file).catch((error: unknown) => {
    throw unreadable(name, error);
  });
}

/** undefined where there is none. A pipe or a folder under a file's name is none that came with an image. */
async function fileSize(file: string, name: string): Promise<{ sizeBytes: number } | undefined> {
  const found = await statOf(file);
  if (found && !found.isFile()) throw new Refusal('not-a-file', `${name}: This is no file.`);
  return found && { sizeBytes: found.size };
}

const statOf = (file: string) =>
  stat(file).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(file, error);
  });

const unreadable = (name: string, error: unknown): FileTrouble => new FileTrouble(`${name} cannot be read: ${(error as Error).message}.`, { cause: error });
