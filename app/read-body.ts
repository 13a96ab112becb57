import type { z } from 'zod';
import { NOTHING, parseBody } from '@/lib/api/parse';
import type { Parsed } from '@/lib/api/parse';
import { concat, fromUtf8 } from '@/lib/bytes';
import { AppError } from '@/lib/errors';
import type { Problem } from '@/lib/errors';
import { JsonError, parseJson } from '@/lib/json/parse-json';

/** A model of 200 snaps is below 100 KB. */
const MAX_BODY_BYTES = 1024 * 1024;
/** Headers of an imported model have 200 levels. What reads a body further on calls itself for each level. */
const MAX_DEPTH = 256;

/** The JSON body of a request, held to its schema. Throws AppError `too-large` above 1 MiB. */
export async function readBody<T>(request: Request, schema: z.ZodType<T>): Promise<Parsed<T>> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  if (type !== 'application/json') {
    return refused('content-type', 'Send JSON, with the header “content-type: application/json”.');
  }
  const text = await readText(request);
  if (text === undefined) return refused('not-utf8', 'The body is not UTF-8.');
  try {
    return parseBody(parseJson(text, 'The body', { maxDepth: MAX_DEPTH, strictNames: true }), schema);
  } catch (error) {
    if (error instanceof JsonError) return refused(error.isJson ? 'json-limit' : 'not-json', error.message);
    throw error;
  }
}

/** For an operation without a body; one that says nothing (empty, or `{}`) passes. Throws AppError `too-large`. */
export async function readNoBody(request: Request): Promise<Parsed<unknown>> {
  const { headers, body } = request;
  const unread =
    !body && (Number(headers.get('content-length') ?? 0) > 0 || headers.has('transfer-encoding'));
  const text = unread ? undefined : await readText(request);
  if (text?.trim() === '') return { value: undefined, problems: [] };
  const value = text === undefined ? undefined : valueOf(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return parseBody(value, NOTHING);
  return refused('body-unexpected', 'There is no body to this operation. Send the request without one.');
}

function valueOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

/** undefined for what is not UTF-8; a byte order mark is left out. */
async function readText({ body }: Request): Promise<string | undefined> {
  if (!body) return '';
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const reader = body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    sizeBytes += part.value.length;
    if (sizeBytes > MAX_BODY_BYTES) {
      await reader.cancel();
      const message = `The body is larger than ${MAX_BODY_BYTES / 1024} KB.`;
      throw new AppError('too-large', message, { details: { limitBytes: MAX_BODY_BYTES } });
    }
    chunks.push(part.value);
  }
  return fromUtf8(concat(...chunks))?.replace(/^\ufeff/, '');
}

const refused = (code: string, message: string): { problems: Problem[] } => ({
  problems: [{ path: '', code, message }],
});
