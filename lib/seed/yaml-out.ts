import { resolvePlain } from '../snap/yaml-scalars';

/** What Go writes: maps in the order of their entries, lists without indentation of their own. */
export type YamlNode = string | boolean | YamlNode[] | YamlEntries;
export type YamlEntries = { entries: readonly (readonly [key: string, value: YamlNode])[] };

/** Go breaks a line at the first single space beyond this column. */
const BEST_WIDTH = 80;
const INDENT = 2;

/**
 * YAML byte for byte as Go's yaml.v2 marshals it (yaml.v2 encode.go, emitterc.go), of a map at the top. Keys are taken as plain words, and a list's
 * items must be maps or scalars.
 */
export const writeYaml = (top: YamlEntries): string => writeMap(top, 0);

function writeMap({ entries }: YamlEntries, indent: number): string {
  if (entries.length === 0) return `${' '.repeat(indent)}{}\n`;
  return entries.map(([key, value]) => `${' '.repeat(indent)}${key}:${writeValue(value, indent, indent + key.length + 1)}`).join('');
}

/** `column` is where the line stands already. Ends with a line break. */
function writeValue(value: YamlNode, indent: number, column: number): string {
  if (typeof value === 'boolean') return ` ${value}\n`;
  if (typeof value === 'string') return ` ${writeScalar(value, column + 1, indent + INDENT)}\n`;
  if (!Array.isArray(value)) return value.entries.length === 0 ? ' {}\n' : `\n${writeMap(value, indent + INDENT)}`;
  return value.length === 0 ? ' []\n' : `\n${value.map((item) => writeItem(item, indent)).join('')}`;
}

function writeItem(item: YamlNode, indent: number): string {
  const lead = `${' '.repeat(indent)}-`;
  if (typeof item === 'object' && !Array.isArray(item)) return `${lead} ${writeMap(item, indent + INDENT).slice(indent + INDENT)}`;
  return `${lead}${writeValue(item, indent, indent + 1)}`;
}

/** A scalar that begins at `column`; its further lines begin at `indent`. */
function writeScalar(text: string, column: number, indent: number): string {
  const allowed = analyze(text);
  if (text.includes('\n')) return allowed.literal ? literal(text, indent) : doubleQuoted(text, column, indent);
  if (resolvePlain(text).kind !== 'text' || isBase60(text)) return doubleQuoted(text, column, indent);
  if (allowed.plain) return folded(text, column, indent);
  return allowed.singleQuoted ? `'${folded(text, column + 1, indent, true)}'` : doubleQuoted(text, column, indent);
}

/** Read as a number by YAML 1.1, though not by Go. */
const isBase60 = (text: string): boolean => /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/.test(text);

const BREAK = /[\n\r\u0085\u2028\u2029]/;
/** To Go's emitter: neither control characters but the line feed, nor what lies beyond U+FFFF. */
const isPrintable = (c: string): boolean => /^[\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/.test(c);

function analyze(text: string): { plain: boolean; singleQuoted: boolean; literal: boolean } {
  const special = /[\s\S]/.test(text) && [...text].some((c) => !isPrintable(c));
  const breaks = BREAK.test(text);
  const spaceBreak = / [\n\r\u0085\u2028\u2029]/.test(text);
  const breakSpace = /[\n\r\u0085\u2028\u2029] /.test(text);
  const edges = /^[ \n\r\u0085\u2028\u2029]|[ \n\r\u0085\u2028\u2029]$/.test(text);
  const indicators = /^(?:---|\.\.\.)|^[#,[\]{}&*!|>'"%@`]|^[?:-](?:[ \t]|$)|:(?:[ \t]|$)|[ \t\n\r\u0085\u2028\u2029\0]#/.test(text);
  const singleQuoted = !special && !spaceBreak && !breakSpace;
  return { plain: singleQuoted && !edges && !breaks && !indicators, singleQuoted, literal: !special && !spaceBreak && !text.endsWith(' ') };
}

/** Plain or between single quotes, broken where it is long. */
function folded(text: string, start: number, indent: number, quoted = false): string {
  const characters = [...text];
  let out = '';
  let column = start;
  let afterSpace = false;
  let afterBreak = false;
  characters.forEach((c, i) => {
    const next = characters[i + 1];
    if (c === ' ' && !afterSpace && column > BEST_WIDTH && next !== ' ' && !(quoted && (i === 0 || next === undefined))) {
      out += `\n${' '.repeat(indent)}`;
      column = indent;
      afterSpace = true;
      return;
    }
    if (BREAK.test(c)) {
      out += c;
      column = 0;
      afterBreak = true;
      return;
    }
    if (afterBreak && c !== ' ') {
      out += ' '.repeat(indent);
      column = indent;
    }
    const written = c === "'" && quoted ? "''" : c;
    out += written;
    column += written.length;
    if (c === ' ') afterSpace = true;
    else afterSpace = afterBreak = false;
  });
  return out;
}

const ESCAPES = new Map([
  ['\0', '0'], ['\x07', 'a'], ['\b', 'b'], ['\t', 't'], ['\n', 'n'], ['\v', 'v'], ['\f', 'f'], ['\r', 'r'], ['\x1b', 'e'], ['"', '"'], ['\\', '\\'], ['\u0085', 'N'], ['\xa0', '_'], ['\u2028', 'L'], ['\u2029', 'P'],
]);

function escape(c: string): string {
  const short = ESCAPES.get(c);
  if (short !== undefined) return `\\${short}`;
  const hex = c.codePointAt(0)!.toString(16).toUpperCase();
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

function doubleQuoted(text: string, start: number, indent: number): string {
  const characters = [...text];
  // Go's test for a byte order mark looks at the first character, whichever it is asked for.
  const marked = text.startsWith('\ufeff');
  let out = '"';
  let column = start + 1;
  let afterSpace = false;
  characters.forEach((c, i) => {
    if (c === ' ' && !marked) {
      if (!afterSpace && column > BEST_WIDTH && i > 0 && i < characters.length - 1) {
        const held = characters[i + 1] === ' ' ? '\\' : '';
        out += `\n${' '.repeat(indent)}${held}`;
        column = indent + held.length;
      } else {
        out += c;
        column += 1;
      }
      afterSpace = true;
      return;
    }
    const written = marked || !isPrintable(c) || BREAK.test(c) || c === '"' || c === '\\' ? escape(c) : c;
    out += written;
    column += [...written].length;
    afterSpace = false;
  });
  return `${out}"`;
}

function literal(text: string, indent: number): string {
  const hint = /^[ \n\r\u0085\u2028\u2029]/.test(text) ? String(INDENT) : '';
  const chomp = !BREAK.test(text.at(-1)!) ? '-' : text.length === 1 || BREAK.test(text.at(-2)!) ? '+' : '';
  let out = `|${hint}${chomp}\n`;
  let atStart = true;
  for (const c of text) {
    const isBreak = BREAK.test(c);
    if (!isBreak && atStart) out += ' '.repeat(indent);
    out += c;
    atStart = isBreak;
  }
  // The next line begins on its own.
  return out.endsWith('\n') ? out.slice(0, -1) : out;
}
