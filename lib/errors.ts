/** One thing that is wrong with what somebody entered; many are returned at once and shown beside their fields. */
export type Problem = {
  /** Where: header path such as `snaps[2].default-channel`, or a form field's name; empty for the whole. */
  path: string;
  /** Stable, kebab-case. */
  code: string;
  /** A sentence: what is wrong and what to do. */
  message: string;
  /** `error` stops saving or signing; `warning` should be looked at; `info` is good to know. Absent means `error`. */
  severity?: Severity;
  /** A change that puts it right, applied by machine. */
  fix?: Fix;
};

export type Severity = 'error' | 'warning' | 'info';

/** `set` writes `value` at `path` of the draft's headers; `remove` deletes what stands there; `append` adds `value` to the list at `path`. */
export type Fix = { label: string; op: 'set' | 'append' | 'remove'; path: string; value?: unknown };

/** Codes of requests that cannot be served. They meet HTTP in app/respond.ts alone. */
export type RequestErrorCode =
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'invalid'
  | 'conflict'
  | 'stale'
  | 'gone'
  | 'too-large'
  | 'rate-limited'
  | 'origin-refused'
  | 'unavailable'
  | 'store-refused'
  | 'store-unreachable';

/**
 * A failure that somebody can act on: a stable code and a sentence. Everything else that is thrown is a bug.
 * Rooms with codes of their own (assertion formats, build failures) keep them in a union beside the code that throws.
 */
export class AppError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly problems: Problem[];
  /** Facts for the reader, safe to show: sizes, names, the other side of a conflict. */
  readonly details: Record<string, unknown>;

  constructor(code: Code, message: string, more: { problems?: Problem[]; details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.name = 'AppError';
    this.code = code;
    this.problems = more.problems ?? [];
    this.details = more.details ?? {};
  }
}

export const isAppError = (error: unknown): error is AppError => error instanceof AppError;

export const hasErrors = (problems: Problem[]): boolean => problems.some((p) => (p.severity ?? 'error') === 'error');
