// What zstd makes of a piece, as blocks for the middle of somebody else's frame (RFC 8878, section 3.1.1). At
// the start of a frame a compressor counts on three offsets to repeat with which each frame starts; inside
// one they are what the blocks before have left. So it is given a dictionary with other offsets, all of which
// lead to bytes that the piece does not have, and with tables of codes that fit nothing: it finds no use for
// either. Whether that came true is seen by unpacking the blocks behind others.

const BLOCK_BYTES = 128 * 1024;
const [RAW, RLE, COMPRESSED] = [0, 1, 2];
const BLOCK_HEADER_BYTES = 3;
const DICTIONARY_MAGIC = 0xec30a437;
/**
 * Tables with two codes each, for the literals 1 and 2, offsets beyond 1 GiB, the two longest classes of
 * matches, those of literals; and the same with classes three below. Blocks of such codes alone are rare.
 */
const TABLES = ['810110feffd71f10fefffffff50710feff7ffc01', '810110feffd71f10feffff7ffd0110feff1f7f'].map(
  (hex) => Buffer.from(hex, 'hex'),
);
/** Long enough for most pieces; those that hardly refer to anything want one as long as themselves. */
const SHORT_BYTES = 1024;
/** Tables, and the most bytes of the dictionary. */
const ATTEMPTS = [SHORT_BYTES, Infinity].flatMap((most) => TABLES.map((tables) => ({ tables, most })));

/** The blocks of a piece, none of them the last of its frame. */
export function compressToBlocks(zstd, piece, level) {
  const rarest = byRarity(piece);
  for (const [i, { tables, most }] of ATTEMPTS.entries()) {
    const length = Math.min(Math.max(SHORT_BYTES, piece.length), most);
    const dictionary = writeDictionary(tables, rarest.slice(i, i + 3), length);
    const blocks = blocksOf(compressWith(zstd, dictionary, piece, level));
    if (standsAnywhere(zstd, blocks, piece)) return blocks;
  }
  return rawBlocks(piece);
}

/** With a context of its own, so that nothing depends on what was compressed before. */
function compressWith(zstd, dictionary, piece, level) {
  const context = zstd.createCCtx();
  try {
    return zstd.compressUsingDict(context, piece, dictionary, level);
  } finally {
    zstd.freeCCtx(context);
  }
}

/** All values of a byte, the rarest first. */
function byRarity(bytes) {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte] += 1;
  return [...counts.keys()].sort((a, b) => counts[a] - counts[b] || a - b);
}

/** These three bytes over and over, with offsets to repeat that lead to its start (RFC 8878, section 5). */
function writeDictionary(tables, bytes, length) {
  const numbers = [length - 3, length - 5, length - 11].map(uint32);
  return Buffer.concat([
    uint32(DICTIONARY_MAGIC),
    uint32(0),
    tables,
    ...numbers,
    Buffer.alloc(length, Uint8Array.from(bytes)),
  ]);
}

/** Of a frame without a checksum. */
function blocksOf(frame) {
  const isSingle = (frame[4] & 0x20) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][frame[4] >> 6];
  const from = 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][frame[4] & 3] + sizeBytes;
  let at = from;
  for (let isLast = false; !isLast;) {
    const header = frame[at] | (frame[at + 1] << 8) | (frame[at + 2] << 16);
    isLast = (header & 1) === 1;
    frame[at] &= ~1;
    at += BLOCK_HEADER_BYTES + (((header >> 1) & 3) === RLE ? 1 : header >> 3);
  }
  if (at !== frame.length) throw new Error('zstd made a frame of another kind');
  return frame.slice(from, at);
}

const rawBlocks = (piece) =>
  Buffer.concat(
    Array.from({ length: Math.ceil(piece.length / BLOCK_BYTES) }, (_, i) =>
      block(RAW, piece.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES)),
    ),
  );

/**
 * Whether the blocks are the piece in a frame where offsets to repeat lead further back than it is long, to
 * noise.
 */
function standsAnywhere(zstd, blocks, piece) {
  const noise = Array.from({ length: Math.ceil(piece.length / BLOCK_BYTES) + 1 }, () => NOISE);
  const before = noise.length * BLOCK_BYTES;
  const reset = setOffsets(before);
  const contentBytes = before + reset.content.length + piece.length;
  const frame = Buffer.concat([
    frameHeader(contentBytes),
    ...noise.map((bytes) => block(RAW, bytes)),
    reset.block,
    blocks,
    LAST_BLOCK,
  ]);
  try {
    const unpacked = zstd.decompress(frame);
    return (
      Buffer.compare(unpacked.subarray(before, before + reset.content.length), reset.content) === 0 &&
      Buffer.compare(unpacked.subarray(before + reset.content.length), piece) === 0
    );
  } catch {
    return false;
  }
}

/**
 * Three literals, each with a match of three bytes behind it, whose offsets are about all that was before.
 */
function setOffsets(before) {
  const offsets = [before, before - 1, before - 2];
  const code = Math.floor(Math.log2(before + 3));
  const literals = Buffer.from('abc');
  const content = Buffer.concat(
    offsets.map((_, i) => Buffer.from([literals[i], ...NOISE.subarray(1 + 5 * i, 4 + 5 * i)])),
  );
  // They are read from the end, where a 1 tells the first bit.
  const bits = offsets.map((offset) => (offset + 3 - 2 ** code).toString(2).padStart(code, '0'));
  const sequences = [Buffer.of(offsets.length, ONE_CODE_EACH, 1, code, 0), bitsToBytes(`1${bits.join('')}`)];
  return {
    content,
    block: block(COMPRESSED, Buffer.concat([Buffer.of(literals.length << 3), literals, ...sequences])),
  };
}

/** Lengths of literals, offsets and lengths of matches have one code each, which follows. */
const ONE_CODE_EACH = 0b01_01_01_00;

/** The last bit is the lowest of the first byte. */
function bitsToBytes(bits) {
  const value = BigInt(`0b${bits}`);
  return Buffer.from(
    Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn)),
  );
}

function block(type, bytes) {
  const header = (bytes.length << 3) | (type << 1);
  return Buffer.concat([Buffer.of(header & 0xff, (header >> 8) & 0xff, header >> 16), bytes]);
}

const LAST_BLOCK = Buffer.of(1, 0, 0);

/** Magic number, a window of 8 MiB, a content size of 8 bytes. */
function frameHeader(contentBytes) {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xc0, 13 << 3, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64LE(BigInt(contentBytes), 6);
  return header;
}

function uint32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const NOISE = Buffer.alloc(BLOCK_BYTES);
for (let i = 0, x = 1; i < NOISE.length; i += 1)
  NOISE[i] = (x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0) >>> 24;
