import { AppError, isAppError } from '@/lib/errors';
import { isTransient } from '@/lib/snapstore/transient';

/** How often a build is handed out before a failure that may pass is taken as final. */
export const MAX_ATTEMPTS = 5;

export type Failure = { code: string; message: string; transient: boolean };

/** What a person reads when a build ends badly. A bug shows as `internal`, its cause only in the worker's log. */
export function describeFailure(error: unknown): Failure {
  if (isAppError(error)) {
    const problems = error.problems.map((p) => p.message).filter((message) => !error.message.includes(message));
    return { code: error.code, message: [error.message, ...problems].join(' '), transient: isTransient(error.code) || error.code === 'blob-lost' };
  }
  return { code: 'internal', message: 'The worker met an error that it does not know. Its log says more; build again, and report it if it stays.', transient: false };
}

/** Thrown inside a stage when somebody asked for the build to stop. */
export class Cancelled extends AppError<'cancelled'> {
  constructor() {
    super('cancelled', 'Somebody cancelled the build.');
  }
}

/** Thrown inside a stage when another worker has taken the build over: this one stops and writes nothing more. */
export class LeaseLost extends AppError<'lease-lost'> {
  constructor() {
    super('lease-lost', 'Another worker has taken the build over.');
  }
}
