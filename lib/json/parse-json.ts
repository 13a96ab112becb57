import { AppError } from '../errors';
import { findFault, type JsonFault, type JsonLimits } from './find-fault';

/** Both from 1. Lines end at LF, CR LF or CR; columns count characters (code points), as editors do. */
export type JsonPlace = { line: number; column: number };

/** No JSON, or JSON beyond its reader's limits. Quotes at most one character, or a name that stands twice. */
export class JsonError extends AppError {
  constructor(
    code: string,
    message: string,
    readonly place: JsonPlace,
    /** It is JSON, and beyond its reader's limits. */
    readonly isJson: boolean,
  ) {
    super(code, message, { details: place });
    this.name = 'JsonError';
  }
}

type Options = JsonLimits & {
  /** Of the error. */
  code?: string;
  /** The line of a larger input that the text begins on. */
  firstLine?: number;
};

/** Reads JSON; `what` begins the error's sentence. Throws JsonError with the first place that is wrong. */
export function parseJson(text: string, what = 'This', options: Options = {}): unknown {
  const limited = options.strictNames || options.maxDepth !== undefined;
  const beyond = limited ? findFault(text, options) : undefined;
  if (beyond) throw errorOf(beyond, text, what, options);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // Engines differ in their words and name a place in some of them only.
    const fault = error instanceof SyntaxError ? findFault(text) : undefined;
    throw fault ? errorOf(fault, text, what, options) : error;
  }
}

function errorOf(fault: JsonFault, text: string, what: string, options: Options): JsonError {
  const { code = 'json-malformed', firstLine = 1 } = options;
  const { line, column } = placeOf(text, fault.offset);
  const place = { line: line + firstLine - 1, column };
  const isJson = 'refusal' in fault;
  const words = isJson ? fault.refusal : `is no JSON: ${stands(text, fault.offset)} ${fault.wanted}`;
  return new JsonError(code, `${what} ${words} (line ${place.line}, column ${place.column}).`, place, isJson);
}

function stands(text: string, offset: number): string {
  if (offset >= text.length) return 'it ends before';
  const character = String.fromCodePoint(text.codePointAt(offset)!);
  if (character === '"') return 'there is a quote instead of';
  const unseen = character !== ' ' && /[\p{C}\p{Z}]/u.test(character);
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return `there is ${unseen ? `U+${code}` : `"${character}"`} instead of`;
}

const LF = 0x0a;
const CR = 0x0d;

/** The place of a UTF-16 offset. */
export function placeOf(text: string, offset: number): JsonPlace {
  let line = 1;
  let column = 1;
  for (let at = 0; at < offset; at += 1) {
    const unit = text.charCodeAt(at);
    const endsLine = unit === LF || (unit === CR && text.charCodeAt(at + 1) !== LF);
    if (endsLine) {
      line += 1;
      column = 1;
    } else if (!isSecondHalf(text, at)) column += 1;
  }
  return { line, column };
}

const isSecondHalf = (text: string, at: number): boolean =>
  isBetween(text.charCodeAt(at), 0xdc00, 0xdfff) && isBetween(text.charCodeAt(at - 1), 0xd800, 0xdbff);
const isBetween = (unit: number, first: number, last: number): boolean => unit >= first && unit <= last;
