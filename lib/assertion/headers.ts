import { compareBytes } from '../bytes';
import type { HeaderMap, Headers, HeaderValue } from './assertion';
import { Fault } from './format-error';
import { HEADER_NAME } from './scalars';

/** Each level is two spaces deeper than the last, so this many take 10 MB of text; few enough to go down by recursion. */
const MAX_DEPTH = 3200;

export const emptyMap = (): HeaderMap => Object.create(null) as HeaderMap;

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** Throws Fault with the line within `text`. */
export function parseHeaderText(text: string): Headers {
  return new HeaderReader(text.split('\n')).readHeaders();
}

class HeaderReader {
  private at = 0;

  constructor(private readonly lines: string[]) {}

  readHeaders(): Headers {
    const headers = emptyMap();
    while (this.at < this.lines.length) this.readNamed(headers, 0, 'header', 0);
    return headers;
  }

  private line(): string {
    return this.lines[this.at] ?? '';
  }

  private fail(code: Fault['code'], message: string, header = ''): never {
    throw new Fault(code, message, { line: this.at, header });
  }

  private readNamed(into: HeaderMap, prefix: number, what: string, indent: number): void {
    const line = this.line();
    const colon = line.indexOf(':', prefix);
    if (colon < 0) this.fail('assertion-header-syntax', `The ${what} ${quote(line.slice(prefix))} has no ":" after its name`);
    const name = line.slice(prefix, colon);
    if (!HEADER_NAME.test(name)) this.fail('assertion-header-name', `${quote(name)} cannot be the name of a ${what}: use lower-case letters, digits and single hyphens`);
    if (name in into) this.fail('assertion-header-repeated', `The ${what} "${name}" stands there twice`, name);
    into[name] = this.readValue(colon + 1, indent);
  }

  /** The value that begins at `column` of the current line, or on the lines below it. */
  private readValue(column: number, indent: number): HeaderValue {
    const line = this.line();
    if (column < line.length) {
      if (line[column] !== ' ') this.fail('assertion-header-syntax', `${quote(line.trim())} needs a space or a new line before its value`);
      this.at += 1;
      return line.slice(column + 1);
    }
    if (indent > 2 * MAX_DEPTH) this.fail('assertion-header-syntax', `Headers are nested deeper than ${MAX_DEPTH} levels`);
    this.at += 1;
    const prefix = ' '.repeat(indent + 2);
    if (this.at < this.lines.length && this.line().startsWith(prefix)) {
      const next = this.line()[prefix.length];
      if (next === '-') return this.readList(indent, `${prefix}-`);
      if (next !== undefined && next !== ' ') return this.readMap(prefix);
    }
    return this.readText(`${prefix}  `);
  }

  private readText(prefix: string): string {
    const first = this.at;
    const parts: string[] = [];
    for (; this.at < this.lines.length && this.line().startsWith(prefix); this.at += 1) parts.push(this.line().slice(prefix.length));
    if (parts.length === 0) {
      this.at = first - 1;
      this.fail('assertion-header-syntax', `${quote(this.line().trim())} has no value: the lines below it should be indented by ${prefix.length} spaces`);
    }
    return parts.join('\n');
  }

  private readList(indent: number, prefix: string): HeaderValue[] {
    const list: HeaderValue[] = [];
    while (this.at < this.lines.length && this.line().startsWith(prefix)) list.push(this.readValue(prefix.length, indent + 2));
    return list;
  }

  private readMap(prefix: string): HeaderMap {
    const map = emptyMap();
    while (this.at < this.lines.length && this.line().startsWith(prefix)) this.readNamed(map, prefix.length, 'map entry', prefix.length);
    return map;
  }
}

/** The lines of one header, each after a LF; nothing for an empty list or map. Throws Fault when a value is no text, list or map. */
export function writeEntry(name: string, value: HeaderValue): string {
  const out: string[] = [];
  appendEntry(out, `${name}:`, value, 0, name, 0);
  return out.join('');
}

function appendEntry(out: string[], intro: string, value: unknown, indent: number, path: string, depth: number): void {
  if (depth > MAX_DEPTH) throw new Fault('assertion-header-value', `"${path.slice(0, 60)}…" is nested too deeply`, { header: path });
  if (typeof value === 'string') {
    if (!value.includes('\n')) out.push('\n', intro, ' ', value);
    else {
      const prefix = `\n${' '.repeat(indent + 4)}`;
      out.push('\n', intro, prefix, value.replaceAll('\n', prefix));
    }
  } else if (Array.isArray(value)) {
    if (value.length === 0) return;
    out.push('\n', intro);
    const dash = `${' '.repeat(indent + 2)}-`;
    for (let i = 0; i < value.length; i += 1) appendEntry(out, dash, value[i], indent + 2, `${path}[${i}]`, depth + 1);
  } else if (isPlainMap(value)) {
    const names = Object.keys(value).sort(compareBytes);
    if (names.length === 0) return;
    out.push('\n', intro);
    for (const name of names) appendEntry(out, `${' '.repeat(indent + 2)}${name}:`, value[name], indent + 2, `${path}.${name}`, depth + 1);
  } else throw new Fault('assertion-header-value', `"${path}" holds ${describe(value)}: an assertion knows text, lists and maps only, so write it as text`, { header: path });
}

function isPlainMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

const describe = (value: unknown): string => (value === null ? 'null' : typeof value === 'object' ? 'an object that is no plain map' : `a ${typeof value}`);

/** Whether what was read is what was written; an empty list or map that is a header or map entry counts as absent, for it leaves no text. */
export function sameHeaders(read: HeaderValue | undefined, written: HeaderValue): boolean {
  if (typeof written === 'string' || typeof read === 'string') return read === written;
  if (Array.isArray(written)) return Array.isArray(read) && read.length === written.length && written.every((item, i) => sameHeaders(read[i], item));
  if (read === undefined || Array.isArray(read)) return false;
  const names = Object.keys(written).filter((name) => !vanishes(written[name]));
  return names.length === Object.keys(read).length && names.every((name) => name in read && sameHeaders(read[name], written[name]!));
}

const vanishes = (value: HeaderValue | undefined): boolean => typeof value === 'object' && Object.keys(value).length === 0;
