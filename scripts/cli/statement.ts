import type { Headers } from '../../lib/assertion/assertion';
import { writeGoJson } from '../../lib/assertion/json-body';
import { findAssertionType } from '../../lib/assertion/types';
import { utf8 } from '../../lib/bytes';
import { AppError } from '../../lib/errors';
import { parseJson } from '../../lib/json/parse-json';
import { headersOf, isObject, isOverflow } from './json';

/** What is to be signed. */
export type Statement = { headers: Headers; body: Uint8Array };

/**
 * The JSON that `snap sign` takes: headers, and the body as a pseudo-header `body` (snapd asserts/signtool/sign.go). A body that has to be JSON
 * is put into its one accepted form. Throws AppError `json-malformed`, `body-malformed`.
 */
export function readStatement(bytes: Uint8Array): Statement {
  const headers = headersOf(parseJson(Buffer.from(bytes).toString('utf8')));
  const body = 'body' in headers ? headers['body'] : '';
  if (typeof body !== 'string') throw new AppError('body-malformed', 'The body, if there is one, should be text.');
  delete headers['body'];
  const type = typeof headers['type'] === 'string' ? findAssertionType(headers['type']) : undefined;
  return { headers, body: utf8(type?.jsonBody && body !== '' ? reformat(body) : body) };
}

function reformat(body: string): string {
  try {
    const value = parseJson(body, 'The body', { code: 'body-malformed' });
    // As Go reads it, names that are the same once they are whole characters included.
    if (value === null || isObject(value)) return writeGoJson(value && headersOf(value));
  } catch (error) {
    if (!(error instanceof RangeError) || isOverflow(error)) throw error;
    throw new AppError('body-malformed', `The body should be JSON: ${error.message}.`, { cause: error });
  }
  throw new AppError('body-malformed', 'The body should be a JSON object.');
}
