import { isBlankOrEnd, isBreak } from './yaml-cursor';
import { scanBlock } from './yaml-scan-block';
import { scanAnchor, scanDirective, scanTag } from './yaml-scan-property';
import { scanPlain, scanQuoted } from './yaml-scan-scalar';
import { TokenQueue, type Mark } from './yaml-token-queue';

/** Tokens of YAML 1.1 as libyaml cuts them, and with it Go's YAML (yaml.v2 scannerc.go). Throws YamlFault. */
export class YamlScanner extends TokenQueue {
  /** Where it stands, in units of UTF-16. */
  get pos(): number {
    return this.cursor.pos;
  }

  protected fetch(): void {
    const { cursor } = this;
    this.skipToToken();
    this.closeBlocks(cursor.column);
    if (cursor.isEnd()) return this.fetchEnd();
    if (cursor.column === 0 && cursor.is('%')) return this.fetchDirective();
    for (const mark of ['---', '...'] as const)
      if (cursor.isDocumentMark(mark)) return this.fetchDocumentMark(mark);
    const character = cursor.text[cursor.pos]!;
    const standsAlone = isBlankOrEnd(cursor.at(1));
    if (character === '[' || character === '{') return this.fetchFlowStart(character);
    if (character === ']' || character === '}') return this.fetchFlowEnd(character);
    if (character === ',') return this.fetchEntry(character);
    if (character === '-' && standsAlone) return this.fetchEntry(character);
    if (character === '?' && (this.inFlow || standsAlone)) return this.fetchKey();
    if (character === ':' && (this.inFlow || standsAlone)) return this.fetchValue();
    if ((character === '|' || character === '>') && !this.inFlow) return this.fetchBlockScalar();
    if (/[\t|>%@`]/.test(character))
      cursor.fault(`${JSON.stringify(character)} cannot begin a value; put it in quotes`);
    this.fetchInline(character);
  }

  /** Tabs are no indentation where a key may begin. */
  private skipToToken(): void {
    const { cursor } = this;
    for (;;) {
      while (cursor.is(' ') || ((this.inFlow || !this.mayBeginKey) && cursor.is('\t'))) cursor.skip();
      cursor.skipComment();
      if (!isBreak(cursor.at())) return;
      cursor.takeBreak();
      if (!this.inFlow) this.mayBeginKey = true;
    }
  }

  /** Whatever may be a key, or stand before one. */
  private fetchInline(character: string): void {
    const { cursor } = this;
    const { line } = cursor;
    this.noteCandidate();
    this.mayBeginKey = false;
    if (character === '*') this.push({ type: 'alias', line, name: scanAnchor(cursor) });
    else if (character === '&') this.push({ type: 'anchor', line, name: scanAnchor(cursor) });
    else if (character === '!') this.push({ type: 'tag', line, ...scanTag(cursor) });
    else if (character === '"' || character === "'")
      this.push({ type: 'scalar', line, isPlain: false, text: scanQuoted(cursor) });
    else {
      const { text, endsLine } = scanPlain(cursor, this.inFlow, this.blockIndent + 1);
      this.push({ type: 'scalar', line, isPlain: true, text });
      this.mayBeginKey = endsLine;
    }
  }

  private fetchBlockScalar(): void {
    const { line } = this.cursor;
    this.dropCandidate();
    this.mayBeginKey = true;
    this.push({ type: 'scalar', line, isPlain: false, text: scanBlock(this.cursor, this.blockIndent) });
  }

  private pushMark(type: Mark, characters = 1): void {
    this.push({ type, line: this.cursor.line });
    for (let i = 0; i < characters; i += 1) this.cursor.skip();
  }

  private fetchFlowStart(mark: '[' | '{'): void {
    this.noteCandidate();
    this.enterFlow();
    this.mayBeginKey = true;
    this.pushMark(mark);
  }

  private fetchFlowEnd(mark: ']' | '}'): void {
    this.dropCandidate();
    this.leaveFlow();
    this.mayBeginKey = false;
    this.pushMark(mark);
  }

  private fetchEntry(mark: ',' | '-'): void {
    if (mark === '-' && !this.inFlow) {
      if (!this.mayBeginKey) this.cursor.fault('an item of a list cannot begin there');
      this.openBlock('block-list');
    }
    this.dropCandidate();
    this.mayBeginKey = true;
    this.pushMark(mark);
  }

  private fetchKey(): void {
    if (!this.inFlow) {
      if (!this.mayBeginKey) this.cursor.fault('a key cannot begin there');
      this.openBlock('block-map');
    }
    this.dropCandidate();
    this.mayBeginKey = !this.inFlow;
    this.pushMark('key');
  }

  private fetchValue(): void {
    if (this.turnIntoKey()) this.mayBeginKey = false;
    else {
      if (!this.inFlow && !this.mayBeginKey)
        this.cursor.fault('a colon with a space behind it cannot stand there; put the text in quotes');
      this.openBlock('block-map');
      this.mayBeginKey = !this.inFlow;
    }
    this.pushMark(':');
  }

  /** What ends every collection in lines. */
  private endBlocks(): void {
    this.closeBlocks(-1);
    this.dropCandidate();
    this.mayBeginKey = false;
  }

  private fetchDocumentMark(mark: '---' | '...'): void {
    this.endBlocks();
    this.pushMark(mark, 3);
  }

  private fetchDirective(): void {
    const { line } = this.cursor;
    this.endBlocks();
    this.push({ type: 'directive', line, directive: scanDirective(this.cursor) });
  }

  private fetchEnd(): void {
    const { line } = this.cursor;
    this.endBlocks();
    // No key goes on behind the end.
    this.cursor.endLine();
    this.push({ type: 'end', line });
  }
}
