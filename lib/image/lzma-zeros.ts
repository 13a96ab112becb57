// LZMA as the LZMA SDK's specification has it (lzma-specification.txt), for nothing but zeros: one literal, then repeats of it.

const PROBABILITY_BITS = 11;
const MOVE_BITS = 5;
const TOP = 2 ** 24;
const LONGEST = 273;
const SHORTEST = 2;
/** Lengths have 8 values in the low tree, 8 in the middle one, 256 in the high one. */
const [LOW, MIDDLE] = [8, 8];

class RangeEncoder {
  readonly bytes: number[] = [];
  private low = 0;
  private range = 0xffffffff;
  private cache = 0;
  private pending = 1;

  bit(probabilities: Uint16Array, index: number, bit: number): void {
    const probability = probabilities[index]!;
    const bound = (this.range >>> PROBABILITY_BITS) * probability;
    if (bit === 0) {
      this.range = bound;
      probabilities[index] = probability + ((2 ** PROBABILITY_BITS - probability) >> MOVE_BITS);
    } else {
      this.low += bound;
      this.range -= bound;
      probabilities[index] = probability - (probability >> MOVE_BITS);
    }
    while (this.range < TOP) {
      this.range = (this.range << 8) >>> 0;
      this.shift();
    }
  }

  /** From the highest bit down. */
  tree(probabilities: Uint16Array, bits: number, value: number): void {
    let node = 1;
    for (let i = bits - 1; i >= 0; i -= 1) {
      const bit = (value >> i) & 1;
      this.bit(probabilities, node, bit);
      node = node * 2 + bit;
    }
  }

  finish(): number[] {
    for (let i = 0; i < 5; i += 1) this.shift();
    return this.bytes;
  }

  /** Writes the highest byte once no carry can change it. */
  private shift(): void {
    if (this.low < 0xff000000 || this.low >= 2 ** 32) {
      const carry = this.low >= 2 ** 32 ? 1 : 0;
      this.bytes.push((this.cache + carry) & 0xff);
      for (; this.pending > 1; this.pending -= 1) this.bytes.push((0xff + carry) & 0xff);
      this.pending = 0;
      this.cache = Math.floor(this.low / TOP) & 0xff;
    }
    this.pending += 1;
    this.low = (this.low % TOP) * 256;
  }
}

const even = (length: number) => new Uint16Array(length).fill(2 ** (PROBABILITY_BITS - 1));

/** What a decoder learns as it goes: the state, and probabilities of what comes next. */
class Model {
  state = 0;
  readonly isMatch = even(12);
  readonly isRepeat = even(12);
  readonly isOlder = even(12);
  readonly isLong = even(12);
  readonly choice = even(2);
  readonly low = even(LOW);
  readonly middle = even(MIDDLE);
  readonly high = even(256);

  copy(): Model {
    const copy = new Model();
    copy.state = this.state;
    for (const name of ['isMatch', 'isRepeat', 'isOlder', 'isLong', 'choice', 'low', 'middle', 'high'] as const) copy[name].set(this[name]);
    return copy;
  }

  /** Zeros by repeats of the newest distance, which is 1 from the start. */
  repeat(encoder: RangeEncoder, length: number): void {
    for (let left = length; left > 0; ) {
      const run = Math.min(left, LONGEST);
      encoder.bit(this.isMatch, this.state, 1);
      encoder.bit(this.isRepeat, this.state, 1);
      encoder.bit(this.isOlder, this.state, 0);
      encoder.bit(this.isLong, this.state, run < SHORTEST ? 0 : 1);
      if (run >= SHORTEST) this.writeLength(encoder, run - SHORTEST);
      this.state = this.state >= 7 ? 11 : run < SHORTEST ? 9 : 8;
      left -= run;
    }
  }

  private writeLength(encoder: RangeEncoder, value: number): void {
    encoder.bit(this.choice, 0, value < LOW ? 0 : 1);
    if (value < LOW) return encoder.tree(this.low, 3, value);
    encoder.bit(this.choice, 1, value < LOW + MIDDLE ? 0 : 1);
    if (value < LOW + MIDDLE) return encoder.tree(this.middle, 3, value - LOW);
    encoder.tree(this.high, 8, value - LOW - MIDDLE);
  }
}

const CHUNK_REPEATS = Math.floor((2 ** 21 - 1) / LONGEST);
/** Zeros of a chunk that is not the last: the longest repeats alone, so that those after the first are all the same. */
export const LZMA_ZEROS_BYTES = { first: 1 + CHUNK_REPEATS * LONGEST, next: CHUNK_REPEATS * LONGEST } as const;

function firstChunk(length: number): { chunk: Uint8Array; model: Model } {
  const encoder = new RangeEncoder();
  const model = new Model();
  encoder.bit(model.isMatch, model.state, 0);
  encoder.tree(even(256), 8, 0);
  model.repeat(encoder, length - 1);
  return { chunk: Uint8Array.from(encoder.finish()), model };
}

function nextChunk(model: Model, length: number): Uint8Array {
  const encoder = new RangeEncoder();
  model.repeat(encoder, length);
  return Uint8Array.from(encoder.finish());
}

/** After the first chunk every probability is as far as it goes: whatever follows finds the same model. */
let full: { first: Uint8Array; next: Uint8Array; model: Model } | undefined;

function fullChunks(): { first: Uint8Array; next: Uint8Array; model: Model } {
  if (full) return full;
  const { chunk: first, model } = firstChunk(LZMA_ZEROS_BYTES.first);
  return (full = { first, next: nextChunk(model.copy(), LZMA_ZEROS_BYTES.next), model });
}

/** `length` zeros, at least one, as the data of LZMA2 chunks with lc = lp = pb = 0, each but the last of LZMA_ZEROS_BYTES. The first begins with a fresh state, the others go on. */
export function* lzmaZeros(length: number): Generator<Uint8Array> {
  if (length <= LZMA_ZEROS_BYTES.first) {
    yield firstChunk(length).chunk;
    return;
  }
  const { first, next, model } = fullChunks();
  yield first;
  let left = length - LZMA_ZEROS_BYTES.first;
  for (; left >= LZMA_ZEROS_BYTES.next; left -= LZMA_ZEROS_BYTES.next) yield next;
  if (left > 0) yield nextChunk(model.copy(), left);
}
