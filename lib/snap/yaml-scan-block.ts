import { isBlank, isBreak, type YamlCursor } from './yaml-cursor';

/** A scalar behind `|` or `>`, from that on; `parentIndent` is -1 at the top. Throws YamlFault. */
export function scanBlock(cursor: YamlCursor, parentIndent: number): string {
  const { line } = cursor;
  const isLiteral = cursor.is('|');
  cursor.skip();
  const { chomp, increment } = scanHeader(cursor, line);
  let indent = increment === 0 ? 0 : Math.max(parentIndent, 0) + increment;
  let lines = scanBreaks(cursor, indent, parentIndent, line);
  indent = lines.indent;
  let text = '';
  let lead = '';
  let wasBlank = false;
  while (cursor.column === indent && !cursor.isEnd()) {
    const blank = isBlank(cursor.at());
    // Breaks between lines that are not indented further fold: the first of them to a space, or to nothing
    // before others.
    if (isLiteral || wasBlank || blank || lead !== '\n') text += lead;
    else if (lines.breaks === '') text += ' ';
    text += lines.breaks;
    wasBlank = blank;
    text += cursor.take(isBreak);
    lead = cursor.isEnd() ? '' : cursor.takeBreak();
    lines = scanBreaks(cursor, indent, parentIndent, line);
  }
  return text + (chomp === '-' ? '' : lead) + (chomp === '+' ? lines.breaks : '');
}

function scanHeader(cursor: YamlCursor, line: number): { chomp: string; increment: number } {
  const header = /^(?:([-+])(\d?)|(\d)([-+]?))?/.exec(cursor.text.slice(cursor.pos, cursor.pos + 2))!;
  const [, chomp = header[4] ?? '', digit = header[3] ?? ''] = header;
  if (digit === '0') cursor.fault('an indentation of 0 is none', line);
  for (let i = 0; i < header[0].length; i += 1) cursor.skip();
  cursor.skipBlanks();
  cursor.skipComment();
  if (!isBreak(cursor.at()) && !cursor.isEnd())
    cursor.fault('only a comment stands behind | or > in its line', line);
  if (!cursor.isEnd()) cursor.takeBreak();
  return { chomp, increment: Number(digit) };
}

/** Empty lines, and the indentation of the next that is not; `indent` 0 asks for that of the deepest. */
function scanBreaks(
  cursor: YamlCursor,
  indent: number,
  parentIndent: number,
  line: number,
): { breaks: string; indent: number } {
  let breaks = '';
  let deepest = 0;
  for (;;) {
    while ((indent === 0 || cursor.column < indent) && cursor.is(' ')) cursor.skip();
    deepest = Math.max(deepest, cursor.column);
    if ((indent === 0 || cursor.column < indent) && cursor.is('\t'))
      cursor.fault('a tab stands where a block scalar is indented', line);
    if (!isBreak(cursor.at())) break;
    breaks += cursor.takeBreak();
  }
  return { breaks, indent: indent === 0 ? Math.max(deepest, parentIndent + 1, 1) : indent };
}
