import { compareBytes, fromUtf8 } from '../bytes';
import { Fault } from './format-error';

/** A JSON body is accepted in the one form that Go's MarshalIndent gives: two spaces, keys by bytes, numbers through float64. Throws Fault. */
export function checkGoJson(body: Uint8Array, type: string): void {
  const text = fromUtf8(body) ?? '';
  if (text === '') throw new Fault('assertion-body-json', `A ${type} needs a body of JSON`);
  let written: string;
  try {
    written = writeGoJson(JSON.parse(text), '');
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) throw new Fault('assertion-body-json', `The body of a ${type} should be JSON: ${error.message}`);
    throw error;
  }
  if (written !== text) throw new Fault('assertion-body-json', `The JSON in the body of a ${type} should be indented by 2 spaces and sorted by key`);
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
