import { isBlank, isBlankOrEnd, isBreak, type YamlCursor } from './yaml-cursor';

const FLOW_ENDS = [...',?[]{}'].map((c) => c.charCodeAt(0));
const COLON = ':'.charCodeAt(0);

/** White space between two words of a scalar: blanks within a line stay, breaks fold. */
class Gap {
  private blanks = '';
  private first = '';
  private further = '';
  isBroken: boolean;

  constructor(isBroken = false) {
    this.isBroken = isBroken;
  }

  /** As long as blanks and breaks follow. `onBlank` sees each blank before it is passed over. */
  take(cursor: YamlCursor, onBlank?: () => void): this {
    for (;;) {
      const unit = cursor.at();
      if (isBlank(unit)) {
        onBlank?.();
        cursor.skip();
        if (!this.isBroken) this.blanks += String.fromCharCode(unit);
      } else if (isBreak(unit)) {
        if (this.isBroken) this.further += cursor.takeBreak();
        else [this.first, this.isBroken] = [cursor.takeBreak(), true];
      } else return this;
    }
  }

  get text(): string {
    if (!this.isBroken) return this.blanks;
    if (this.first !== '\n') return this.first + this.further;
    return this.further === '' ? ' ' : this.further;
  }
}

/**
 * A scalar without quotes; `endsLine` where a break was passed over behind it. `indent` is the least column
 * of its further lines, which within brackets only tabs are held to. Throws YamlFault.
 */
export function scanPlain(
  cursor: YamlCursor,
  inFlow: boolean,
  indent: number,
): { text: string; endsLine: boolean } {
  const { line } = cursor;
  let text = '';
  let gap = new Gap();
  for (;;) {
    if (cursor.isDocumentMark() || cursor.is('#')) break;
    const word = cursor.take(
      (unit) =>
        isBlankOrEnd(unit) ||
        (unit === COLON && isBlankOrEnd(cursor.at(1))) ||
        (inFlow && FLOW_ENDS.includes(unit)),
    );
    if (word !== '') {
      text += gap.text + word;
      gap = new Gap();
    }
    if (!isBlankOrEnd(cursor.at()) || cursor.isEnd()) break;
    gap.take(cursor, () => {
      if (gap.isBroken && cursor.column < indent && cursor.is('\t'))
        cursor.fault('a tab stands where a plain scalar is indented', line);
    });
    if (!inFlow && cursor.column < indent) break;
  }
  return { text, endsLine: gap.isBroken };
}

/** A scalar between quotes, from the first quote on. Throws YamlFault. */
export function scanQuoted(cursor: YamlCursor): string {
  const { line } = cursor;
  const quote = cursor.at();
  const isDouble = cursor.is('"');
  cursor.skip();
  let text = '';
  for (;;) {
    if (cursor.isDocumentMark()) cursor.fault('a document ends within quotes', line);
    if (cursor.isEnd()) cursor.fault('a quote is not closed', line);
    let isEscapedBreak = false;
    while (!isBlankOrEnd(cursor.at())) {
      text += cursor.take((unit) => isBlankOrEnd(unit) || unit === quote || (isDouble && unit === BACKSLASH));
      if (!isDouble && cursor.at() === quote && cursor.at(1) === quote) {
        text += "'";
        cursor.skip();
        cursor.skip();
      } else if (cursor.at() !== BACKSLASH || !isDouble) break;
      else if (isBreak(cursor.at(1))) {
        cursor.skip();
        cursor.takeBreak();
        isEscapedBreak = true;
        break;
      } else text += scanEscape(cursor, line);
    }
    if (cursor.at() === quote) break;
    const gap = new Gap(isEscapedBreak).take(cursor);
    text += gap.text;
  }
  cursor.skip();
  return text;
}

const BACKSLASH = '\\'.charCodeAt(0);
const ESCAPES = new Map(
  Object.entries({
    ...{ 0: '\0', a: '\x07', b: '\b', t: '\t', '\t': '\t', n: '\n', v: '\v', f: '\f', r: '\r', e: '\x1b' },
    ...{ ' ': ' ', '"': '"', "'": "'", '\\': '\\', N: '\x85', _: '\xa0', L: '\u2028', P: '\u2029' },
  }),
);
const CODE_DIGITS = new Map(Object.entries({ x: 2, u: 4, U: 8 }));

function scanEscape(cursor: YamlCursor, line: number): string {
  const letter = cursor.text[cursor.pos + 1] ?? '';
  const escaped = ESCAPES.get(letter);
  const count = CODE_DIGITS.get(letter) ?? 0;
  const digits = cursor.text.slice(cursor.pos + 2, cursor.pos + 2 + count);
  if (escaped === undefined && count === 0) cursor.fault(`there is no escape \\${letter}`, line);
  if (count > 0 && !(digits.length === count && /^[0-9a-fA-F]+$/.test(digits)))
    cursor.fault(`\\${letter} has ${count} hexadecimal digits`, line);
  const code = Number.parseInt(digits, 16);
  if (count > 0 && (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)))
    cursor.fault(`\\${letter}${digits} is no character`, line);
  for (let i = 0; i < 2 + count; i += 1) cursor.skip();
  return escaped ?? String.fromCodePoint(code);
}
