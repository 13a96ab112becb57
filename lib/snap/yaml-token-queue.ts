import { YamlCursor } from './yaml-cursor';
import type { Directive } from './yaml-scan-property';

/** `key` stands before a key, with `?` or without; `block-end` closes `block-list` and `block-map`. */
export type Mark =
  | 'end'
  | '---'
  | '...'
  | 'block-list'
  | 'block-map'
  | 'block-end'
  | '['
  | ']'
  | '{'
  | '}'
  | ','
  | '-'
  | 'key'
  | ':';
type Line = { /** From 0. */ line: number };
export type TagToken = Line & { type: 'tag'; handle: string; suffix: string };
export type Token =
  | TagToken
  | (Line &
      (
        | { type: Mark }
        | { type: 'anchor' | 'alias'; name: string }
        | { type: 'scalar'; text: string; isPlain: boolean }
        | { type: 'directive'; directive: Directive }
      ));

/**
 * What turns out to be a key once a colon follows it. `token` is its number; its token waits for that while
 * `isAwaited`.
 */
type Candidate = {
  token: number;
  isAwaited: boolean;
  isRequired: boolean;
  line: number;
  index: number;
  column: number;
};
/**
 * What stands within brackets, or outside of all: the last candidate, or until there was one, the bracket's
 * number.
 */
type Level = { candidate?: Candidate | undefined; bracket?: number };

/** A key without `?` ends within as many characters, in its line. */
const MAX_KEY_CHARACTERS = 1024;

/**
 * Tokens that wait until it is known what stands before them: a key, or a collection that its first key or
 * item opens.
 */
export abstract class TokenQueue {
  protected readonly cursor: YamlCursor;
  private readonly queue: Token[] = [];
  /** Tokens that were taken: the number of the queue's first. */
  private taken = 0;
  private indent = -1;
  private readonly indents: number[] = [];
  private readonly levels: Level[] = [{}];
  protected mayBeginKey = true;

  constructor(text: string) {
    this.cursor = new YamlCursor(text);
  }

  /** Pushes at least one token. */
  protected abstract fetch(): void;

  peek(): Token {
    while (this.queue.length === 0 || this.isFirstUndecided()) this.fetch();
    return this.queue[0]!;
  }

  take(): Token {
    const token = this.peek();
    this.taken += 1;
    this.queue.shift();
    return token;
  }

  protected push(token: Token): void {
    this.queue.push(token);
  }

  protected get inFlow(): boolean {
    return this.levels.length > 1;
  }

  /** Of the innermost collection in lines; -1 outside of all. */
  protected get blockIndent(): number {
    return this.indent;
  }

  protected enterFlow(): void {
    this.levels.push({ bracket: this.taken + this.queue.length });
  }

  protected leaveFlow(): void {
    if (!this.inFlow) return;
    const { bracket } = this.levels.pop()!;
    const { candidate } = this.levels.at(-1)!;
    // libyaml does not wait for the colon that makes [] or {} a key.
    if (candidate && candidate.token === bracket) candidate.isAwaited = false;
  }

  /** `at` is where its first key or item stands, `index` its place in the queue. */
  protected openBlock(
    type: 'block-list' | 'block-map',
    at: Pick<Candidate, 'line' | 'column'> = this.cursor,
    index = this.queue.length,
  ): void {
    if (this.inFlow || this.indent >= at.column) return;
    this.indents.push(this.indent);
    this.indent = at.column;
    this.insert(index, { type, line: at.line });
  }

  /** Behind everything where the token that it belongs before is gone. */
  private insert(index: number, token: Token): void {
    this.queue.splice(index < 0 ? this.queue.length : index, 0, token);
  }

  protected closeBlocks(column: number): void {
    if (this.inFlow) return;
    for (; this.indent > column; this.indent = this.indents.pop()!)
      this.push({ type: 'block-end', line: this.cursor.line });
  }

  /** Where a key may begin, the token that comes next may be one. */
  protected noteCandidate(): void {
    if (!this.mayBeginKey) return;
    this.dropCandidate();
    const { line, index, column } = this.cursor;
    const isRequired = !this.inFlow && this.indent === column;
    const token = this.taken + this.queue.length;
    this.levels[this.levels.length - 1] = {
      candidate: { token, isAwaited: true, isRequired, line, index, column },
    };
  }

  protected dropCandidate(level = this.levels.at(-1)!): void {
    if (level.candidate?.isRequired)
      this.cursor.fault('a colon is missing behind a key', level.candidate.line);
    level.candidate = undefined;
  }

  /** Puts the mark of a key before the candidate, if there is one. */
  protected turnIntoKey(): boolean {
    const level = this.levels.at(-1)!;
    if (!this.isStillKey(level)) return false;
    const candidate = level.candidate!;
    const index = candidate.token - this.taken;
    this.insert(index, { type: 'key', line: candidate.line });
    this.openBlock('block-map', candidate, index);
    level.candidate = undefined;
    return true;
  }

  private isFirstUndecided(): boolean {
    const level = this.levels.find(({ candidate }) => candidate?.isAwaited && candidate.token === this.taken);
    return level !== undefined && this.isStillKey(level);
  }

  private isStillKey(level: Level): boolean {
    if (level.candidate === undefined) return false;
    const { line, index } = this.cursor;
    if (level.candidate.line >= line && level.candidate.index + MAX_KEY_CHARACTERS >= index) return true;
    this.dropCandidate(level);
    return false;
  }
}
