/** What is no YAML. `line` counts from 1. */
export class YamlFault extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * A place in a YAML text. Counts as libyaml does: in characters, a carriage return with its line feed as one
 * break.
 */
export class YamlCursor {
  pos = 0;
  /** Characters before. */
  index = 0;
  /** From 0. */
  line = 0;
  column = 0;

  constructor(readonly text: string) {}

  /** A unit of UTF-16; 0 behind the end. */
  at(ahead = 0): number {
    const pos = this.pos + ahead;
    return pos < this.text.length ? this.text.charCodeAt(pos) : 0;
  }

  is(character: string, ahead = 0): boolean {
    return this.at(ahead) === character.charCodeAt(0);
  }

  isEnd(): boolean {
    return this.pos >= this.text.length;
  }

  /** One character that is no break. */
  skip(): void {
    const unit = this.at();
    this.pos += unit >= 0xd800 && unit < 0xdc00 ? 2 : 1;
    this.index += 1;
    this.column += 1;
  }

  skipBlanks(): void {
    while (isBlank(this.at())) this.skip();
  }

  /** All up to where `ends` says so of a unit, or to the text's end. */
  take(ends: (unit: number) => boolean): string {
    const start = this.pos;
    while (!this.isEnd() && !ends(this.at())) this.skip();
    return this.text.slice(start, this.pos);
  }

  /** A break, and what it stands for in a scalar. */
  takeBreak(): string {
    const isPair = this.at() === CR && this.at(1) === LF;
    const unit = this.at();
    this.pos += isPair ? 2 : 1;
    this.index += isPair ? 2 : 1;
    this.line += 1;
    this.column = 0;
    return unit === LS || unit === PS ? String.fromCharCode(unit) : '\n';
  }

  /** At the text's end, as if a break stood there. */
  endLine(): void {
    if (this.column > 0) this.line += 1;
    this.column = 0;
  }

  /** A comment, where one begins, without the break that ends it. */
  skipComment(): void {
    if (this.is('#')) this.take(isBreak);
  }

  /** `---` or `...` in the first column, with white space or nothing behind. */
  isDocumentMark(mark?: '---' | '...'): boolean {
    if (this.column !== 0 || !isBlankOrEnd(this.at(3))) return false;
    const marks = mark === undefined ? ['---', '...'] : [mark];
    return marks.some((each) => this.text.startsWith(each, this.pos));
  }

  fault(message: string, line = this.line): never {
    throw new YamlFault(line + 1, message);
  }
}

const CR = 0x0d;
const LF = 0x0a;
const NEL = 0x85;
const LS = 0x2028;
const PS = 0x2029;

/** YAML 1.1 breaks lines at all of these. */
export const isBreak = (unit: number): boolean =>
  unit === LF || unit === CR || unit === NEL || unit === LS || unit === PS;
export const isBlank = (unit: number): boolean => unit === 0x20 || unit === 0x09;
export const isBlankOrEnd = (unit: number): boolean => unit === 0 || isBlank(unit) || isBreak(unit);
