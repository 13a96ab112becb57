// A process of its own, so that what the compressors need of memory is given back; it takes one piece after another, of whatever form. All of them are of this project's lock file and run as WebAssembly or JavaScript, so
// that the same bytes come out on every machine.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compressToBlocks } from './zstd-blocks.mjs';

/** Pays for what is lost where frames begin anew, beside zstd -3 of a whole image. */
const ZSTD_LEVEL = 9;
/** For the first look. */
const QUICK_ZSTD_LEVEL = 3;
const XZ_PRESET = 6;
/** `xz -e`, for what is a single piece: more time where there is little to do. */
const XZ_EXTREME = 0x80000000 | 0;
/** With it these presets differ in their dictionary alone, here in bytes: one that holds the piece gives what `xz -6e` gives, and is set up many times as fast. */
const XZ_SMALLER = [
  { preset: 0, dictionaryBytes: 2 ** 18 },
  { preset: 1, dictionaryBytes: 2 ** 20 },
  { preset: 2, dictionaryBytes: 2 ** 21 },
];
const DEFLATE_LEVEL = 6;
const [NO_FLUSH, SYNC_FLUSH] = [0, 2];
const CHECK_NONE = 0;
const STREAM_HEADER_BYTES = 12;
// One filter, LZMA2, with a dictionary of 4 MiB, the length of a piece; the header's CRC-32 behind it.
const XZ_BLOCK_HEADER = Uint8Array.of(2, 0, 0x21, 1, 20, 0, 0, 0, 0xff, 0xe7, 0xec, 0x09);
const END_OF_CHUNKS = Uint8Array.of(0);

/** Each: a function that takes a piece and which one it is, and gives what is ready. */
const COMPRESSORS = {
  /** The blocks of each piece, none of which refers to those before. */
  async zst() {
    const zstd = await (loaded.zstd ??= loadZstd());
    return (piece, { isQuick }) => [
      isQuick ? zstd.compress(piece, QUICK_ZSTD_LEVEL) : compressToBlocks(zstd, piece, ZSTD_LEVEL),
    ];
  },
  /** A block without its padding and check: each piece's chunks begin with a dictionary of their own. */
  async xz() {
    const lzma = await (loaded.lzma ??= loadLzma());
    return (piece, { isFirst, isLast }) => [
      ...(isFirst ? [XZ_BLOCK_HEADER] : []),
      chunksOf(lzma.easyBufferEncode(piece, isFirst && isLast ? extremeFor(piece) : XZ_PRESET, CHECK_NONE)),
      ...(isLast ? [END_OF_CHUNKS] : []),
    ];
  },
  /** One run of deflate over all pieces, flushed behind the last: it ends with a whole byte. */
  async gz() {
    const { Deflate } = await import('pako');
    const deflate = new Deflate({ raw: true, level: DEFLATE_LEVEL });
    const ready = [];
    deflate.onData = (chunk) => ready.push(chunk);
    return (piece, { isLast }) => {
      deflate.push(piece, isLast ? SYNC_FLUSH : NO_FLUSH);
      if (deflate.err !== 0) throw new Error(`deflate failed with ${deflate.err}`);
      return ready.splice(0);
    };
  },
};

const extremeFor = ({ length }) => (XZ_SMALLER.find(({ dictionaryBytes }) => length <= dictionaryBytes)?.preset ?? XZ_PRESET) | XZ_EXTREME;

const loaded = {};

async function loadZstd() {
  const zstd = await import('@bokuweb/zstd-wasm');
  await zstd.init();
  return zstd;
}

async function loadLzma() {
  const lzma = await import('node-liblzma/wasm');
  const { default: create } = await import('node-liblzma/wasm/liblzma.js');
  const wasmBinary = readFileSync(fileURLToPath(import.meta.resolve('node-liblzma/wasm/liblzma.wasm')));
  await lzma.initModule(() => create({ wasmBinary }));
  return lzma;
}

/** The LZMA2 chunks of a file with one block, without the byte that ends them (.xz file format 1.2.1, section 3.1). */
function chunksOf(file) {
  const headerBytes = (file[STREAM_HEADER_BYTES] + 1) * 4;
  if ((file[STREAM_HEADER_BYTES + 1] & 0x40) === 0) throw new Error('the block does not tell its size');
  let compressedBytes = 0;
  for (let i = 0, at = STREAM_HEADER_BYTES + 2; ; i += 1, at += 1) {
    compressedBytes += (file[at] & 0x7f) * 2 ** (7 * i);
    if (file[at] < 0x80) break;
  }
  const from = STREAM_HEADER_BYTES + headerBytes;
  return file.slice(from, from + compressedBytes - 1);
}

/** By form. */
const running = {};
// What the first pieces need is there by then.
let last = Promise.all(process.argv.slice(2).map((form) => COMPRESSORS[form]()));

/** Other pieces of a source may be with other processes. */
async function take({ form, piece, ...which }) {
  if (which.isFirst || !running[form]) running[form] = await COMPRESSORS[form]();
  process.send({ parts: running[form](piece, which) });
}

process.on('message', (message) => {
  last = last.then(() => take(message)).catch((error) => process.send({ error: String(error?.stack ?? error) }));
});
process.on('disconnect', () => process.exit(0));
