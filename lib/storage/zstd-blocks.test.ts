import { spawnSync } from 'node:child_process';
import { compress, init } from '@bokuweb/zstd-wasm';
import * as zstd from '@bokuweb/zstd-wasm';
import { beforeAll, expect, it, vi } from 'vitest';
import { encodeZst } from '../image/zst';
import { noise, plain } from '../image/testing';
import { compressToBlocks } from './zstd-blocks.mjs';

// Tools share the machine with others.
vi.setConfig({ testTimeout: 60_000 });

beforeAll(() => init());

const LEVEL = 9;
const pack = (piece: Uint8Array): Buffer => Buffer.from(compressToBlocks(zstd, piece, LEVEL));

/** One frame with the pieces' blocks, as the stock tool unpacks it. */
function unpack(pieces: Uint8Array[], packed: Buffer[]): Buffer | undefined {
  const blank = pieces.map((piece, i) => ({
    kind: 'blob' as const,
    sha3_384: 'a',
    offset: 0,
    length: piece.length,
    packed: { zst: { sha3_384: `${i}`, offset: 0, length: packed[i]!.length } },
  }));
  const { segments } = encodeZst(blank);
  const frame = Buffer.concat(
    segments.map((segment) =>
      segment.kind === 'blob' ? packed[Number(segment.sha3_384)]! : plain([segment]),
    ),
  );
  const { status, stdout } = spawnSync('/usr/bin/zstd', ['-dcq'], { input: frame, maxBuffer: 2 ** 28 });
  return status === 0 ? stdout : undefined;
}

/**
 * Runs, a period with errors, few values, counters, and all but noise: of each some that begin with a repeat.
 */
function pieceOf(seed: number): Uint8Array {
  const random = noise(seed, 3000);
  const length = 1 + random[0]! * (seed % 7 === 0 ? 1000 : 40);
  const bytes = new Uint8Array(length);
  const [kind, period] = [seed % 5, 1 + random[1]! * 5];
  for (let i = 0; i < length; i += 1) {
    const own = random[i % 3000]!;
    if (kind === 0) bytes[i] = random[(i >> (1 + (own & 3))) % 3000]!;
    else if (kind === 1) bytes[i] = i < period || own === 7 ? own : bytes[i - period]!;
    else if (kind === 2) bytes[i] = own > 200 ? own & 3 : 0;
    else if (kind === 3) bytes[i] = i % 4 === 0 ? (i >> 2) & 0xff : (i >> 10) & (i % 4 === 1 ? 0xff : 0);
    else bytes[i] = own ^ (i >> 12);
  }
  return bytes;
}

it('stand in one frame, whatever stands before them', () => {
  const pieces = Array.from({ length: 300 }, (_, i) => pieceOf(i));
  const packed = pieces.map(pack);
  expect(unpack(pieces, packed)!.equals(Buffer.concat(pieces))).toBe(true);
  const sum = (all: { length: number }[]): number => all.reduce((bytes, { length }) => bytes + length, 0);
  // As short as frames of their own.
  expect(sum(packed)).toBeLessThan(1.01 * sum(pieces.map((piece) => compress(piece, LEVEL))));
});

it('refer to nothing before, where those of a frame of its own do', () => {
  const piece = new Uint8Array(5000).fill(7, 100, 4000);
  const frame = Buffer.from(compress(piece, LEVEL));
  // A header of 5 and 2 bytes before the one block.
  const own = Buffer.concat([Buffer.of(frame[7]! & 0xfe), frame.subarray(8)]);
  const before = pieceOf(1);
  const [first, second] = [pack(before), pack(piece)];
  expect(unpack([piece], [own])!.equals(piece)).toBe(true);
  expect(unpack([before, piece], [first, own])?.equals(Buffer.concat([before, piece])) ?? false).toBe(false);
  expect(unpack([before, piece], [first, second])!.equals(Buffer.concat([before, piece]))).toBe(true);
});

it('are raw when every dictionary is of use', () => {
  const other = { ...zstd, decompress: () => new Uint8Array(0) };
  const piece = noise(3, 300_000);
  expect(compressToBlocks(other, piece, LEVEL)).toHaveLength(300_000 + 3 * 3);
  expect(unpack([piece], [Buffer.from(compressToBlocks(other, piece, LEVEL))])!.equals(piece)).toBe(true);
});
