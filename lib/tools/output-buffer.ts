const FIRST_BYTES = 4096;

/** Bytes as they come, at most `maxBytes`; what is beyond is dropped. They lie together: a tool that writes one by one costs no more than its bytes. */
export class OutputBuffer {
  #held = Buffer.alloc(0);
  #length = 0;

  constructor(readonly maxBytes: number) {}

  add(chunk: Buffer): void {
    const taken = Math.min(chunk.length, this.maxBytes - this.#length);
    if (taken <= 0) return;
    if (this.#length + taken > this.#held.length) this.#grow(this.#length + taken);
    chunk.copy(this.#held, this.#length, 0, taken);
    this.#length += taken;
  }

  bytes(): Buffer {
    return this.#held.subarray(0, this.#length);
  }

  #grow(neededBytes: number): void {
    const bigger = Buffer.alloc(Math.min(this.maxBytes, Math.max(FIRST_BYTES, neededBytes, this.#held.length * 2)));
    this.#held.copy(bigger, 0, 0, this.#length);
    this.#held = bigger;
  }
}
