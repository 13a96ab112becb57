import type * as Zstd from '@bokuweb/zstd-wasm';

/**
 * The blocks of a piece, none of them the last of its frame, that stand in any frame whose window holds the
 * piece.
 */
export function compressToBlocks(
  zstd: Pick<typeof Zstd, 'createCCtx' | 'freeCCtx' | 'compressUsingDict' | 'decompress'>,
  piece: Uint8Array,
  level: number,
): Uint8Array;
