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

/** `length` zeros, at least one, as LZMA with fresh state and lc = lp = pb = 0: the bytes of an LZMA2 chunk. */
export function lzmaZeros(length: number): Uint8Array {
  const encoder = new RangeEncoder();
  const [isMatch, isRepeat, isOlder, isLong] = [even(12), even(12), even(12), even(12)];
  const choice = even(2);
  const [low, middle, high] = [even(LOW), even(MIDDLE), even(256)];
  let state = 0;
  encoder.bit(isMatch, state, 0);
  encoder.tree(even(256), 8, 0);

  for (let left = length - 1; left > 0; ) {
    const run = Math.min(left, LONGEST);
    encoder.bit(isMatch, state, 1);
    encoder.bit(isRepeat, state, 1);
    // The newest distance, which is 1 from the start.
    encoder.bit(isOlder, state, 0);
    encoder.bit(isLong, state, run < SHORTEST ? 0 : 1);
    if (run >= SHORTEST) writeLength(run - SHORTEST);
    state = state >= 7 ? 11 : run < SHORTEST ? 9 : 8;
    left -= run;
  }
  return Uint8Array.from(encoder.finish());

  function writeLength(value: number): void {
    encoder.bit(choice, 0, value < LOW ? 0 : 1);
    if (value < LOW) return encoder.tree(low, 3, value);
    encoder.bit(choice, 1, value < LOW + MIDDLE ? 0 : 1);
    if (value < LOW + MIDDLE) return encoder.tree(middle, 3, value - LOW);
    encoder.tree(high, 8, value - LOW - MIDDLE);
  }
}
