import type { Assertion, Headers, HeaderValue } from '../assertion/assertion';
import { decodeStream } from '../assertion/decode';
import { AssertionFormatError } from '../assertion/format-error';
import { fromUtf8, utf8 } from '../bytes';
import { AppError, type Problem } from '../errors';
import { parseJson } from '../json/parse-json';
import { quote } from './check/report';
import { isTimestampAhead } from './check/clock';
import { headersToDraft, SET_BY_IMPRINT, type DraftHeaders } from './draft';
import { joinPath } from './path';

/** Nobody's model with its account-key and account comes near it. */
export const MAX_MODEL_BYTES = 512 * 1024;
/** Deeper than any header means anything; what reads it further on walks it with functions that call themselves. */
const MAX_DEPTH = 200;

export type ModelInput =
  /** JSON as `snap sign` takes it. */
  | { kind: 'json'; headers: Headers }
  /** A signed model alone, by its form; nothing about its signature or its rules is checked yet. */
  | { kind: 'assertion'; assertion: Assertion }
  /** A signed model among other assertions, as `snap sign --chain` prints them, in any order. */
  | { kind: 'chain'; model: Assertion; others: Assertion[] };

/**
 * A model in any of the forms that people have it in. Blank lines around it do not matter.
 * Throws AppError `too-large` or `invalid` (with every value that is no text, each with a fix), AssertionFormatError for what is no assertion.
 */
export function readModelInput(bytes: Uint8Array): ModelInput {
  if (bytes.length > MAX_MODEL_BYTES) throw new AppError('too-large', `A model has less than ${MAX_MODEL_BYTES / 1024} KiB, and this has ${Math.ceil(bytes.length / 1024)}.`);
  const text = readText(bytes);
  const start = text.trimStart();
  if (start === '') throw new AppError('invalid', 'There is nothing in it.');
  if (start.startsWith('{') || start.startsWith('[')) return { kind: 'json', headers: readJson(text) };
  if (!/^[a-z][a-z0-9-]*:/.test(start)) throw new AppError('invalid', 'This is neither JSON nor an assertion: the one begins with {, the other with “type: model”.');
  // What is pasted loses line feeds at its end, or gains some.
  return readAssertions(`${text.replace(/^\n+/, '').replace(/\n+$/, '')}\n`);
}

function readText(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) throw new AppError('invalid', 'This file is UTF-16, which snapd does not read. Save it as UTF-8 without a byte order mark.');
  const text = fromUtf8(bytes);
  if (text === undefined) throw new AppError('invalid', 'This is no text in UTF-8. Choose the file that snap sign takes or prints.');
  if (text.startsWith('\ufeff')) throw new AppError('invalid', 'This file begins with a byte order mark, which snapd does not read. Save it as UTF-8 without one.');
  return text;
}

function readAssertions(text: string): ModelInput {
  const assertions = decode(text);
  const models = assertions.filter(({ type }) => type === 'model');
  const [model] = models;
  const types = [...new Set(assertions.map(({ type }) => type))].join(', ');
  if (!model) throw new AppError('invalid', assertions.length === 1 ? `This is an assertion of type ${types}, not a model.` : `There is no model among these assertions (${types}).`);
  if (models.length > 1) throw new AppError('invalid', `There are ${models.length} models in this. Bring one, with its account-key and account if you have them.`);
  return assertions.length === 1 ? { kind: 'assertion', assertion: model } : { kind: 'chain', model, others: assertions.filter((assertion) => assertion !== model) };
}

function decode(text: string): Assertion[] {
  try {
    return decodeStream(utf8(text));
  } catch (error) {
    if (!(error instanceof AssertionFormatError) || !text.includes('\r\n')) throw error;
    throw new AppError('invalid', 'The lines of this file end in CR LF, as Windows writes them. An assertion’s end in LF alone, and its signature holds for no others: bring the file as snap sign printed it.', { cause: error });
  }
}

