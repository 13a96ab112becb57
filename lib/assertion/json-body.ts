import { compareBytes, fromUtf8 } from '../bytes';
import { JsonError, parseJson } from '../json/parse-json';
import { Fault } from './format-error';

const LONG = 64 * 1024;

/** A JSON body is accepted in the one form that Go's MarshalIndent gives: two spaces, keys by bytes, numbers through float64. Throws Fault. */
export function checkGoJson(body: Uint8Array, type: string): void {
  const text = fromUtf8(body) ?? '';
  if (text === '') throw new Fault('assertion-body-json', `A ${type} needs a body of JSON`);
  const otherwise = (): Fault => new Fault('assertion-body-json', `The JSON in the body of a ${type} should be indented by 2 spaces and sorted by key`);
  if (text.length > LONG && !hasGoLines(text)) throw otherwise();
  let written: string;
  try {
    written = writeGoJson(parseJson(text, `The body of a ${type}`), '');
  } catch (error) {
    if (error instanceof JsonError) throw new Fault('assertion-body-json', error.message.replace(/\.$/, ''));
    if (!(error instanceof RangeError)) throw error;
    throw new Fault('assertion-body-json', `The body of a ${type} should be JSON: ${error.message}`);
  }
  if (written !== text) throw otherwise();
}

/** Whether a new line follows wherever Go begins one, strings aside: a quick no to hostile megabytes, which are long in being parsed. */
function hasGoLines(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    const next = text[at + 1];
    if (character === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
    } else if (character === ',' && next !== '\n') return false;
    else if ((character === '[' || character === '{') && next !== '\n' && next !== ']' && next !== '}') return false;
  }
  return true;
}

/** JSON as Go writes it with an indent of two spaces. Throws RangeError for numbers beyond float64 and nesting beyond the stack. */
export function writeGoJson(value: unknown, indent = ''): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return goNumber(value);
  if (typeof value === 'string') return goString(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[\n${value.map((item) => inner + writeGoJson(item, inner)).join(',\n')}\n${indent}]`;
  const entries = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => compareBytes(a, b));
  return entries.length === 0 ? '{}' : `{\n${entries.map(([key, item]) => `${inner}${goString(key)}: ${writeGoJson(item, inner)}`).join(',\n')}\n${indent}}`;
}

function goNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('a number is out of range');
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A string as Go writes it: lone surrogates become U+FFFD, as Go's decoder makes them; `& < >` and the line separators are escaped. */
export function goString(text: string): string {
  const whole = text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
  return JSON.stringify(whole).replace(/[&<>\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
