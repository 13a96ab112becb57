import { AppError } from '@/lib/errors';

/** A model of 200 snaps is below 100 KB. */
const MAX_BODY_BYTES = 1024 * 1024;

/** The JSON body of a request. Throws AppError `invalid` for another type or text that is not JSON, `too-large` above 1 MiB. */
export async function readJson(request: Request): Promise<unknown> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  if (type !== 'application/json') throw refused('content-type', 'Send JSON, with the header “content-type: application/json”.');
  const text = await readText(request);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw refused('not-json', 'The body is not JSON.', cause);
  }
}

async function readText(request: Request): Promise<string> {
  if (!request.body) return '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = request.body.getReader();
  let text = '';
  let sizeBytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    sizeBytes += part.value.length;
    if (sizeBytes > MAX_BODY_BYTES) {
      await reader.cancel();
      throw new AppError('too-large', `The body is larger than ${MAX_BODY_BYTES / 1024} KB.`, { details: { limitBytes: MAX_BODY_BYTES } });
    }
    text += decode(decoder, part.value, true);
  }
  return text + decode(decoder, new Uint8Array(), false);
}

function decode(decoder: TextDecoder, bytes: Uint8Array, stream: boolean): string {
  try {
    return decoder.decode(bytes, { stream });
  } catch (cause) {
    throw refused('not-utf8', 'The body is not UTF-8.', cause);
  }
}

const refused = (code: string, message: string, cause?: unknown) => new AppError('invalid', message, { problems: [{ path: '', code, message }], cause });