function readJson(text: string): Headers {
  const value = parseJson(text, 'This', { code: 'invalid' });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AppError('invalid', 'snap sign takes one JSON object, the headers by their names. This is a list.');
  const problems: Problem[] = [];
  const headers = onlyText(value, '', 0, problems) as Headers;
  if (headers.body === '') delete headers.body;
  if (headers.body !== undefined) problems.push({ path: 'body', code: 'body', message: 'snap sign makes the body of the assertion from body, and a model has none. Remove it.', fix: { label: 'Remove body', op: 'remove', path: 'body' } });
  if (problems.length > 0) throw new AppError('invalid', problems.length === 1 ? problems[0]!.message : `${problems[0]!.message} There ${problems.length === 2 ? 'is one more such place' : `are ${problems.length - 1} more such places`}.`, { problems });
  if (headers.type !== 'model') throw new AppError('invalid', headers.type === undefined ? 'This JSON does not say what it is: it needs "type": "model".' : `This is JSON for an assertion of type ${quote(String(headers.type))}, not a model.`);
  return headers;
}

/** The same value with maps that have no prototype; what is no text, list or map is a problem each. */
function onlyText(value: unknown, path: string, depth: number, problems: Problem[]): HeaderValue {
  if (typeof value === 'string') return value;
  if (depth > MAX_DEPTH) throw new AppError('invalid', `${quote(path)} is nested more than ${MAX_DEPTH} levels deep.`);
  if (Array.isArray(value)) return value.map((member, i) => onlyText(member, joinPath(path, i), depth + 1, problems));
  if (typeof value === 'object' && value !== null) {
    const map = Object.create(null) as { [name: string]: HeaderValue };
    for (const [name, member] of Object.entries(value)) map[name] = onlyText(member, joinPath(path, name), depth + 1, problems);
    return map;
  }
  const words = value === null ? 'null' : `the ${typeof value} ${String(value)}`;
  problems.push({
    path,
    code: 'not-text',
    message: `${path} is ${words}, and an assertion knows texts, lists and maps only. ${value === null ? 'Remove it.' : `Write it as text: "${String(value)}".`}`,
    fix: value === null ? { label: `Remove ${path}`, op: 'remove', path } : { label: `Write "${String(value)}"`, op: 'set', path, value: String(value) },
  });
  return '';
}

export type ImportedDraft = {
  draft: DraftHeaders;
  /** Headers that a brand does not write itself, with what stood there. */
  dropped: { name: string; value: string }[];
  /** What its author should know; what is wrong with the draft itself checkDraft tells. */
  problems: Problem[];
};

/** `time` is now, RFC 3339. */
export type Importing = { brandId: string; time?: string };

/** What an author goes on with: every header but those of SET_BY_IMPRINT, untouched, known or not. */
export function draftFromHeaders(headers: Headers, { brandId, time }: Importing): ImportedDraft {
  const dropped = SET_BY_IMPRINT.filter((name) => Object.hasOwn(headers, name)).map((name) => ({ name, value: asText(headers[name]!) }));
  return { draft: headersToDraft(headers), dropped, problems: problemsOf(headers, brandId, time) };
}

const asText = (value: HeaderValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

function problemsOf(headers: Headers, brandId: string, time: string | undefined): Problem[] {
  const problems: Problem[] = [];
  const said = (name: string): string | undefined => (Object.hasOwn(headers, name) ? asText(headers[name]!) : undefined);
  const [type, series] = [said('type'), said('series')];
  const brand = said('brand-id') ?? said('authority-id');
  if (type !== undefined && type !== 'model') problems.push({ path: 'type', code: 'type-not-model', message: `This is of type ${quote(type)}, not a model.` });
  if (brand !== undefined && brand !== brandId) {
    problems.push({ path: 'brand-id', code: 'other-brand', severity: 'warning', message: `This is a model of the brand ${quote(brand)}. Here it becomes one of ${quote(brandId)}: another model, for other devices.` });
  }
  if (series !== undefined && series !== '16') problems.push({ path: 'series', code: 'other-series', severity: 'warning', message: `This is of series ${quote(series)}. Here it becomes one of series 16, the only one that there is.` });
  const timestamp = said('timestamp') ?? '';
  if (isTimestampAhead(timestamp, time)) {
    const message = `This is dated ${timestamp}, ahead of the clock. Here it gets the time of its signature.`;
    problems.push({ path: 'timestamp', code: 'timestamp-ahead', severity: 'warning', message });
  }
  return problems;
}
