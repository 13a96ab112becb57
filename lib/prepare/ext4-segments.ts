import { open } from 'node:fs/promises';
import zlib from 'node:zlib';
import { AppError } from '../errors';
import type { Segment } from '../image/plan';
import type { Ext4FileSystem } from '../image/read/ext4';
import type { Reader } from '../image/read/reader';
import { SegmentList } from '../image/segments';
import { isFile } from '../seed/tree';
import type { Ext4Content } from './make-ext4';

type Blob = Extract<Segment, { kind: 'blob' }>;
type Placed = { start: number; segment: Blob };

const CHUNK_BYTES = 2 ** 20;
const PIECE_BYTES = 4096;
const ZEROS = Buffer.alloc(CHUNK_BYTES);

/** The bytes of a file system: where its files lie, ranges of what they came from; the rest is read, and zeros are not kept. */
export async function readExt4Segments(made: Ext4FileSystem, image: Reader, content: Pick<Ext4Content, 'tree' | 'paths' | 'sizeBytes'>, signal: AbortSignal): Promise<Segment[]> {
  const list = new SegmentList();
  for (const { start, segment } of await placeFiles(made, content, signal)) {
    await copyRest(image, list, start, signal);
    list.push(segment);
  }
  await copyRest(image, list, Math.min(image.sizeBytes, content.sizeBytes), signal);
  list.zerosTo(content.sizeBytes);
  return list.segments;
}

async function placeFiles(made: Ext4FileSystem, { tree, paths }: Pick<Ext4Content, 'tree' | 'paths'>, signal: AbortSignal): Promise<Placed[]> {
  const placed: Placed[] = [];
  for (const { path, content } of tree.filter(isFile)) {
    if (content.kind !== 'blob') continue;
    const { sha3_384, sizeBytes } = content;
    for (const { logical, first, count } of made.find(path)!.extents) {
      const offset = logical * made.volume.blockBytes;
      const length = Math.min(count * made.volume.blockBytes, sizeBytes - offset);
      if (length <= 0) throw new AppError('ext4-failed', `The ext4 file system has more blocks of ${path} than it has bytes.`);
      const range: Blob = { kind: 'blob', sha3_384, offset, length };
      placed.push({ start: first * made.volume.blockBytes, segment: length === sizeBytes ? range : { ...range, crc32: await crcOf(paths.get(sha3_384)!, range, signal) } });
    }
  }
  return placed.sort((a, b) => a.start - b.start);
}

/** Of a part of a file nobody knows it yet. */
async function crcOf(path: string, { offset, length }: Blob, signal: AbortSignal): Promise<number> {
  const file = await open(path, 'r');
  try {
    let crc = 0;
    for await (const chunk of file.createReadStream({ start: offset, end: offset + length - 1, highWaterMark: CHUNK_BYTES, autoClose: false, signal })) crc = zlib.crc32(chunk as Buffer, crc);
    return crc;
  } finally {
    await file.close();
  }
}

/** Up to `end`: whole pieces of zeros are left out. */
async function copyRest(image: Reader, list: SegmentList, end: number, signal: AbortSignal): Promise<void> {
  while (list.sizeBytes < end) {
    signal.throwIfAborted();
    // What follows the end of a file begins within a piece.
    const until = Math.min(list.sizeBytes % PIECE_BYTES === 0 ? list.sizeBytes + CHUNK_BYTES : Math.ceil(list.sizeBytes / PIECE_BYTES) * PIECE_BYTES, end);
    const chunk = await image.read(list.sizeBytes, until - list.sizeBytes);
    if (ZEROS.compare(chunk, 0, chunk.length, 0, chunk.length) === 0) list.zeros(chunk.length);
    else copyPieces(list, chunk);
  }
}

function copyPieces(list: SegmentList, chunk: Uint8Array): void {
  const isZero = (at: number): boolean => ZEROS.compare(chunk, at, Math.min(at + PIECE_BYTES, chunk.length), 0, Math.min(PIECE_BYTES, chunk.length - at)) === 0;
  for (let at = 0; at < chunk.length; ) {
    const zero = isZero(at);
    let until = at;
    while (until < chunk.length && isZero(until) === zero) until += PIECE_BYTES;
    until = Math.min(until, chunk.length);
    if (zero) list.zeros(until - at);
    else list.bytes(chunk.slice(at, until));
    at = until;
  }
}
