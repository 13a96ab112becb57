import { isAppError } from '../errors';
import type { RequestErrorCode } from '../errors';
import type { ErrorBody } from './common';

const REQUEST_CODES: Record<RequestErrorCode, number> = {
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  invalid: 422,
  conflict: 409,
  stale: 409,
  gone: 410,
  'too-large': 413,
  'rate-limited': 429,
  'origin-refused': 403,
  unavailable: 503,
  'store-refused': 502,
  'store-unreachable': 502,
};

const OTHER_CODES: Record<string, number> = {
  'method-refused': 405,
  'length-required': 411,
  'host-refused': 421,
  'store-auth': 502,
  'store-auth-expired': 502,
  'store-origin': 502,
  'snap-unknown': 404,
  'channel-unknown': 404,
  'disk-full': 507,
  'signer-unreachable': 502,
  'signer-refused': 502,
  'signer-key-missing': 422,
};

const STATUS = new Map(Object.entries({ ...OTHER_CODES, ...REQUEST_CODES }));

/** Of a text that somebody sent, and that is no assertion (AssertionFormatError). */
const isFormatCode = (code: string): boolean => code === 'unknown-type' || code.startsWith('assertion-');

/** Where codes meet HTTP. One that is not listed is a fault of ours: 500, although its sentence is shown. */
export const statusOf = (code: string): number => STATUS.get(code) ?? (isFormatCode(code) ? 422 : 500);

export type Refusal = { status: number; body: ErrorBody };

/** What HTTP wants beside the body: how to sign in, which methods there are, when to come again. */
export function refusalHeaders({ status, body }: Refusal): Record<string, string> {
  const { allow, retryAfterSeconds } = body.error.details;
  return {
    ...(status === 401 && { 'www-authenticate': 'Bearer realm="Imprint"' }),
    ...(status === 405 && Array.isArray(allow) && { allow: allow.join(', ') }),
    ...(typeof retryAfterSeconds === 'number' && { 'retry-after': String(retryAfterSeconds) }),
  };
}

/** How a failure is answered. Of what is no AppError nothing is told but the request id, under which the log has the cause. */
export function refusalOf(error: unknown, requestId: string): Refusal {
  if (!isAppError(error)) {
    const message = `Something went wrong in Imprint. Try again; if it stays, tell your administrator this request id: ${requestId}.`;
    return { status: 500, body: { error: { code: 'internal', message, requestId, problems: [], details: {} } } };
  }
  const { code, message, problems, details } = error;
  return { status: statusOf(code), body: { error: { code, message, requestId, problems, details } } };
}
