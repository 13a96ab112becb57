import { AppError } from '../errors';
import type { Headers } from './assertion';

export type AssertionFormatCode =
  | 'assertion-too-large'
  | 'assertion-truncated'
  | 'assertion-separator-missing'
  | 'assertion-not-utf8'
  | 'assertion-header-syntax'
  | 'assertion-header-name'
  | 'assertion-header-repeated'
  | 'assertion-header-value'
  | 'assertion-header-missing'
  | 'assertion-header-unwritable'
  | 'assertion-body-length'
  | 'assertion-body-json'
  | 'unknown-type'
  | 'assertion-authority'
  | 'assertion-format'
  | 'assertion-signature-empty'
  | 'assertion-rule';

/** Text that is no assertion, or headers that cannot become one. Places are in the bytes as given. */
export class AssertionFormatError extends AppError<AssertionFormatCode> {
  /** Counted from 1; undefined when there is no text yet (encoding). */
  readonly line: number | undefined;
  /** Byte offset from the start of the input. */
  readonly offset: number | undefined;
  /** The header that it is about, as a path such as `snaps[2].name`; empty for the whole. */
  readonly header: string;
  /** What the headers say, where they could be read and the fault is in what they say: an unknown type can be shown all the same. */
  readonly headers: Headers | undefined;

  constructor(code: AssertionFormatCode, message: string, more: { line?: number; offset?: number; header?: string; headers?: Headers; cause?: unknown } = {}) {
    const header = more.header ?? '';
    super(code, message, { cause: more.cause, problems: [{ path: header, code, message }], details: { line: more.line, offset: more.offset } });
    this.name = 'AssertionFormatError';
    this.line = more.line;
    this.offset = more.offset;
    this.header = header;
    this.headers = more.headers;
  }
}

/** What is wrong, before it is known where in the input that is. `line` counts from 0 within the headers. */
export class Fault extends Error {
  readonly code: AssertionFormatCode;
  readonly header: string;
  readonly line: number | undefined;
  /** Set by whoever has read them. */
  headers: Headers | undefined;

  constructor(code: AssertionFormatCode, message: string, more: { header?: string; line?: number } = {}) {
    super(message);
    this.name = 'Fault';
    this.code = code;
    this.header = more.header ?? '';
    this.line = more.line;
  }
}

const LF = 0x0a;

/** An error at a byte of the input. */
export function errorAt(bytes: Uint8Array, offset: number, code: AssertionFormatCode, message: string, more: { header?: string; headers?: Headers; cause?: unknown } = {}): AssertionFormatError {
  let line = 1;
  for (let i = 0; i < offset && i < bytes.length; i += 1) if (bytes[i] === LF) line += 1;
  return new AssertionFormatError(code, `${message} (line ${line}, byte ${offset}).`, { ...more, line, offset });
}

/** Turns a fault within the headers that start at byte `start` into an error with its place: its own line, else the line that introduces its header. */
export function locateFault(fault: Fault, bytes: Uint8Array, start: number): AssertionFormatError {
  const offset = fault.line === undefined ? offsetOfHeader(bytes, start, fault.header) : offsetOfLine(bytes, start, fault.line);
  return errorAt(bytes, offset, fault.code, fault.message, { header: fault.header, headers: fault.headers, cause: fault });
}

export const unlocatedFault = (fault: Fault): AssertionFormatError => new AssertionFormatError(fault.code, `${fault.message}.`, { header: fault.header, headers: fault.headers, cause: fault });

function offsetOfLine(bytes: Uint8Array, start: number, line: number): number {
  let offset = start;
  for (let n = 0; n < line; n += 1) {
    const next = bytes.indexOf(LF, offset);
    if (next < 0) break;
    offset = next + 1;
  }
  return offset;
}

function offsetOfHeader(bytes: Uint8Array, start: number, path: string): number {
  const name = /^[a-z0-9-]+/.exec(path)?.[0];
  if (name === undefined) return start;
  const wanted = new TextEncoder().encode(`${name}:`);
  for (let offset = start; offset < bytes.length && bytes[offset] !== LF; ) {
    if (wanted.every((byte, i) => bytes[offset + i] === byte)) return offset;
    const next = bytes.indexOf(LF, offset);
    if (next < 0) break;
    offset = next + 1;
  }
  return start;
}
