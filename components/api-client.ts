import { AppError } from '@/lib/errors';
import { errorBody } from '@/lib/api/common';

type Schema<T> = { parse(value: unknown): T };
type Options<T> = { method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; body?: unknown; schema?: Schema<T>; signal?: AbortSignal };

/**
 * Asks Imprint's own API. A refusal becomes the AppError that the server threw: code, sentence, problems, and `requestId` in its details.
 * Throws AppError `unavailable` when no answer came or it was not one of Imprint's.
 */
export async function request<T>(url: string, { method = 'GET', body, schema, signal }: Options<T> = {}): Promise<T> {
  const response = await send(url, { method, body, signal });
  const answer = await readJson(response);
  if (!response.ok) throw refusal(response, answer);
  return schema ? schema.parse(answer) : (answer as T);
}

async function send(url: string, { method, body, signal }: { method: string; body: unknown; signal: AbortSignal | undefined }): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  try {
    return await fetch(url, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body), credentials: 'same-origin' });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new AppError('unavailable', 'Imprint did not answer. Check your connection and try again.', { cause });
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new AppError('unavailable', `Imprint's answer could not be read (HTTP ${response.status}). Try again in a moment.`, { cause });
  }
}

function refusal(response: Response, answer: unknown): AppError {
  const parsed = errorBody.safeParse(answer);
  if (!parsed.success) return new AppError('unavailable', `Imprint answered with HTTP ${response.status} and no reason. Try again in a moment.`);
  const { code, message, problems, details, requestId } = parsed.data.error;
  return new AppError(code, message, { problems, details: { ...details, requestId } });
}
