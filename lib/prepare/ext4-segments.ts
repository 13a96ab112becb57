import zlib from 'node:zlib';
import { AppError } from '../errors';
import type { Segment } from '../image/plan';
import type { Ext4FileSystem } from '../image/read/ext4';
import { readFreeRanges } from '../image/read/ext4-blocks';
import type { Reader } from '../image/read/reader';
import { contentSegment, markFree, SegmentList } from '../image/segments';
import { OWN_BLOB_BYTES } from '../image/stored-plan';
import { isFile } from '../seed/tree';
import { keepBytes } from '../storage/keep-bytes';
import { crcOf } from './block-map';
import { openerOf } from './content-store';
import type { Ext4Content } from './make-ext4';

type Blob = Extract<Segment, { kind: 'blob' }>;
type Placed = { start: number; segment: Blob };

const CHUNK_BYTES = 2 ** 20;
const PIECE_BYTES = 4096;
const ZEROS = Buffer.alloc(CHUNK_BYTES);

/**
 * The bytes of a file system: where snaps lie, ranges of them; the rest is read, large pieces of it are put
 * into the store, and zeros are not kept. Those in use, by a table, the journal or a file, are no free ones.
 */
export async function readExt4Segments(made: Ext4FileSystem, image: Reader, content: Ext4Content, signal: AbortSignal): Promise<Segment[]> {
  const list = new SegmentList();
  const copyRest = copierOf(image, content, list, signal);
  for (const { start, segment } of await placeSnaps(made, content, signal)) {
    await copyRest(start);
    list.push(segment);
  }
  await copyRest(Math.min(image.sizeBytes, content.sizeBytes));
  list.zerosTo(content.sizeBytes);
  return markFree(list.segments, await readFreeRanges(image, made.volume));
}

async function placeSnaps(made: Ext4FileSystem, { tree, paths, store }: Ext4Content, signal: AbortSignal): Promise<Placed[]> {
  const placed: Placed[] = [];
  for (const { path, content } of tree.filter(isFile)) {
    if (content.kind !== 'blob') continue;
    const { sha3_384, sizeBytes } = content;
    for (const { logical, first, count } of made.find(path)!.extents) {
      const offset = logical * made.volume.blockBytes;
      const length = Math.min(count * made.volume.blockBytes, sizeBytes - offset);
      if (length <= 0) throw new AppError('ext4-failed', `The ext4 file system has more blocks of ${path} than it has bytes.`);
      const range: Blob = { kind: 'blob', sha3_384, offset, length };
      placed.push({ start: first * made.volume.blockBytes, segment: length === sizeBytes ? range : { ...range, crc32: await crcOf(range, openerOf(paths, store), signal) } });
    }
  }
  return placed.sort((a, b) => a.start - b.start);
}

/** Copies up to `end`: whole pieces of zeros are left out, and of the others no more is held than belongs together with the image's small bytes. */
function copierOf(image: Reader, { store }: Ext4Content, list: SegmentList, signal: AbortSignal): (end: number) => Promise<void> {
  const push = async (bytes: Uint8Array): Promise<void> => {
    if (bytes.length < OWN_BLOB_BYTES) list.bytes(bytes);
    else list.push(contentSegment({ kind: 'unpacked', sha3_384: (await keepBytes(store, bytes, { signal })).sha3_384, sizeBytes: bytes.length, crc32: zlib.crc32(bytes) }));
  };
  return async (end) => {
    while (list.sizeBytes < end) {
      signal.throwIfAborted();
      // What follows the end of a file begins within a piece.
      const until = Math.min(list.sizeBytes % PIECE_BYTES === 0 ? list.sizeBytes + CHUNK_BYTES : Math.ceil(list.sizeBytes / PIECE_BYTES) * PIECE_BYTES, end);
      const chunk = await image.read(list.sizeBytes, until - list.sizeBytes);
      if (ZEROS.compare(chunk, 0, chunk.length, 0, chunk.length) === 0) list.zeros(chunk.length);
      else for (const piece of piecesOf(chunk)) await (typeof piece === 'number' ? list.zeros(piece) : push(piece));
    }
  };
}

/** Zeros by their number, and what is between them. */
function* piecesOf(chunk: Uint8Array): Generator<number | Uint8Array> {
  const isZero = (at: number): boolean => ZEROS.compare(chunk, at, Math.min(at + PIECE_BYTES, chunk.length), 0, Math.min(PIECE_BYTES, chunk.length - at)) === 0;
  for (let at = 0; at < chunk.length; ) {
    const zero = isZero(at);
    let until = at;
    while (until < chunk.length && isZero(until) === zero) until += PIECE_BYTES;
    until = Math.min(until, chunk.length);
    yield zero ? until - at : chunk.slice(at, until);
    at = until;
  }
}
