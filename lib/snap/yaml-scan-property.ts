import { isBlank, isBlankOrEnd, isBreak, type YamlCursor } from './yaml-cursor';

const isWord = (unit: number): boolean => /[0-9A-Za-z_-]/.test(String.fromCharCode(unit));
const isNoWord = (unit: number): boolean => !isWord(unit);

/** The name of an anchor or alias, from `&` or `*` on. Throws YamlFault. */
export function scanAnchor(cursor: YamlCursor): string {
  cursor.skip();
  const name = cursor.take(isNoWord);
  if (name === '' || !(isBlankOrEnd(cursor.at()) || /[?:,\]}%@`]/.test(String.fromCharCode(cursor.at())))) {
    cursor.fault('the name behind & or * has letters, digits, - and _');
  }
  return name;
}

/** A tag as it is written, from `!` on; an empty handle stands before a whole URI. Throws YamlFault. */
export function scanTag(cursor: YamlCursor): { handle: string; suffix: string } {
  const tag = cursor.is('<', 1) ? scanVerbatim(cursor) : scanShorthand(cursor);
  if (!isBlankOrEnd(cursor.at())) cursor.fault('a tag ends with white space');
  return tag;
}

function scanVerbatim(cursor: YamlCursor): { handle: string; suffix: string } {
  cursor.skip();
  cursor.skip();
  const suffix = scanUri(cursor, '');
  if (!cursor.is('>')) cursor.fault('a tag that begins with !< ends with >');
  cursor.skip();
  return { handle: '', suffix };
}

function scanShorthand(cursor: YamlCursor): { handle: string; suffix: string } {
  const handle = scanHandle(cursor);
  if (handle.length > 1 && handle.endsWith('!')) return { handle, suffix: scanUri(cursor, '') };
  const suffix = scanUri(cursor, handle);
  return suffix === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix };
}

function scanHandle(cursor: YamlCursor): string {
  if (!cursor.is('!')) cursor.fault('a tag begins with !');
  cursor.skip();
  const name = `!${cursor.take(isNoWord)}`;
  if (!cursor.is('!')) return name;
  cursor.skip();
  return `${name}!`;
}

/** `begun` is what was taken for a handle and is none; its `!` does not count. */
function scanUri(cursor: YamlCursor, begun: string): string {
  let uri = begun.slice(1);
  const { pos } = cursor;
  while (/[0-9A-Za-z_\-;/?:@&=+$,.!~*'()[\]%]/.test(String.fromCharCode(cursor.at()))) {
    if (cursor.is('%')) uri += scanOctets(cursor);
    else {
      uri += cursor.text[cursor.pos]!;
      cursor.skip();
    }
  }
  if (begun === '' && cursor.pos === pos) cursor.fault('a tag has a name');
  return uri;
}

/** One character in octets such as `%C3%A4`. */
function scanOctets(cursor: YamlCursor): string {
  const octets = /^(?:%[0-9A-Fa-f]{2}){1,4}/.exec(cursor.text.slice(cursor.pos, cursor.pos + 12))?.[0] ?? '';
  for (let length = 3; length <= octets.length; length += 3) {
    const character = decodeOctets(octets.slice(0, length));
    if (character === undefined) continue;
    for (let i = 0; i < length; i += 1) cursor.skip();
    return character;
  }
  return cursor.fault('% in a tag begins a character in UTF-8, each octet as % and two hexadecimal digits');
}

function decodeOctets(octets: string): string | undefined {
  try {
    return decodeURIComponent(octets);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/**
 * A line that begins with `%`, without what is behind its value. `%YAML` has a version, `%TAG` a handle and
 * what it stands for.
 */
export type Directive = { version: string } | { handle: string; prefix: string };

/** Throws YamlFault. */
export function scanDirective(cursor: YamlCursor): Directive {
  cursor.skip();
  const name = cursor.take(isNoWord);
  if (!isBlankOrEnd(cursor.at()) || !['YAML', 'TAG'].includes(name))
    cursor.fault('a line that begins with % is a directive %YAML or %TAG');
  cursor.skipBlanks();
  const directive = name === 'YAML' ? { version: scanVersion(cursor) } : scanTagDirective(cursor);
  cursor.skipBlanks();
  cursor.skipComment();
  if (!isBreak(cursor.at()) && !cursor.isEnd()) cursor.fault('only a comment stands behind a directive');
  if (!cursor.isEnd()) cursor.takeBreak();
  return directive;
}

function scanVersion(cursor: YamlCursor): string {
  const version = /^\d{1,2}\.\d{1,2}(?!\d)/.exec(cursor.text.slice(cursor.pos, cursor.pos + 6))?.[0] ?? '';
  if (version === '') cursor.fault('%YAML has a version, such as 1.1');
  for (let i = 0; i < version.length; i += 1) cursor.skip();
  return version.split('.').map(Number).join('.');
}

function scanTagDirective(cursor: YamlCursor): Directive {
  const handle = scanHandle(cursor);
  if (handle !== '!' && !handle.endsWith('!')) cursor.fault('a handle of %TAG ends with !');
  if (!isBlank(cursor.at())) cursor.fault('white space stands behind a handle of %TAG');
  cursor.skipBlanks();
  const prefix = scanUri(cursor, '');
  if (!isBlankOrEnd(cursor.at())) cursor.fault('white space stands behind the prefix of %TAG');
  return { handle, prefix };
}
