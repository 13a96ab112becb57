import { compareBytes, concat, utf8 } from '../bytes';
import type { Assertion, Headers, HeaderValue } from './assertion';
import { assemble } from './assemble';
import type { DecodeOptions } from './assemble';
import { AssertionFormatError, Fault, unlocatedFault } from './format-error';
import { formatNeeded } from './format-needed';
import { emptyMap, parseHeaderText, sameHeaders, writeEntry } from './headers';
import { parseInteger } from './scalars';
import { findAssertionType } from './types';

const LF = utf8('\n');
const BLANK_LINE = utf8('\n\n');
/** A stand-in while nothing is signed yet: the content does not depend on it. */
const UNSIGNED = utf8('unsigned');

/**
 * The header text in canonical order (snapd asserts/asserts.go assembleAndSign), read back and compared before it is given out.
 * `body-length` follows `bodyLength`, whatever the headers say. Primary keys, authority and key id that are still missing are left out, so that a draft
 * can be shown; `assembleContent` insists on them. Throws AssertionFormatError naming the header.
 */
export function encodeHeaders(headers: Headers, bodyLength = 0): string {
  return withoutPlace(() => {
    const written = (header: string, value: HeaderValue): string => {
      const entry = writeEntry(header, value);
      if (entry !== '') readBack(header, value, entry);
      return entry;
    };
    return writeCanonical(headers, bodyLength, written).text;
  });
}

/**
 * What gets signed, byte for byte as snapd's signers write it (snapd asserts/asserts.go assembleAndSign). The headers must make a valid assertion but for its signature, `type` and `sign-key-sha3-384`
 * included; `body-length` is computed. The rules are asked of the headers as given, then of the text that they became. Throws AssertionFormatError.
 */
export function assembleContent(headers: Headers, body: Uint8Array = new Uint8Array(0), options: DecodeOptions = {}): Uint8Array {
  return withoutPlace(() => {
    const { text, final } = writeCanonical(headers, body.length);
    const content = body.length > 0 ? concat(utf8(text), BLANK_LINE, body) : utf8(text);
    assemble({ headers: final, body, content, signature: UNSIGNED }, options);
    checkFormat(final);
    assemble({ headers: readBackAll(text), body, content, signature: UNSIGNED }, options);
    return content;
  });
}

function withoutPlace<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof Fault) throw unlocatedFault(error);
    throw error;
  }
}

/** The text, and the headers that it stands for: those given, without a revision or format of 0, with the optional primary keys. */
function writeCanonical(given: Headers, bodyLength: number, write: (header: string, value: HeaderValue) => string = writeEntry): { text: string; final: Headers } {
  const name = given['type'];
  const type = typeof name === 'string' ? findAssertionType(name) : undefined;
  if (!type) throw new Fault('unknown-type', `${typeof name === 'string' ? `"${name.slice(0, 60)}"` : 'That'} is no known type of assertion`, { header: 'type' });

  // Overwritten below, but snapd looks at what is given first.
  if (given['body-length'] !== undefined) writeEntry('body-length', given['body-length']);
  const final: Headers = Object.assign(emptyMap(), given);
  for (const header of ['format', 'revision']) if (isZero(final[header])) delete final[header];
  if (bodyLength > 0) final['body-length'] = String(bodyLength);
  else delete final['body-length'];
  if (final['authority-id'] !== undefined && !type.hasAuthority) throw new Fault('assertion-authority', `A ${type.name} signs for itself and has no "authority-id"`, { header: 'authority-id' });

  const rest = new Set(Object.keys(final));
  const parts: string[] = [];
  const take = (header: string): void => {
    if (rest.delete(header) && final[header] !== undefined) parts.push(write(header, final[header]));
  };
  for (const header of ['type', 'format', 'authority-id', 'revision']) take(header);
  for (const header of type.primaryKey) {
    const fallback = type.defaults[header];
    // Surprising but so: an optional key that is absent gets written with the remaining headers, one that is given with its default is left out.
    if (fallback !== undefined && final[header] === undefined) {
      final[header] = fallback;
      rest.add(header);
    } else if (fallback !== undefined && final[header] === fallback) rest.delete(header);
    else take(header);
  }
  const last = ['body-length', 'sign-key-sha3-384'];
  for (const header of [...rest].filter((each) => !last.includes(each)).sort(compareBytes)) take(header);
  for (const header of last) take(header);
  return { text: parts.join('').slice(1), final };
}

const isZero = (value: HeaderValue | undefined): boolean => typeof value === 'string' && parseInteger(value) === 0n;

/** Throws AssertionFormatError `assertion-header-unwritable` for what would not be read back. */
function readBackAll(text: string): Headers {
  try {
    return parseHeaderText(sound(text));
  } catch (error) {
    if (error instanceof Fault) throw new AssertionFormatError('assertion-header-unwritable', `These headers cannot be written as an assertion: ${error.message}.`, { header: error.header, cause: error });
    throw error;
  }
}

/** Halves of a surrogate pair become U+FFFD, as they do in UTF-8. */
const sound = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

/** Some values leave text that reads back as something else, or not at all: empty things in lists, odd names, lone surrogates. */
function readBack(header: string, value: HeaderValue, entry: string): void {
  const unwritable = (why: string, cause?: unknown): AssertionFormatError =>
    new AssertionFormatError('assertion-header-unwritable', `The header "${header}" cannot be written as an assertion: ${why}.`, { header, cause });
  let read: Headers;
  try {
    read = parseHeaderText(sound(entry.slice(1)));
  } catch (error) {
    if (error instanceof Fault) throw unwritable(error.message, error);
    throw error;
  }
  if (!sameHeaders(read, { [header]: value })) throw unwritable('it holds an empty list or map within a list, or broken text, and would read back as something else');
}

function checkFormat(headers: Headers): void {
  const type = findAssertionType(String(headers['type']));
  const format = Number(parseInteger(String(headers['format'] ?? '0')) ?? 0n);
  const needed = formatNeeded(headers);
  if (type && format > type.maxFormat) throw new Fault('assertion-format', `A ${type.name} has no format ${format}: the highest is ${type.maxFormat}`, { header: 'format' });
  if (needed > format) throw new Fault('assertion-format', `These headers need format ${needed}: set the header "format" to it`, { header: 'format' });
}

/** The assertion alone: its own bytes, untouched. */
export const encodeAssertion = (assertion: Pick<Assertion, 'content' | 'signature'>): Uint8Array => concat(assertion.content, BLANK_LINE, assertion.signature);

/** Each assertion's own bytes, ended by a line feed, with an empty line between two. */
export function encodeStream(assertions: readonly Pick<Assertion, 'content' | 'signature'>[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { content, signature } of assertions) {
    if (parts.length > 0) parts.push(LF);
    parts.push(content, BLANK_LINE, signature);
    if (signature.at(-1) !== LF[0]) parts.push(LF);
  }
  return concat(...parts);
}
