import type { RequestErrorCode } from '@/lib/errors';

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
  'store-auth': 502,
  'snap-unknown': 404,
  'channel-unknown': 404,
  'disk-full': 507,
};

/** The one place where codes meet HTTP. A code that nobody listed is a fault of ours: 500, although its sentence is shown. */
export const statusOf = (code: string): number => ({ ...OTHER_CODES, ...REQUEST_CODES })[code] ?? 500;
