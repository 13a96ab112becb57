import type { z } from 'zod';
import { concat, fromUtf8 } from '../bytes';
import { AppError } from '../errors';
import { errorAnswer } from './answers';
import { TryAgain } from './retry';
import type { Answer } from './transport';

export const JSON_BYTES = 16 * 1024 * 1024;
const ERROR_BYTES = 64 * 1024;

/** Whole body of at most `capBytes`. Throws TryAgain when it is longer or breaks off. */
export async function readBody(answer: Answer, capBytes: number, host: string): Promise<Uint8Array> {
  const encoding = answer.header('content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    answer.discard();
    throw new TryAgain(`${host} answered with the content encoding "${plain(encoding, 20)}", which was not asked for`);
  }
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer.read()) {
    sizeBytes += chunk.length;
    if (sizeBytes > capBytes) throw new TryAgain(`${host} sent more than ${capBytes} bytes`);
    chunks.push(chunk);
  }
  return concat(...chunks);
}

/** Throws TryAgain when the body is not what the protocol says. */
export async function readJson<T>(answer: Answer, shape: z.ZodType<T>, host: string): Promise<T> {
  const parsed = shape.safeParse(parseJson(await readBody(answer, JSON_BYTES, host)));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
  throw new TryAgain(`${host} answered with something that is not the Snap Store's protocol${where ? ` (at ${plain(where, 80)})` : ''}`, { cause: parsed.error });
}

/** What a status other than success means, as an error to throw; `missing` when the store says that it has no such thing. */
export async function readRefusal(answer: Answer, host: string, now: number): Promise<Error | 'missing'> {
  const { status } = answer;
  if (status === 429) {
    answer.discard();
    const afterMs = retryAfterMs(answer.header('retry-after'), now);
    return new TryAgain(`${host} asks for fewer requests (429)`, afterMs === undefined ? {} : { afterMs });
  }
  if (status >= 500) {
    answer.discard();
    return new TryAgain(`${host} answered ${status}`);
  }
  const challenge = answer.header('www-authenticate') ?? '';
  const parsed = errorAnswer.safeParse(parseJson(await readBody(answer, ERROR_BYTES, host)));
  const errors = parsed.success ? parsed.data : [];
  const words = errors.map((e) => plain(e.message, 300)).filter(Boolean).join(' ');
  const codes = errors.map((e) => plain(e.code, 60));
  const refresh = /needs_refresh=1|refresh_device_session=1/.test(challenge) || codes.includes('macaroon-needs-refresh');
  if (refresh) return new AppError('store-auth-expired', `The store credentials for ${host} have expired. Log in to the store again and give the new credentials.`, { details: { codes } });
  if (status === 401 || status === 403) return new AppError('store-auth', `${host} does not accept these store credentials for this.${words ? ` It says: ${words}` : ''} Check which account they belong to.`, { details: { status, codes } });
  if (status === 404 && parsed.success) return 'missing';
  if (status >= 400 && parsed.success) return new AppError('store-refused', `${host} refused: ${words || `status ${status}`}`, { details: { status, codes } });
  return new TryAgain(`${host} answered ${status} with something that is not the Snap Store's protocol`);
}

function parseJson(bytes: Uint8Array): unknown {
  const text = fromUtf8(bytes);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d{1,6}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** A store's words, fit to be shown: no control characters, no more than `length` of them. */
export const plain = (text: string, length: number): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim().slice(0, length);
