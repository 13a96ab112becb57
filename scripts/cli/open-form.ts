import { ftruncateSync, writeSync } from 'node:fs';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAppError } from '../../lib/errors';
import type { ImageForm } from '../../lib/image/forms';
import { isQcow2, openQcow2 } from '../../lib/image/read/qcow2';
import type { Reader } from '../../lib/image/read/reader';
import { readerOf } from '../../lib/storage/file-reader';
import { runTool } from '../../lib/tools/run';
import { FileTrouble, Refusal } from './failure';

export type OpenForm = { form: ImageForm; /** Of the disk, whatever its form. */ reader: Reader; close(): Promise<void> };

/** A disk larger than that is not unpacked. */
const MAX_BYTES = 70 * 2 ** 30;
const TIMEOUT_SECONDS = 2 * 3600;
const COMPRESSED = [
  { form: 'zst', start: [0x28, 0xb5, 0x2f, 0xfd], tool: 'zstd', args: ['-dcq'] },
  // A frame to be passed over, with which a file may begin.
  { form: 'zst', start: [0x50, 0x2a, 0x4d, 0x18], tool: 'zstd', args: ['-dcq'] },
  { form: 'xz', start: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], tool: 'xz', args: ['-dcq'] },
  { form: 'gz', start: [0x1f, 0x8b], tool: 'gzip', args: ['-dcq'] },
] as const;

/**
 * An image in any of its forms as the disk that it is, told by its content. What is compressed is unpacked into a file that has no name any more, so that nothing
 * is left of it whatever happens. `maxBytes` of the unpacked disk. Throws FileTrouble, Refusal `form-broken` or `form-too-big`, AppError of tools and of qcow2.
 */
export async function openForm(name: string, folder: string, maxBytes = MAX_BYTES): Promise<OpenForm> {
  const whole = path.resolve(folder, name);
  const file = await openFile(whole, name);
  try {
    const reader = await readerOf(file);
    const start = await reader.read(0, Math.min(reader.sizeBytes, 8));
    if (isQcow2(start)) return { form: 'qcow2', reader: await openQcow2(reader), close: () => file.close() };
    const compressed = COMPRESSED.find((each) => each.start.every((byte, i) => start[i] === byte));
    if (!compressed) return { form: 'raw', reader, close: () => file.close() };
    const disk = await unpack(whole, name, compressed, maxBytes);
    await file.close();
    return { form: compressed.form, ...disk };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openFile(whole: string, name: string): Promise<FileHandle> {
  const trouble = (why: string, cause?: unknown): FileTrouble => new FileTrouble(`${name} cannot be read: ${why}.`, { cause });
  const file = await open(whole, 'r').catch((error: NodeJS.ErrnoException) => {
    throw trouble(error.code === 'ENOENT' ? 'there is no such file' : error.message, error);
  });
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw trouble('it is no file');
}

async function unpack(whole: string, name: string, { tool, args }: (typeof COMPRESSED)[number], maxBytes: number): Promise<{ reader: Reader; close(): Promise<void> }> {
  const file = await openNameless();
  try {
    const writer = sparseWriter(file.fd);
    const { exitCode } = await runTool(tool, [...args, { reads: whole }], { timeoutSeconds: TIMEOUT_SECONDS, maxOutputBytes: maxBytes, onOutput: writer.write }).catch((error: unknown) => {
      if (isAppError(error) && error.code === 'tool-output-too-big') throw new Refusal('form-too-big', `${name}: Unpacked it has more than ${maxBytes} bytes; no more are read.`, { cause: error });
      throw error;
    });
    if (exitCode !== 0) throw new Refusal('form-broken', `${name}: ${tool} cannot unpack all of it: it is cut short, was changed, or has something behind its end.`);
    writer.end();
    return { reader: await readerOf(file), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A file of the system's temporary folder that is gone when it is closed. */
async function openNameless(): Promise<FileHandle> {
  const folder = await mkdtemp(path.join(tmpdir(), 'imprint-image-'));
  try {
    return await open(path.join(folder, 'disk'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const ZEROS = Buffer.alloc(64 * 1024);

/** Writes one after another; pieces that are all zeros become holes. */
function sparseWriter(fd: number): { write(chunk: Buffer): void; end(): void } {
  let at = 0;
  const write = (chunk: Buffer): void => {
    for (let done = 0; done < chunk.length; done += ZEROS.length) {
      const piece = chunk.subarray(done, done + ZEROS.length);
      if (!piece.equals(ZEROS.subarray(0, piece.length))) writeAll(fd, piece, at);
      at += piece.length;
    }
  };
  return { write, end: () => ftruncateSync(fd, at) };
}

function writeAll(fd: number, piece: Buffer, at: number): void {
  try {
    for (let done = 0; done < piece.length; ) done += writeSync(fd, piece, done, piece.length - done, at + done);
  } catch (error) {
    throw new FileTrouble(`The image cannot be unpacked into ${tmpdir()}: ${(error as Error).message}.`, { cause: error });
  }
}
