import { compareBytes, concat, utf8 } from '../bytes';
import type { Assertion, Headers, HeaderValue } from './assertion';
import { assemble } from './assemble';
import type { DecodeOptions } from './assemble';
import { AssertionFormatError, Fault, unlocatedFault } from './format-error';
import { formatNeeded } from './format-needed';
import { emptyMap, parseHeaderText, sameHeaders, writeEntry } from './headers';
import { isPlainNumber } from './scalars';
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
  return withoutPlace(() => writeHeaders(headers, bodyLength).text);
}

/**
 * What gets signed: headers in canonical order and the body. The headers must make a valid assertion but for its signature, `type` and `sign-key-sha3-384`
 * included; `body-length` is computed. Throws AssertionFormatError.
 */
export function assembleContent(headers: Headers, body: Uint8Array = new Uint8Array(0), options: DecodeOptions = {}): Uint8Array {
  return withoutPlace(() => {
    const { text, written } = writeHeaders(headers, body.length);
    const content = body.length > 0 ? concat(utf8(text), BLANK_LINE, body) : utf8(text);
    assemble({ headers: parseHeaderText(text), body, content, signature: UNSIGNED }, options);
    checkFormat(written);
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

function writeHeaders(given: Headers, bodyLength: number): { text: string; written: Headers } {
  const name = given['type'];
  const type = typeof name === 'string' ? findAssertionType(name) : undefined;
  if (!type) throw new Fault('assertion-type-unknown', `${typeof name === 'string' ? `"${name}"` : 'That'} is no known type of assertion`, { header: 'type' });

  const rest: Headers = Object.assign(emptyMap(), given);
  const written = emptyMap();
  const parts: string[] = [];
  const take = (header: string): HeaderValue | undefined => {
    const value = rest[header];
    delete rest[header];
    return value;
  };
  const write = (header: string, value: HeaderValue | undefined): void => {
    if (value === undefined) return;
    const entry = writeEntry(header, value);
    if (entry !== '') readBack(header, value, entry);
    written[header] = value;
    parts.push(entry);
  };

  write('type', take('type'));
  write('format', iteration('format', take('format')));
  const authority = take('authority-id');
  if (authority !== undefined && !type.hasAuthority) throw new Fault('assertion-authority', `A ${type.name} signs for itself and has no "authority-id"`, { header: 'authority-id' });
  write('authority-id', authority);
  write('revision', iteration('revision', take('revision')));
  for (const header of type.primaryKey) {
    const fallback = type.defaults[header];
    // Surprising but so: an optional key that is absent gets written with the remaining headers, one that is given with its default is left out.
    if (fallback !== undefined && rest[header] === undefined) rest[header] = fallback;
    else if (fallback !== undefined && rest[header] === fallback) delete rest[header];
    else write(header, take(header));
  }
  delete rest['body-length'];
  const signKey = take('sign-key-sha3-384');
  for (const header of Object.keys(rest).sort(compareBytes)) write(header, rest[header]);
  if (bodyLength > 0) write('body-length', String(bodyLength));
  write('sign-key-sha3-384', signKey);

  return { text: parts.join('').slice(1), written };
}

function iteration(header: string, value: HeaderValue | undefined): HeaderValue | undefined {
  if (value === undefined || value === '0') return undefined;
  if (typeof value !== 'string' || !isPlainNumber(value) || !Number.isSafeInteger(Number(value))) {
    throw new Fault(header === 'format' ? 'assertion-format' : 'assertion-header-value', `The header "${header}" should be a whole number, written plainly`, { header });
  }
  return value;
}

/** Some values leave text that reads back as something else, or not at all: empty things in lists, odd names, lone surrogates. */
function readBack(header: string, value: HeaderValue, entry: string): void {
  const unwritable = (why: string, cause?: unknown): AssertionFormatError =>
    new AssertionFormatError('assertion-header-unwritable', `The header "${header}" cannot be written as an assertion: ${why}.`, { header, cause });
  let read: Headers;
  try {
    read = parseHeaderText(new TextDecoder('utf-8', { ignoreBOM: true }).decode(utf8(entry.slice(1))));
  } catch (error) {
    if (error instanceof Fault) throw unwritable(error.message, error);
    throw error;
  }
  if (!sameHeaders(read, { [header]: value })) throw unwritable('it holds an empty list or map within a list, or broken text, and would read back as something else');
}

function checkFormat(headers: Headers): void {
  const type = findAssertionType(String(headers['type']));
  const format = Number(headers['format'] ?? 0);
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
