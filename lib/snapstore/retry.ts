import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../errors';

/** Thrown inside this room for what may go better next time. Its message is a clause: "the connection to host failed". */
export class TryAgain extends Error {
  /** Milliseconds that the server asked us to wait. */
  readonly afterMs: number | undefined;

  constructor(reason: string, more: { cause?: unknown; afterMs?: number } = {}) {
    super(reason, { cause: more.cause });
    this.name = 'TryAgain';
    this.afterMs = more.afterMs;
  }
}

/** Waits, or rejects with the signal's reason. */
export type Delay = (ms: number, signal: AbortSignal | undefined) => Promise<void>;
/** Calls `run` after `ms`, unless the function it returned was called before. */
export type Timer = (ms: number, run: () => void) => () => void;

export const realDelay: Delay = async (ms, signal) => {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
};

export const realTimer: Timer = (ms, run) => {
  const timeout = setTimeout(run, ms);
  return () => clearTimeout(timeout);
};

export type RetryOptions = { tries: number; firstDelayMs: number; factor: number; totalMs: number };

/** What snapd does (snapd store/store.go, defaultRetryStrategy). */
export const RETRIES: RetryOptions = { tries: 6, firstDelayMs: 500, factor: 2.5, totalMs: 38_000 };

export type Retrying<T> = {
  host: string;
  once: () => Promise<T>;
  signal: AbortSignal | undefined;
  now: () => number;
  delay: Delay;
  options?: Partial<RetryOptions> | undefined;
};

/** Throws AppError `store-unreachable` when the tries or the time are used up. */
export async function retrying<T>({ host, once, signal, now, delay, options }: Retrying<T>): Promise<T> {
  const { tries, firstDelayMs, factor, totalMs } = { ...RETRIES, ...options };
  const began = now();
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof TryAgain)) throw error;
      const waitMs = Math.max(firstDelayMs * factor ** (attempt - 1), error.afterMs ?? 0);
      if (attempt === tries || now() - began + waitMs > totalMs) {
        const counted = attempt === 1 ? 'once' : `${attempt} times`;
        throw new AppError('store-unreachable', `The Snap Store at ${host} could not be used: ${error.message}. Tried ${counted}; try again later, or check the network and the store's address.`, { cause: error, details: { host, tries: attempt } });
      }
      await delay(waitMs, signal);
    }
  }
}
