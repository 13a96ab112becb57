import { createHash, randomUUID } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../errors';
import type { BlobStore, ListedBlob, StoredBlob } from './blob-store';
import { abortable } from './abortable';
import { OLD_MS, sweepHalfWritten } from './sweep';

/** Three times as fast as node's 64 KiB when streamed to a socket. */
const CHUNK_BYTES = 1024 * 1024;

/** Blobs of version 0.1 are named by their SHA-256. */
const isDigest = (name: string): boolean => /^[0-9a-f]{64}(?:[0-9a-f]{32})?$/.test(name);

/** A BlobStore in one folder of a local or shared disk: `blobs/ab/abcd…` for what is kept, `writing/` for what is not yet. */
export class LocalStore implements BlobStore {
  private readonly writing: string;
  private swept: Promise<unknown> | undefined;

  constructor(private readonly root: string) {
    this.writing = join(root, 'writing');
  }

  async put(source: AsyncIterable<Uint8Array>, options: { signal?: AbortSignal; onBytes?: (written: number) => void } = {}): Promise<StoredBlob> {
    await this.prepare();
    const half = this.newHalf();
    try {
      const blob = await writeHalf(half, source, options);
      await this.keep(half, blob.sha3_384);
      return blob;
    } catch (error) {
      throw await this.explain(error);
    } finally {
      await rm(half, { force: true });
    }
  }

  async adopt(path: string, sha3_384: string): Promise<void> {
    if (await this.stat(sha3_384)) return;
    await this.prepare();
    const half = this.newHalf();
    try {
      await linkOrCopy(path, half);
      await this.keep(half, sha3_384);
    } catch (error) {
      throw await this.explain(error);
    } finally {
      await rm(half, { force: true });
    }
  }

  async stat(sha3_384: string): Promise<StoredBlob | undefined> {
    const found = await stat(this.pathOf(sha3_384)).catch(undefinedWhenAbsent);
    return found && { sha3_384, sizeBytes: found.size };
  }

  async read(sha3_384: string, range?: { start: number; end: number }): Promise<Readable> {
    return (await this.open(sha3_384)).createReadStream({ ...range, highWaterMark: CHUNK_BYTES });
  }

  async open(sha3_384: string): Promise<FileHandle> {
    const file = await open(this.pathOf(sha3_384), constants.O_RDONLY).catch(undefinedWhenAbsent);
    if (!file) throw new AppError('not-found', `The blob with SHA3-384 ${sha3_384} is not in the store. It may have been deleted.`);
    return file;
  }

  async delete(sha3_384: string): Promise<void> {
    await rm(this.pathOf(sha3_384), { force: true });
  }

  async *list(): AsyncGenerator<ListedBlob> {
    for (const folder of await readdir(join(this.root, 'blobs')).catch(noneWhenAbsent)) {
      for (const sha3_384 of (await readdir(join(this.root, 'blobs', folder)).catch(noneWhenAbsent)).filter(isDigest)) {
        const found = await stat(this.pathOf(sha3_384)).catch(undefinedWhenAbsent);
        // A link keeps the age of the file that it links to; the change of the file's links is younger.
        if (found) yield { sha3_384, sizeBytes: found.size, storedAt: found.ctime };
      }
    }
  }

  async removeHalfWritten(untouchedSince: Date): Promise<{ files: number; sizeBytes: number }> {
    await mkdir(this.writing, { recursive: true });
    return sweepHalfWritten(this.writing, untouchedSince.getTime());
  }

  async freeBytes(): Promise<number> {
    await mkdir(this.root, { recursive: true });
    const { bavail, bsize } = await statfs(this.root);
    return bavail * bsize;
  }

  private pathOf(digest: string): string {
    if (!isDigest(digest)) throw new AppError('not-found', 'A blob is named by the 96 hexadecimal digits of its SHA3-384.');
    return join(this.root, 'blobs', digest.slice(0, 2), digest);
  }

  /** Host and process are in the name, so that whoever sweeps knows whether its writer still lives. */
  private newHalf(): string {
    return join(this.writing, `${hostname()}.${process.pid}.${randomUUID()}`);
  }

  private async prepare(): Promise<void> {
    await mkdir(this.writing, { recursive: true });
    this.swept ??= sweepHalfWritten(this.writing, Date.now() - OLD_MS);
    await this.swept;
  }

  private async keep(half: string, sha3_384: string): Promise<void> {
    const path = this.pathOf(sha3_384);
    if (await this.stat(sha3_384)) return;
    await mkdir(dirname(path), { recursive: true });
    await rename(half, path);
    await syncFolder(dirname(path));
  }

  private async explain(error: unknown): Promise<unknown> {
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
    const freeBytes = await this.freeBytes();
    return new AppError('disk-full', `The disk of the artifact store is full: ${Math.floor(freeBytes / 1e6)} MB are free in ${this.root}. Delete old artifacts or give it more room, then build again.`, {
      details: { freeBytes },
      cause: error,
    });
  }
}

async function writeHalf(path: string, source: AsyncIterable<Uint8Array>, options: { signal?: AbortSignal; onBytes?: (written: number) => void }): Promise<StoredBlob> {
  const file = await open(path, 'wx', 0o640);
  try {
    const hash = createHash('sha3-384');
    let sizeBytes = 0;
    for await (const chunk of inBlocks(abortable(source, options.signal))) {
      await writeAndHash(file, hash, chunk, sizeBytes);
      sizeBytes += chunk.length;
      options.onBytes?.(sizeBytes);
    }
    options.signal?.throwIfAborted();
    await file.truncate(sizeBytes);
    await file.datasync();
    return { sha3_384: hash.digest('hex'), sizeBytes };
  } finally {
    await file.close();
  }
}

/** The write runs in another thread while this one hashes. */
async function writeAndHash(file: FileHandle, hash: Hash, chunk: Uint8Array, position: number): Promise<void> {
  const written = writeAll(file, chunk, position);
  hash.update(chunk);
  await written;
}

/** Pieces that are all zeros become holes. */
async function writeAll(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < chunk.length; ) {
    const from = at;
    const isHole = isZeros(chunk.subarray(at, at + HOLE_BYTES));
    while (at < chunk.length && isZeros(chunk.subarray(at, at + HOLE_BYTES)) === isHole) at = Math.min(at + HOLE_BYTES, chunk.length);
    for (let done = from; !isHole && done < at; ) done += (await file.write(chunk, done, at - done, position + done)).bytesWritten;
  }
}

const HOLE_BYTES = 64 * 1024;
const ZEROS = Buffer.alloc(HOLE_BYTES);
const isZeros = (piece: Uint8Array): boolean => ZEROS.compare(piece, 0, piece.length, 0, piece.length) === 0;

/** Large chunks as they come, small ones gathered into one buffer: an image's plan has many pieces of a few bytes. */
async function* inBlocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  let filled = 0;
  for await (const chunk of source) {
    if (filled + chunk.length > CHUNK_BYTES && filled > 0) {
      yield buffer.subarray(0, filled);
      filled = 0;
    }
    if (chunk.length >= CHUNK_BYTES / 4 && filled === 0) {
      yield chunk;
    } else {
      buffer.set(chunk, filled);
      filled += chunk.length;
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

/** On another file system, or where files cannot be linked, a link is refused; a copy is on the disk for good before it is kept. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    const file = await open(to, constants.O_RDONLY);
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function undefinedWhenAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function noneWhenAbsent(error: NodeJS.ErrnoException): string[] {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
  return [];
}
