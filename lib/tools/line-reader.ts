/** Cuts what comes in pieces into lines, without their ends. A line beyond `maxBytes` is given to `tooLong`, which throws. */
export class LineReader {
  #rest: Buffer = Buffer.alloc(0);

  constructor(
    readonly maxBytes: number,
    readonly onLine: (line: Buffer) => void,
    readonly tooLong: () => never,
  ) {}

  readonly add = (chunk: Buffer): void => {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, from)) {
      this.#line(chunk.subarray(from, end));
      from = end + 1;
    }
    this.#rest = this.#join(chunk.subarray(from));
    // A copy, so that the piece it came in can go.
    if (from > 0) this.#rest = Buffer.from(this.#rest);
  };

  /** What has no line end is a line too. */
  end(): void {
    if (this.#rest.length > 0) this.#line(Buffer.alloc(0));
  }

  #line(last: Buffer): void {
    const line = this.#join(last);
    this.#rest = Buffer.alloc(0);
    this.onLine(line);
  }

  #join(more: Buffer): Buffer {
    if (this.#rest.length + more.length > this.maxBytes) this.tooLong();
    return this.#rest.length === 0 ? more : Buffer.concat([this.#rest, more]);
  }
}
