import { AppError } from '../errors';
import { fromUtf8 } from '../bytes';
import type { Assertion, Headers } from './assertion';
import { assemble, bodyLengthOf } from './assemble';
import type { DecodeOptions } from './assemble';
import { errorAt, Fault, locateFault } from './format-error';
import { parseHeaderText } from './headers';

export type { DecodeOptions } from './assemble';

/** Of the stream's headers with the blank line after them, and of its signatures (snapd asserts/asserts.go). */
export const MAX_HEADER_BYTES = 128 * 1024;
export const MAX_SIGNATURE_BYTES = 128 * 1024;
export const MAX_BODY_BYTES = 2 * 1024 * 1024;
/** snapd's single decoder has no limit; this one ends where nobody's assertion has been. */
const MAX_SINGLE_BYTES = 16 * 1024 * 1024;

const LF = 0x0a;
const EMPTY = new Uint8Array(0);

function blankLineAt(bytes: Uint8Array, from: number, before = bytes.length): number {
  for (let at = bytes.indexOf(LF, from); at >= 0 && at + 1 < before; at = bytes.indexOf(LF, at + 1)) if (bytes[at + 1] === LF) return at;
  return -1;
}

function lastBlankLine(bytes: Uint8Array): number {
  for (let at = bytes.length - 2; at >= 0; at -= 1) if (bytes[at] === LF && bytes[at + 1] === LF) return at;
  return -1;
}

/** Runs `read` over the headers that start at `start`, giving whatever is wrong its place. */
function placed<T>(bytes: Uint8Array, start: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Fault) throw locateFault(error, bytes, start);
    throw error;
  }
}

function readHeaders(bytes: Uint8Array, start: number, end: number): Headers {
  const text = fromUtf8(bytes.subarray(start, end));
  if (text === undefined) throw errorAt(bytes, start, 'assertion-not-utf8', 'The headers are not UTF-8');
  return parseHeaderText(text);
}

/**
 * One assertion and nothing else, as snapd's Decode: the text may end in one line feed, not in a blank line.
 * The bytes are copied. Throws AssertionFormatError. Signatures are not looked into: that is lib/keys' work.
 */
export function decodeAssertion(input: Uint8Array, options: DecodeOptions = {}): Assertion {
  if (input.length > MAX_SINGLE_BYTES) throw errorAt(EMPTY, 0, 'assertion-too-large', `The text has ${input.length} bytes where an assertion has ${MAX_SINGLE_BYTES} at most`);
  const bytes = new Uint8Array(input);
  const split = lastBlankLine(bytes);
  if (split < 0) throw errorAt(bytes, 0, 'assertion-separator-missing', 'There is no blank line between the headers and the signature');
  const content = bytes.subarray(0, split);
  const headEnd = blankLineAt(bytes, 0, split);
  const body = headEnd < 0 ? EMPTY : content.subarray(headEnd + 2);
  return placed(bytes, 0, () => assemble({ headers: readHeaders(bytes, 0, headEnd < 0 ? split : headEnd), body, content, signature: bytes.subarray(split + 2) }, options));
}

/**
 * A stream of assertions, one empty line between two, within snapd's limits: 128 KiB of headers, 2 MiB of body, 128 KiB of signature.
 * The bytes are copied once, unless they are borrowed, and shared by the assertions. Throws AssertionFormatError for the first thing that is wrong.
 */
export function decodeStream(input: Uint8Array, options: DecodeOptions = {}): Assertion[] {
  const bytes = options.borrow ? input : new Uint8Array(input);
  const assertions: Assertion[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [assertion, next] = readOne(bytes, at, options);
    assertions.push(assertion);
    at = next;
  }
  return assertions;
}

/** Where the text up to the next blank line ends, counting that line; the end of the stream when there is none. */
function readUntilBlank(bytes: Uint8Array, start: number, limit: number, what: string): { end: number; found: boolean } {
  const at = blankLineAt(bytes, start, Math.min(bytes.length, start + limit));
  if (at >= 0) return { end: at + 2, found: true };
  if (bytes.length - start >= limit) throw errorAt(bytes, start, 'assertion-too-large', `${what} should have less than ${limit} bytes`);
  return { end: bytes.length, found: false };
}

function readOne(bytes: Uint8Array, start: number, options: DecodeOptions): [Assertion, number] {
  const truncated = (message: string): AppError => errorAt(bytes, bytes.length, 'assertion-truncated', message);
  const head = readUntilBlank(bytes, start, MAX_HEADER_BYTES, 'The headers');
  if (!head.found) throw truncated('The stream ends within the headers of an assertion');
  const headEnd = head.end - 2;
  return placed(bytes, start, () => {
    const headers = readHeaders(bytes, start, headEnd);
    const length = bodyLengthOf(headers);
    if (length > MAX_BODY_BYTES) throw new Fault('assertion-too-large', `The body has ${length} bytes where ${MAX_BODY_BYTES} are allowed`, { header: 'body-length' });
    const bodyEnd = head.end + length;
    if (bodyEnd > bytes.length) throw truncated('The stream ends within the body of an assertion');
    let contentEnd = bodyEnd;
    let tail = readUntilBlank(bytes, bodyEnd, MAX_SIGNATURE_BYTES, 'The signature');
    let signatureStart = bodyEnd;
    if (tail.found && tail.end === bodyEnd + 2) {
      signatureStart = tail.end;
      tail = readUntilBlank(bytes, signatureStart, MAX_SIGNATURE_BYTES, 'The signature');
    } else {
      if (length > 0) throw errorAt(bytes, bodyEnd, 'assertion-separator-missing', 'There is no blank line between the body and the signature');
      contentEnd = headEnd;
    }
    const signatureEnd = tail.found ? tail.end - 1 : tail.end;
    const body = length > 0 ? bytes.subarray(head.end, bodyEnd) : EMPTY;
    return [assemble({ headers, body, content: bytes.subarray(start, contentEnd), signature: bytes.subarray(signatureStart, signatureEnd) }, options), tail.end];
  });
}
